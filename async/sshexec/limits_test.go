package sshexec

import (
	"testing"
	"time"
)

// Zero is the documented default, never "for ever".
func TestZeroLimitsAreTheDocumentedDefaults(t *testing.T) {
	got, err := limits{owner: "Local"}.complete()
	want := limits{owner: "Local", timeout: 10 * time.Second, maxStdout: 1 << 20, maxStderr: 1 << 20}
	if err != nil || got != want {
		t.Errorf("got %+v, %v; want %+v", got, err, want)
	}
	set := limits{owner: "SSH", timeout: 1, maxStdout: 2, maxStderr: 3}
	if got, err := set.complete(); err != nil || got != set {
		t.Errorf("got %+v, %v; want %+v", got, err, set)
	}
}
