package dashboard_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/infill-go/infill/e2e/internal/dashboard"
)

// script writes a stand-in for the program: what is tested here is how a program is started, watched and ended.
func script(t *testing.T, body string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "program")
	if err := os.WriteFile(path, []byte("#!/bin/sh\n"+body), 0o700); err != nil {
		t.Fatal(err)
	}
	return path
}

func start(t *testing.T, body string) *dashboard.Program {
	t.Helper()
	p, err := dashboard.Start(script(t, body))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := p.Kill(); err != nil {
			t.Error(err)
		}
	})
	return p
}

const ready = `echo "Infill dashboard on http://127.0.0.1:4711/ (stand-in)"` + "\n"

func TestStartAndInterrupt(t *testing.T) {
	p := start(t, `trap 'exit 3' INT; echo "args: $*" >&2`+"\n"+ready+`while :; do sleep 0.05; done`)
	if p.URL != "http://127.0.0.1:4711/" {
		t.Errorf("URL = %q", p.URL)
	}
	if want := "args: -addr 127.0.0.1:0\n"; !strings.Contains(p.Output(), want) {
		t.Errorf("output %q lacks %q", p.Output(), want)
	}
	if code, err := p.Interrupt(10 * time.Second); code != 3 || err != nil {
		t.Errorf("Interrupt = %d, %v; want 3, nil", code, err)
	}
}

func TestStartTellsWhyThereIsNoAddress(t *testing.T) {
	_, err := dashboard.Start(script(t, `echo "no such host"; exit 2`))
	if err == nil || !strings.Contains(err.Error(), "no such host") || !strings.Contains(err.Error(), "exit status 2") {
		t.Errorf("error = %v; want the output and the exit status", err)
	}
}

func TestInterruptThatIsIgnored(t *testing.T) {
	p := start(t, `trap '' INT`+"\n"+ready+`while :; do sleep 0.05; done`)
	if _, err := p.Interrupt(200 * time.Millisecond); err == nil || !strings.Contains(err.Error(), "did not end") {
		t.Errorf("error = %v", err)
	}
}
