package async

import (
	"errors"
	"io"
	"log/slog"
	"testing/synctest"
	"time"

	"github.com/infill-go/infill/async/internal/results"
)

func entriesOf(s *results.Store[view]) int {
	n, _ := s.Size()
	return n
}

func bytesOf(s *results.Store[view]) int64 {
	_, n := s.Size()
	return n
}

// quietGroup is a group whose log nobody reads.
func quietGroup() *Group {
	return &Group{Logger: slog.New(slog.NewTextHandler(io.Discard, nil))}
}

var errSource = errors.New("source is down")

// sleep lets the bubble's time pass. Tests outside of a bubble do not sleep.
func sleep(d time.Duration) { <-time.After(d) }

// advance is sleep for the test itself: it also lets everybody else finish what
// there is to do at that instant.
func advance(d time.Duration) {
	sleep(d)
	synctest.Wait()
}

func textLogger(w io.Writer) *slog.Logger { return slog.New(slog.NewTextHandler(w, nil)) }
