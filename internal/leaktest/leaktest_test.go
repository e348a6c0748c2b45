package leaktest

import (
	"context"
	"strings"
	"testing"
)

const here = "github.com/infill-go/infill/internal/leaktest."

func TestAwait(t *testing.T) {
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	end := make(chan struct{})
	begun := make(chan struct{})
	go func() { close(begun); <-end }()
	<-begun
	if left := await(ended, here); !strings.Contains(left, "TestAwait") {
		t.Errorf("a goroutine is there, and this was found: %q", left)
	}
	if left := await(ended, "another/package."); left != "" {
		t.Errorf("found for another package: %q", left)
	}
	close(end)
	if left := await(t.Context(), here); left != "" {
		t.Errorf("nothing is there, and this was found: %q", left)
	}
}
