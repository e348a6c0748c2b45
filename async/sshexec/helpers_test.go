//go:build unix

package sshexec_test

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/infill-go/infill/async/sshexec"
)

// patience bounds every wait for an outside condition. It is far above what is needed.
const patience = 30 * time.Second

// skip skips the test for the want of something, but fails in CI, which must have it.
func skip(t testing.TB, want string) {
	t.Helper()
	if os.Getenv("CI") == "true" {
		t.Fatalf("this test needs %s", want)
	}
	t.Skipf("this test needs %s", want)
}

// eventually polls a condition of the outside world.
func eventually(t *testing.T, what string, condition func() bool) {
	t.Helper()
	deadline := time.After(patience)
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for !condition() {
		select {
		case <-deadline:
			t.Fatalf("not within %v: %s", patience, what)
		case <-tick.C:
		}
	}
}

var marks atomic.Int64

// mark is an environment variable that a command and all its descendants carry, so that
// /proc finds them whatever they call themselves and wherever they went.
type mark string

func newMark() mark {
	return mark(fmt.Sprintf("SSHEXEC_TEST_MARK=%d-%d", os.Getpid(), marks.Add(1)))
}

// env is a small environment with the mark.
func (m mark) env() []string {
	return []string{"PATH=" + os.Getenv("PATH"), "HOME=" + os.Getenv("HOME"), string(m)}
}

// living returns the processes that carry the mark. A zombie has no environment any more.
func (m mark) living(t testing.TB) (pids []int) {
	t.Helper()
	if _, err := os.Stat("/proc/self/environ"); err != nil {
		skip(t, "/proc")
	}
	files, _ := filepath.Glob("/proc/[0-9]*/environ")
	for _, file := range files {
		environ, err := os.ReadFile(file)
		if err == nil && bytes.Contains(append(environ, 0), []byte(string(m)+"\x00")) {
			pid, _ := strconv.Atoi(filepath.Base(filepath.Dir(file)))
			pids = append(pids, pid)
		}
	}
	return pids
}

// gone waits until no process carries the mark: death by SIGKILL is not instantaneous.
func (m mark) gone(t *testing.T) {
	t.Helper()
	eventually(t, fmt.Sprintf("the end of all processes with %s", m), func() bool { return len(m.living(t)) == 0 })
}

// killAll ends what a test leaves behind on purpose.
func (m mark) killAll(t testing.TB) {
	for _, pid := range m.living(t) {
		_ = syscall.Kill(pid, syscall.SIGKILL)
	}
}

// goroutinesReturn checks after the test body that as many goroutines are left as before it.
func goroutinesReturn(t *testing.T, body func()) {
	t.Helper()
	before := runtime.NumGoroutine()
	body()
	eventually(t, "as many goroutines as before", func() bool { return runtime.NumGoroutine() <= before })
}

// program writes an executable script.
func program(t *testing.T, script string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "program")
	if err := os.WriteFile(path, []byte("#!/bin/sh\n"+script), 0o755); err != nil {
		t.Fatal(err)
	}
	return path
}

// recorder is a program that leaves a file when it is run.
func recorder(t *testing.T) (path string, ran func() bool) {
	t.Helper()
	path = program(t, `: > "$0.ran"`)
	return path, func() bool {
		_, err := os.Stat(path + ".ran")
		return err == nil
	}
}

func exitError(t *testing.T, err error) *sshexec.ExitError {
	t.Helper()
	var exit *sshexec.ExitError
	if !errors.As(err, &exit) {
		t.Fatalf("got error %v (%T), want an *ExitError", err, err)
	}
	return exit
}

func mustContain(t *testing.T, text string, parts ...string) {
	t.Helper()
	for _, part := range parts {
		if !strings.Contains(text, part) {
			t.Errorf("%q does not contain %q", text, part)
		}
	}
}

func requireProgram(t testing.TB, names ...string) string {
	t.Helper()
	for _, name := range names {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	skip(t, "the program "+names[0])
	return ""
}

// lines is a buffer that can be read while it is written.
type lines struct {
	mu   sync.Mutex
	text []byte
}

func (l *lines) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.text = append(l.text, p...)
	return len(p), nil
}

func (l *lines) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return string(l.text)
}
