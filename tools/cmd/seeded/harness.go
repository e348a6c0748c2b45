package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"
)

// harness tries seeds.
type harness struct {
	root     string
	jobs     int
	patience time.Duration
	verbose  bool
	out      io.Writer

	scratch string // for the patched files
	limits  map[suite]time.Duration
}

func (h *harness) seedsFolder() string { return filepath.Join(h.root, "seeds") }

// tryAll runs the tests without a seed, then with each.
func (h *harness) tryAll(ctx context.Context, seeds []seed) (status int, err error) {
	began := time.Now()
	if err := h.baseline(ctx, seeds); err != nil {
		return notBegun, err
	}
	verdicts := make(chan verdict)
	go func() {
		h.each(len(seeds), func(i int) { verdicts <- h.judge(ctx, &seeds[i]) })
		close(verdicts)
	}()
	var sum summary
	for v := range verdicts {
		if ctx.Err() == nil {
			v.print(h.out, h.verbose)
		}
		sum.add(v)
	}
	if err := ctx.Err(); err != nil {
		return notBegun, err
	}
	sum.print(h.out, time.Since(began))
	return sum.status(), nil
}

// each calls f for 0 to n-1, h.jobs at a time.
func (h *harness) each(n int, f func(int)) {
	turns := make(chan int)
	var workers sync.WaitGroup
	for range max(1, h.jobs) {
		workers.Go(func() {
			for i := range turns {
				f(i)
			}
		})
	}
	for i := range n {
		turns <- i
	}
	close(turns)
	workers.Wait()
}

// baseline runs every suite without a seed: a seed that is killed by a test that
// fails anyway has proved nothing. Their times set the limits behind which they hang.
func (h *harness) baseline(ctx context.Context, seeds []seed) error {
	var suites []suite
	h.limits = make(map[suite]time.Duration)
	for _, s := range seeds {
		if _, known := h.limits[s.suite]; !known {
			h.limits[s.suite] = 0
			suites = append(suites, s.suite)
		}
	}
	var mu sync.Mutex // guards errs and h.limits, as long as the suites run
	var errs []error
	h.each(len(suites), func(i int) {
		run, err := h.test(suites[i]).do(ctx)
		mu.Lock()
		defer mu.Unlock()
		if err == nil {
			err = run.red()
		}
		if err != nil {
			errs = append(errs, fmt.Errorf("without any seed, %v: %w", suites[i], err))
			return
		}
		// The time includes the build, which only makes the limit more patient.
		h.limits[suites[i]] = 4*run.took + h.patience
	})
	return errors.Join(errs...)
}

func (r *testRun) red() error {
	switch {
	case !r.passed:
		return fmt.Errorf("the tests are red:\n%s", strings.TrimSpace(r.text()))
	case !r.began:
		return errors.New("there is no test")
	}
	return nil
}

func (h *harness) test(s suite) *goTest {
	return &goTest{folder: filepath.Join(h.root, filepath.FromSlash(s.module)), suite: s}
}

// judge runs the tests with one seed.
func (h *harness) judge(ctx context.Context, s *seed) verdict {
	v := verdict{seed: s}
	folder, err := os.MkdirTemp(h.scratch, "")
	if err != nil {
		return v.failed(err)
	}
	t := h.test(s.suite)
	if t.overlay, err = s.overlay(h.root, folder); err != nil {
		return v.failed(err)
	}
	t.run, t.timeout = s.run, h.limits[s.suite].Round(time.Second)
	run, err := t.do(ctx)
	if err != nil {
		return v.failed(err)
	}
	v.run = run
	switch {
	case !run.built:
		return v.failed(fmt.Errorf("with it the code does not build, which says nothing about the tests:\n%s", strings.TrimSpace(run.text())))
	case !run.began:
		return v.failed(fmt.Errorf("no test matches %q", s.run))
	}
	return v
}
