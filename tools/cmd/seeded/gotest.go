package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"
)

// goTest is one run of go test.
type goTest struct {
	folder  string // of the module
	suite   suite
	overlay string // "" for none
	run     string
	timeout time.Duration // 0: go test's own
}

// event is a line of go test -json (cmd/test2json, and go help buildjson for builds).
type event struct {
	Action      string
	Package     string
	Test        string
	Output      string
	FailedBuild string
}

// testRun is what was seen of a run of go test.
type testRun struct {
	began, built bool // at least one test began; no build failed
	passed       bool
	failed       string // the first test that failed, or the package if it failed without one
	hangs        bool
	hanging      string // the test that was running when the time was up
	races        bool
	crash        string   // what the process died of, if no test had failed before
	output       []string // the last lines
	took         time.Duration
}

// keptLines is how much of the output is kept: the last lines have the reason.
const keptLines = 400

// command builds the command. -vet is off: a seed must be seen by a test, and what
// vet sees no test need see. -count=1: programs that tests start are not in go test's
// cache key.
func (g *goTest) command(ctx context.Context) *exec.Cmd {
	args := []string{"test", "-json", "-count=1", "-vet=off", "-failfast"}
	if g.suite.race {
		args = append(args, "-race")
	}
	if g.overlay != "" {
		args = append(args, "-overlay="+g.overlay)
	}
	if g.run != "" {
		args = append(args, "-run="+g.run)
	}
	if g.timeout > 0 {
		args = append(args, "-timeout="+g.timeout.String())
	}
	cmd := exec.CommandContext(ctx, "go", append(args, strings.Fields(g.suite.packages)...)...)
	cmd.Dir = g.folder
	// On an interrupt go test ends the tests itself, if it is let.
	cmd.Cancel = func() error { return cmd.Process.Signal(os.Interrupt) }
	cmd.WaitDelay = 10 * time.Second
	return cmd
}

// do runs the tests. The error says that go test itself did not work.
func (g *goTest) do(ctx context.Context) (*testRun, error) {
	cmd := g.command(ctx)
	var complaints strings.Builder
	cmd.Stderr = &complaints
	out, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	began := time.Now()
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	seen := &testRun{built: true}
	seen.read(out)
	err = cmd.Wait()
	seen.took = time.Since(began)
	seen.passed = err == nil
	var exit *exec.ExitError
	switch {
	case ctx.Err() != nil:
		return nil, ctx.Err()
	case err != nil && !errors.As(err, &exit):
		return nil, err
	case !seen.began && seen.built && err != nil && seen.failed == "":
		return nil, fmt.Errorf("go test: %w\n%s", err, strings.TrimSpace(complaints.String()+seen.text()))
	}
	return seen, nil
}

func (r *testRun) read(out io.Reader) {
	lines := bufio.NewReader(out)
	for {
		line, err := lines.ReadBytes('\n')
		var e event
		if json.Unmarshal(line, &e) == nil {
			r.add(e)
		} else if len(line) > 0 {
			r.keep(string(line))
		}
		if err != nil {
			return
		}
	}
}

func (r *testRun) add(e event) {
	switch e.Action {
	case "output", "build-output":
		r.keep(e.Output)
		r.interpret(strings.TrimSpace(e.Output))
	case "run":
		r.began = true
	case "fail":
		if e.FailedBuild != "" {
			r.built = false
		} else if r.failed == "" {
			r.failed = e.name()
			if e.Test != "" {
				r.crash = "" // the test has caught it
			}
		}
	}
}

// name is the test's, or the package's if it failed without one: a crash, or a
// TestMain that has found something.
func (e event) name() string {
	if e.Test != "" {
		return e.Test
	}
	return "package " + filepath.Base(e.Package)
}

// interpret looks for what the events do not tell.
func (r *testRun) interpret(line string) {
	switch {
	case strings.HasPrefix(line, "panic: test timed out after "), strings.HasPrefix(line, "*** Test killed"):
		r.hangs = true
	case r.hangs && r.hanging == "" && strings.HasPrefix(line, "Test"): // under "running tests:"
		r.hanging, _, _ = strings.Cut(line, " ")
	case line == "WARNING: DATA RACE":
		r.races = true
	case r.failed == "" && (strings.HasPrefix(line, "panic: ") || strings.HasPrefix(line, "fatal error: ")):
		r.crash = line
	}
}

func (r *testRun) keep(line string) {
	if len(r.output) == keptLines {
		r.output = r.output[1:]
	}
	r.output = append(r.output, line)
}

func (r *testRun) text() string { return strings.Join(r.output, "") }

func writeJSON(path string, v any) error {
	b, err := json.MarshalIndent(v, "", "\t")
	if err != nil {
		return err
	}
	return os.WriteFile(path, b, 0o600)
}
