package async

import (
	"context"
	"log/slog"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

// TestKeepTriesAgainAfterTheBackoff, not a second later.
func TestKeepTriesAgainAfterTheBackoff(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := script(t, Policy{Backoff: 100 * time.Millisecond}, exits[1], good)
		stop := s.Keep("k")
		advance(2*time.Second + 150*time.Millisecond) // two runs of a second, and what is between them
		checkGet(t, s, "good", true)
		stop()
		s.end(t)
	})
}

// TestCloseDoesNotWaitForWhatKeepWaitsFor: a run that ignores its context holds Close
// up for a moment, whatever its Timeout.
func TestCloseDoesNotWaitForWhatKeepWaitsFor(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := script(t, Policy{Timeout: time.Hour}, exits[4]) // hangs
		s.Keep("k")
		synctest.Wait()
		began := time.Now()
		if err := s.g.Close(ended()); err == nil {
			t.Error("Close has lost nothing")
		}
		if took := time.Since(began); took > closeGrace {
			t.Errorf("Close took %v, want at most %v", took, closeGrace)
		}
		close(s.release)
	})
}

// TestCloseWaitsForKeepers: what a Keep is doing just then, such as logging, has ended
// when Close returns.
func TestCloseWaitsForKeepers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		logging := &blockingHandler{began: make(chan struct{}), release: make(chan struct{})}
		g := &Group{Logger: slog.New(logging)}
		h := register(t, g, "f", Policy{MaxRuns: 1, MaxWaiting: 1}, func(ctx context.Context, n int) (int, error) {
			return n, pause(ctx, time.Minute)
		})
		h.Get(1)
		h.Get(2)
		h.Keep(3) // is refused, and logs that
		<-logging.began
		closed := make(chan struct{})
		go func() {
			g.Close(ended())
			close(closed)
		}()
		advance(2 * closeGrace)
		select {
		case <-closed:
			t.Error("Close has returned while a keeper is at work")
		default:
		}
		close(logging.release)
		<-closed
	})
}

// blockingHandler is a log that is busy with its first record until it is released.
type blockingHandler struct {
	first          atomic.Bool
	began, release chan struct{}
}

func (h *blockingHandler) Enabled(context.Context, slog.Level) bool { return true }
func (h *blockingHandler) WithAttrs([]slog.Attr) slog.Handler       { return h }
func (h *blockingHandler) WithGroup(string) slog.Handler            { return h }
func (h *blockingHandler) Handle(context.Context, slog.Record) error {
	if h.first.CompareAndSwap(false, true) {
		close(h.began)
		<-h.release
	}
	return nil
}
