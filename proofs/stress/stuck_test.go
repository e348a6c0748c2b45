package stress

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"runtime"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/infill-go/infill/async"
)

const (
	stuckKeys = 10_000
	spare     = 4 // goroutines that may be just beginning or ending
	seconds   = 8 // of a deadline each: enough for the defaults, 16 at a time until 100 hang
)

// stuck is a function that ignores its context and does not return until it is
// released.
type stuck struct {
	release chan struct{}

	mu    sync.Mutex // guards under
	under []int      // keys whose functions have begun
}

func (s *stuck) hang(_ context.Context, key int) (int, error) {
	s.mu.Lock()
	s.under = append(s.under, key)
	s.mu.Unlock()
	<-s.release
	return key, nil
}

func (s *stuck) begun() []int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.under)
}

// TestStuck asks for ten thousand keys whose function never returns. The rest of
// the group goes on, the goroutines stay at the limit, and Close names them all.
func TestStuck(t *testing.T) {
	for _, p := range []async.Policy{
		{Timeout: time.Second},
		{Timeout: time.Second, MaxRuns: 3, MaxAbandoned: 7, MaxWaiting: 50},
		{Timeout: time.Second, MaxRuns: 16, MaxAbandoned: 10, MaxWaiting: 2 * stuckKeys},
		{Timeout: time.Hour},
	} {
		t.Run(fmt.Sprintf("MaxRuns %d, MaxAbandoned %d, Timeout %v", p.MaxRuns, p.MaxAbandoned, p.Timeout), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) { testStuck(t, p) })
		})
	}
}

func testStuck(t *testing.T, p async.Policy) {
	g := &async.Group{Logger: slog.New(slog.DiscardHandler)}
	s := &stuck{release: make(chan struct{})}
	defer close(s.release) // and the bubble sees to it that all of them end
	h, err := async.Register(g, "stuck", s.hang, p)
	if err != nil {
		t.Fatal(err)
	}
	healthy, err := async.Register(g, "healthy", func(_ context.Context, key int) (int, error) { return -key, nil }, async.Policy{})
	if err != nil {
		t.Fatal(err)
	}
	// The documented defaults.
	runs, abandoned := or(p.MaxRuns, 16), or(p.MaxAbandoned, 100)
	before := runtime.NumGoroutine()
	limit := abandoned + runs // those under way when the last but one had hung hang, too

	began := time.Now()
	for round := range seconds {
		for key := range stuckKeys {
			h.Get(key)
			if key%1000 == 0 {
				checkHealthy(t, healthy, round*stuckKeys+key)
			}
		}
		synctest.Wait()
		if n := runtime.NumGoroutine() - before; n > limit+spare {
			t.Errorf("%d goroutines beside those of the test, want at most %d", n, limit+spare)
		}
		advance(time.Second)
	}
	checkWaits(t, h, p)
	if passed := time.Since(began); passed > (seconds+1)*time.Second {
		t.Errorf("somebody has waited: %v", passed)
	}

	synctest.Wait()
	begun, least := s.begun(), abandoned
	if p.Timeout > time.Minute {
		least, limit = runs, runs // none has passed its deadline
	}
	if len(begun) < least || len(begun) > limit {
		t.Errorf("%d functions have begun, want from %d to %d", len(begun), least, limit)
	}
	checkClose(t, g, begun)
}

func or(n, otherwise int) int {
	if n == 0 {
		return otherwise
	}
	return n
}

// checkHealthy runs another fragment of the group. It does not wait behind the
// stuck one.
func checkHealthy(t *testing.T, h *async.Handle[int, int], key int) {
	before := time.Now()
	v, err := h.Wait(t.Context(), key)
	if v != -key || err != nil {
		t.Fatalf("Wait of the healthy fragment = %v, %v", v, err)
	}
	if waited := time.Since(before); waited != 0 {
		t.Fatalf("the healthy fragment has waited for %v", waited)
	}
}

// checkWaits asks for the outcome of some keys: an error, within their deadline.
func checkWaits(t *testing.T, h *async.Handle[int, int], p async.Policy) {
	ctx, cancel := context.WithTimeout(t.Context(), time.Second)
	defer cancel()
	for key := 0; key < stuckKeys; key += 1000 {
		if v, err := h.Wait(ctx, key); err == nil {
			t.Errorf("Wait = %v of a function that has not returned", v)
		} else if !errors.Is(err, context.DeadlineExceeded) && !errors.Is(err, async.ErrLimit) {
			t.Errorf("Wait: %v", err)
		}
	}
}

// checkClose closes the group with a context that has ended. Every stuck function is
// named, once.
func checkClose(t *testing.T, g *async.Group, begun []int) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	var lost *async.LostError
	if err := g.Close(ctx); !errors.As(err, &lost) {
		t.Fatalf("Close = %v, want a LostError", err)
	}
	named := make(map[int]int)
	for _, text := range lost.Runs {
		var key int
		var how string
		if n, _ := fmt.Sscanf(text, "stuck(%d): %s", &key, &how); n == 2 && how == "ignores" {
			named[key]++
		}
	}
	for _, key := range begun {
		if named[key] != 1 {
			t.Errorf("Close names the stuck run of %d %d times", key, named[key])
		}
	}
	if len(named) != len(begun) {
		t.Errorf("Close names %d stuck runs of %d", len(named), len(begun))
	}
}

// advance lets the fake time pass.
func advance(d time.Duration) {
	<-time.After(d)
	synctest.Wait()
}
