package async

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"testing/synctest"
	"time"
)

// TestMaxWaiting: one too many is refused, shown as a default, counted, logged
// TestASuccessorPassesAFullLine: its predecessor gives its slot back in a moment.
func TestASuccessorPassesAFullLine(t *testing.T) {
	for _, how := range []string{"Forget", "Refresh"} {
		t.Run(how, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				g := quietGroup()
				h := register(t, g, "f", Policy{MaxRuns: 1, MaxWaiting: 1}, func(ctx context.Context, key string) (string, error) {
					return key, pause(ctx, time.Second)
				})
				h.Get("a")
				h.Get("b")
				synctest.Wait()
				if how == "Forget" {
					h.Forget("a")
				} else {
					h.Refresh("a")
				}
				for _, key := range []string{"a", "b"} {
					if v, err := h.Wait(t.Context(), key); v != key || err != nil {
						t.Errorf("Wait = %q, %v", v, err)
					}
				}
				advance(time.Minute)
				if n := h.frag.counts.refused.Load(); n != 0 {
					t.Errorf("%d runs were refused", n)
				}
				if n := h.frag.counts.runs.Load(); n != 3 {
					t.Errorf("%d runs", n)
				}
				closeGroup(t, g)
			})
		})
	}
}

// TestAPutTakesItsRunOutOfLine: what nobody wants any more takes no room there.
func TestAPutTakesItsRunOutOfLine(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := quietGroup()
		h := register(t, g, "f", Policy{MaxRuns: 1, MaxWaiting: 10}, func(ctx context.Context, n int) (int, error) {
			return n, pause(ctx, time.Second)
		})
		other := register(t, g, "other", Policy{MaxRuns: 1}, func(ctx context.Context, n int) (int, error) {
			return n, pause(ctx, time.Second)
		})
		for n := range 11 {
			h.Get(n)
		}
		other.Get(0)
		other.Get(1)
		synctest.Wait()
		for n := 10; n >= 0; n-- { // the one that has the slot comes last
			h.Put(n, -n)
		}
		if _, now := slots(h.frag); len(now.waiting) != 0 {
			t.Errorf("%d runs stand in line", len(now.waiting))
		}
		if v, err := h.Wait(t.Context(), 99); v != 99 || err != nil {
			t.Errorf("Wait = %v, %v", v, err)
		}
		h.Refresh(5) // starts at once
		synctest.Wait()
		h.Refresh(6)
		h.Refresh(6) // this one is in line already
		advance(time.Minute)
		for n := range 11 {
			want := -n
			if n == 5 || n == 6 {
				want = n
			}
			if v, ok := h.Get(n); v != want || !ok {
				t.Errorf("f(%d) = %d, %v, want %d", n, v, ok, want)
			}
		}
		if v, ok := other.Get(1); v != 1 || !ok {
			t.Error("another fragment has lost its turn")
		}
		if n := h.frag.counts.runs.Load(); n != 4 {
			t.Errorf("%d runs, want the first, 99, 5 and 6", n)
		}
		closeGroup(t, g)
	})
}

// TestOneOfManyLeavesTheLine: the others keep their turns.
func TestOneOfManyLeavesTheLine(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := quietGroup()
		var order []int
		h := register(t, g, "f", Policy{MaxRuns: 1}, func(ctx context.Context, n int) (int, error) {
			order = append(order, n)
			return n, pause(ctx, time.Second)
		})
		for n := range 5 {
			h.Get(n)
		}
		synctest.Wait()
		h.Put(2, 0)
		h.Put(4, 0)
		advance(time.Minute)
		if got := fmt.Sprint(order); got != "[0 1 3]" {
			t.Errorf("runs %s", got)
		}
		closeGroup(t, g)
	})
}

// TestAPutDropsTheSuccessorToo: there is nothing left to find out.
func TestAPutDropsTheSuccessorToo(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := script(t, Policy{}, exits[0], good)
		s.Get("k")
		synctest.Wait()
		s.Refresh("k")
		s.Put("k", "put")
		advance(time.Minute)
		checkGet(t, s, "put", true)
		if n := s.runs.Load(); n != 1 {
			t.Errorf("%d runs", n)
		}
		s.end(t)
	})
}

// TestARefusedRunThatWasOvertaken: Put came when the scheduler had taken the run out
// of line to refuse it. Its successor is refused with it.
func TestARefusedRunThatWasOvertaken(t *testing.T) {
	g := quietGroup()
	h := register(t, g, "f", Policy{}, func(ctx context.Context, key string) (int, error) { return 1, nil })
	s := h.frag.shard("k")
	f, next := newFlight(h.frag, s, "k", ask{key: "k"}), newFlight(h.frag, s, "k", ask{key: "k"})
	s.runs.flights = map[string]*flight{"k": f}
	s.mu.Lock()
	f.kill()
	f.next = next
	s.mu.Unlock()
	if wanted := f.refuse(ErrClosed); wanted != next || !errors.Is(next.err, ErrClosed) {
		t.Errorf("refused %p with %v, want the successor %p", wanted, next.err, next)
	}
	if wanted := f.refuse(ErrClosed); wanted != nil {
		t.Error("it is refused twice")
	}
	if n := len(s.runs.flights); n != 0 || f.err != errDiscarded {
		t.Errorf("%d flights are left, the first one has %v", n, f.err)
	}
	closeGroup(t, g)
}

// TestASuccessorIsNoSecondFailure: a run that hangs past its deadline has failed once,
// though one more was wanted behind it.
func TestASuccessorIsNoSecondFailure(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := script(t, Policy{}, exits[4])
		s.Get("k")
		synctest.Wait()
		s.Refresh("k")
		advance(testTimeout)
		if n, fail := s.frag.counts.failures.Load(), s.failure("k"); n != 1 || fail.count != 1 {
			t.Errorf("%d failures counted, %d in a row", n, fail.count)
		}
		s.end(t)
	})
}
