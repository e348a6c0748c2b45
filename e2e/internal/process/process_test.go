package process_test

import (
	"errors"
	"os/exec"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/infill-go/infill/e2e/internal/process"
)

// start runs a shell script and returns when it has printed "ready".
func start(t *testing.T, script string) *process.Program {
	t.Helper()
	ready := make(chan struct{})
	p, err := process.Start(exec.Command("sh", "-c", script), func(line string) {
		if line == "ready" {
			close(ready)
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := p.Kill(); err != nil {
			t.Error(err)
		}
	})
	select {
	case <-ready:
	case <-p.Exited():
		t.Fatal(p.Failed(errors.New("not ready")))
	}
	return p
}

// Three kinds outlive the program: a child in a session of its own, a child, and an orphan whose parent ended long before.
func TestLeftovers(t *testing.T) {
	p := start(t, `trap 'exit 0' INT; setsid sleep 61 >/dev/null 2>&1 & sleep 62 >/dev/null 2>&1 & (sleep 63 >/dev/null 2>&1 &)`+"\necho ready\nwait")
	if code, err := p.Interrupt(10 * time.Second); code != 0 || err != nil {
		t.Fatalf("Interrupt = %d, %v", code, err)
	}
	left, err := p.Leftovers(100 * time.Millisecond)
	if err != nil || len(left) != 3 {
		t.Errorf("Leftovers = %v, %v; want three sleeps", left, err)
	}
	if err := p.Kill(); err != nil {
		t.Error(err)
	}
	if left, err := p.Leftovers(5 * time.Second); err != nil || len(left) != 0 {
		t.Errorf("Leftovers after Kill = %v, %v; want none", left, err)
	}
}

// One that ends when asked, and a child that does not hear.
func TestEndKillsWhatIgnoresIt(t *testing.T) {
	p := start(t, `(trap '' TERM; echo ready; while :; do sleep 0.05; done) & wait`)
	if err := p.End(100 * time.Millisecond); err != nil {
		t.Error(err)
	}
	if left, err := p.Leftovers(0); err != nil || len(left) != 0 {
		t.Errorf("Leftovers after End = %v, %v; want none", left, err)
	}
}

func TestEndAsksFirst(t *testing.T) {
	p := start(t, `trap 'echo asked; exit' TERM; echo ready; while :; do sleep 0.05; done`)
	if err := p.End(10 * time.Second); err != nil {
		t.Error(err)
	}
	if !strings.Contains(p.Output(), "asked") {
		t.Errorf("killed without being asked; it printed %q", p.Output())
	}
}

func TestFailedTellsTheOutput(t *testing.T) {
	p := start(t, `echo ready; head -c 131072 /dev/zero | tr '\0' x; echo; echo "no such host"; exit 7`)
	<-p.Exited()
	err := p.Failed(syscall.ENOENT)
	if err == nil || !strings.Contains(err.Error(), "exit status 7") || !strings.Contains(err.Error(), "no such host") {
		t.Errorf("error = %.200v; want the exit status and the whole output", err)
	}
}

func TestHome(t *testing.T) {
	t.Setenv("XDG_CACHE_HOME", "/elsewhere")
	t.Setenv("HTTPS_PROXY", "http://127.0.0.1:9")
	env := process.Home("/scratch", "MORE=1")
	for _, bad := range env {
		if strings.HasPrefix(bad, "XDG_CACHE_HOME=") || strings.HasPrefix(bad, "HTTPS_PROXY=") {
			t.Errorf("has %s", bad)
		}
	}
	for _, want := range []string{"HOME=/scratch", "TMPDIR=/scratch", "MORE=1"} {
		if !slices.Contains(env, want) {
			t.Errorf("lacks %s", want)
		}
	}
}
