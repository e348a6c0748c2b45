package async

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"
)

// TestWaitEndsWithItsContext: the run goes on, for the next one who asks.
func TestWaitEndsWithItsContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := script(t, Policy{}, good)
		gone := errors.New("the visitor has left")
		ctx, cancel := context.WithCancelCause(t.Context())
		time.AfterFunc(time.Second/2, func() { cancel(gone) })
		if _, err := s.Wait(ctx, "k"); !errors.Is(err, gone) {
			t.Errorf("Wait = %v, want the context's cause", err)
		}
		advance(time.Second)
		checkGet(t, s, "good", true)
		if n := s.runs.Load(); n != 1 {
			t.Errorf("%d runs", n)
		}
		s.end(t)
	})
}

// TestRunsThatWaitForEachOther are told at once instead of at their deadlines.
func TestRunsThatWaitForEachOther(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := quietGroup()
		var a, b, c *Handle[string, string]
		a = register(t, g, "a", Policy{}, func(ctx context.Context, key string) (string, error) { return b.Wait(ctx, key) })
		b = register(t, g, "b", Policy{}, func(ctx context.Context, key string) (string, error) { return c.Wait(ctx, key) })
		c = register(t, g, "c", Policy{}, func(ctx context.Context, key string) (string, error) {
			if key == "leaf" {
				return "done", nil
			}
			return a.Wait(ctx, key)
		})
		begin := time.Now()
		if _, err := a.Wait(t.Context(), "k"); !errors.Is(err, errWaitsCycle) {
			t.Errorf("Wait = %v, want the circle", err)
		}
		if took := time.Since(begin); took != 0 {
			t.Errorf("found after %v", took)
		}
		if v, err := a.Wait(t.Context(), "leaf"); v != "done" || err != nil {
			t.Errorf("Wait = %q, %v where there is no circle", v, err)
		}
		if len(waits.others) != 0 {
			t.Errorf("%d waits are still noted", len(waits.others))
		}
		closeGroup(t, g)
	})
}
