//go:build unix

package sshexec

import (
	"context"
	"errors"
	"os"
	"testing"
	"time"
)

// TestKillAfterTheEnd kills nobody: the number may be a stranger's by then.
func TestKillAfterTheEnd(t *testing.T) {
	limits, err := limits{owner: "Local", timeout: time.Minute}.complete()
	if err != nil {
		t.Fatal(err)
	}
	j := job{program: "true", argv: []string{"true"}, env: smallEnv(), limits: limits}
	p, err := j.start(context.Background(), func(error) {})
	if err != nil {
		t.Fatal(err)
	}
	if end := <-p.ended; end.err != nil {
		t.Fatal(end.err)
	}
	if err := p.kill(); !errors.Is(err, os.ErrProcessDone) {
		t.Errorf("kill = %v, want os.ErrProcessDone", err)
	}
}
