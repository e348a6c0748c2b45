package stress

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/infill-go/infill/async"
)

const (
	visitors = 100_000
	keys     = 1_000
	gigabyte = 1 << 30
)

var errFailed = errors.New("the work has failed")

// work is a function that knows how often it runs for each key at a time.
type work struct {
	under  [keys]atomic.Int32
	second atomic.Int64 // runs that began beside another of their key
	runs   atomic.Int64
	failed atomic.Int64
}

// do fails once in ten runs, in one of three ways. Its value tells the key.
func (w *work) do(_ context.Context, key int) (int, error) {
	if w.under[key].Add(1) != 1 {
		w.second.Add(1)
	}
	defer w.under[key].Add(-1)
	w.runs.Add(1)
	if rand.IntN(20) == 0 {
		runtime.Gosched() // behind a hundred thousand others
	}
	n := rand.IntN(30)
	if n > 2 {
		return key, nil
	}
	w.failed.Add(1)
	switch n {
	case 1:
		panic(errFailed)
	case 2:
		runtime.Goexit()
	}
	return 0, errFailed
}

// crowd is many visitors of one group.
type crowd struct {
	group    *async.Group
	handle   *async.Handle[int, int]
	fragment work
	command  work
	ids      [keys]string // of the commands

	answers, failures, wrong atomic.Int64
}

func newCrowd(t *testing.T) *crowd {
	// Stale at once, and without a back-off: each answer is followed by a run.
	p := async.Policy{MaxAge: 1, Backoff: -1}
	c := &crowd{group: &async.Group{Logger: slog.New(slog.DiscardHandler), Commands: p}}
	var err error
	if c.handle, err = async.Register(c.group, "f", c.fragment.do, p); err != nil {
		t.Fatal(err)
	}
	for key := range c.ids {
		c.ids[key] = fmt.Sprint(key)
	}
	return c
}

// visit asks for one key in three ways.
func (c *crowd) visit(t *testing.T, key int) {
	if v, ok := c.handle.Get(key); ok {
		c.tell(key, v)
	}
	v, err := c.handle.Wait(t.Context(), key)
	switch {
	case err == nil:
		c.tell(key, v)
	case errors.Is(err, errFailed), strings.Contains(err.Error(), "Goexit"), errors.Is(err, async.ErrLimit):
		c.failures.Add(1)
	default:
		t.Errorf("Wait(%d): %v", key, err)
	}
	const none = -1
	v = async.CommandIn(c.group, c.ids[key], none, func(ctx context.Context) (int, error) { return c.command.do(ctx, key) })
	if v != none {
		c.tell(key, v)
	}
}

func (c *crowd) tell(key, got int) {
	c.answers.Add(1)
	if got != key {
		c.wrong.Add(1)
	}
}

// TestCrowd lets a hundred thousand goroutines ask for a thousand keys: each as it
// comes, and then, when all are there, all of them at once.
func TestCrowd(t *testing.T) {
	c := newCrowd(t)
	stopWatching := watchMemory()
	began := time.Now()
	var all sync.WaitGroup
	var there atomic.Int32
	everybody := make(chan struct{})
	for i := range visitors {
		all.Go(func() {
			c.visit(t, i%keys)
			if there.Add(1) == visitors {
				close(everybody)
			}
			<-everybody
			c.visit(t, (i+keys/2)%keys)
		})
	}
	all.Wait()
	took := time.Since(began)
	if err := c.group.Close(t.Context()); err != nil && !strings.Contains(err.Error(), "never started") {
		t.Errorf("Close: %v", err)
	}
	bytes, goroutines := stopWatching()
	if goroutines < visitors {
		t.Errorf("at most %d goroutines at a time, of %d visitors", goroutines, visitors)
	}
	if bytes > gigabyte {
		t.Errorf("%d MB of memory, more than %d", bytes>>20, gigabyte>>20)
	}
	if n := c.wrong.Load(); n != 0 {
		t.Errorf("%d answers belong to another key", n)
	}
	c.fragment.judge(t, "fragment")
	c.command.judge(t, "command")
	t.Logf("%d answers and %d errors in %v; %d goroutines and %d MB at most", c.answers.Load(), c.failures.Load(), took, goroutines, bytes>>20)
}

func (w *work) judge(t *testing.T, name string) {
	runs, failed := w.runs.Load(), w.failed.Load()
	t.Logf("%s: %d runs, %d failed", name, runs, failed)
	if n := w.second.Load(); n != 0 {
		t.Errorf("%s: %d runs began beside another of their key", name, n)
	}
	if runs < 2*keys || failed < runs/20 || failed > runs/5 {
		t.Errorf("%s: %d runs, of which %d failed: this has not tested what it says", name, runs, failed)
	}
}
