package async

import (
	"context"
	"fmt"
	"testing"
	"testing/synctest"
	"time"
)

// TestWaitsForAnotherFragmentDoNotStopTheGroup: many runs of several fragments wait
// for one that has few slots. If those that may lend no more kept their slots, they
// would hold all of the group's, and what they wait for would not begin until their
// deadlines.
func TestWaitsForAnotherFragmentDoNotStopTheGroup(t *testing.T) {
	for _, groupRuns := range []int{4, 16, 64} {
		synctest.Test(t, func(t *testing.T) {
			g := quietGroup()
			g.MaxRuns = groupRuns
			b := register(t, g, "b", Policy{MaxRuns: 1, MaxWaiting: 5000}, func(ctx context.Context, n int) (int, error) { return n, pause(ctx, time.Millisecond) })
			other := register(t, g, "other", Policy{}, func(ctx context.Context, n int) (int, error) { return n, nil })
			const fragments, keys = 5, 320
			var hs []*Handle[int, int]
			for i := range fragments {
				h := register(t, g, fmt.Sprint("a", i), Policy{}, func(ctx context.Context, n int) (int, error) { return b.Wait(ctx, n*fragments+i) })
				for n := range keys {
					h.Get(n)
				}
				hs = append(hs, h)
			}
			synctest.Wait()
			other.Get(1)
			advance(100 * time.Millisecond)
			if _, ok := other.Get(1); !ok {
				t.Errorf("with %d slots another fragment has not had its turn", groupRuns)
			}
			advance(fragments * keys * time.Millisecond) // what b alone needs
			failed := 0
			for i, h := range hs {
				for n := range keys {
					if v, ok := h.Get(n); !ok || v != n*fragments+i {
						failed++
					}
				}
			}
			if failed > 0 {
				t.Errorf("with %d slots %d of %d have no value", groupRuns, failed, fragments*keys)
			}
			closeGroup(t, g)
		})
	}
}

// TestFragmentsThatWaitForEachOtherInTurn do not stand until their deadlines either:
// those that are too many are told at once, and tried again. If all are asked for at the
// same instant, again and again, all of them may fail each time, which depends on who
// gets his turn first; asked for one after the other, as visitors do, none does.
func TestFragmentsThatWaitForEachOtherInTurn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := quietGroup()
		var b *Handle[int, int]
		a := register(t, g, "a", Policy{MaxWaiting: 5000}, func(ctx context.Context, n int) (int, error) {
			if n < 0 {
				return n, nil
			}
			return b.Wait(ctx, n)
		})
		b = register(t, g, "b", Policy{MaxWaiting: 5000}, func(ctx context.Context, n int) (int, error) { return a.Wait(ctx, -1-n) })
		const keys = 600
		for n := range keys {
			a.Get(n)
		}
		advance(2 * time.Minute) // more than any back-off
		there := 0
		for n := range keys {
			a.Get(n)
			synctest.Wait()
			if v, ok := a.Get(n); ok && v == -1-n {
				there++
			}
		}
		if there < keys {
			t.Errorf("%d of %d have a value", there, keys)
		}
		if n := a.frag.counts.timeouts.Load() + b.frag.counts.timeouts.Load(); n > 0 {
			t.Errorf("%d have stood until their deadlines", n)
		}
		closeGroup(t, g)
	})
}
