package async

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// TestRunsLendTheirSlots to the runs that they wait for, also where there is one
// slot for all, and get them back.
func TestRunsLendTheirSlots(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := quietGroup()
		g.MaxRuns = 1
		var h *Handle[int, int]
		h = register(t, g, "sum", Policy{}, func(ctx context.Context, n int) (int, error) {
			if n == 0 {
				return 0, pause(ctx, time.Second)
			}
			ends := make(chan int)
			for i := range 3 { // three waits at a time
				go func() {
					below, _ := h.Wait(ctx, max(0, n-1-i))
					ends <- below
				}()
			}
			return n + max(<-ends, <-ends, <-ends), ctx.Err()
		})
		if v, err := h.Wait(t.Context(), 10); v != 55 || err != nil {
			t.Errorf("Wait = %v, %v", v, err)
		}
		synctest.Wait()
		if taken, now := slots(h.frag); taken != 0 || now.running != 0 || now.lent != 0 {
			t.Errorf("%d slots taken in the group, %d in the fragment, %d lent", taken, now.running, now.lent)
		}
		closeGroup(t, g)
	})
}

// TestSlotsDoNotDrift: the deadline of a run passes while its slot is lent. The slot
// is given back once, not twice, so that never more runs than slots execute.
func TestSlotsDoNotDrift(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := quietGroup()
		g.MaxRuns = 4
		var all gauge
		slow := func(ctx context.Context, key string) (string, error) {
			defer all.enter()()
			sleep(20 * time.Second)
			return key, nil
		}
		hs := []*Handle[string, string]{register(t, g, "slow", Policy{MaxRuns: 4}, slow), register(t, g, "other", Policy{MaxRuns: 4}, slow), register(t, g, "third", Policy{MaxRuns: 4}, slow)}
		s := bound(t, g, `{{range .}}{{async "outer" .}}{{end}}{{define "outer"}}<a title="{{async "slow" .}}">{{end}}`, Options{Policy: Policy{Timeout: time.Second}})
		execute(t, s, strings.Split("abcdefgh", ""))
		advance(2 * time.Second)
		for n := range 10 {
			for _, h := range hs {
				h.Get(fmt.Sprint(n))
			}
		}
		for range 600 {
			advance(time.Second)
			if n, _ := slots(hs[0].frag); n < 0 || n > 4 {
				t.Fatalf("%d slots are taken, of 4", n)
			}
		}
		if n := all.most.Load(); n != 4 {
			t.Errorf("%d functions at a time, want the 4 of the group", n)
		}
		for f := range s.looks {
			if taken, now := slots(f); taken != 0 || now.running != 0 || now.lent != 0 || now.overdue != 0 || now.abandoned != 0 {
				t.Errorf("at the end %s has %+v, and %d slots are taken", f.name, now, taken)
			}
		}
		closeGroup(t, g)
	})
}

// TestAViewLendsTheSlotOfItsFragment, too: it waits for y, whose function waits for
// another key of the view's fragment, which has one slot.
func TestAViewLendsTheSlotOfItsFragment(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := quietGroup()
		x := register(t, g, "x", Policy{MaxRuns: 1}, func(ctx context.Context, key string) (string, error) { return key, pause(ctx, time.Second) })
		register(t, g, "y", Policy{}, func(ctx context.Context, key string) (string, error) { return x.Wait(ctx, "other") })
		s := bound(t, g, `{{async "x" .}}{{define "x:view"}}{{if eq . "k"}}{{asyncvalue "y" .}}{{else}}{{.}}{{end}}{{end}}`, Options{})
		execute(t, s, "k")
		advance(2 * time.Second)
		shows(t, s, "k", "other", Report{Ready: 1})
		closeGroup(t, g)
	})
}

// TestAGoroutineLeftBehindInAWait: the function has returned, its slot is free, and
// when the wait ends nothing is given back.
func TestAGoroutineLeftBehindInAWait(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := quietGroup()
		h := register(t, g, "slow", Policy{}, func(ctx context.Context, n int) (int, error) { return n, pause(ctx, 10*time.Second) })
		careless := register(t, g, "careless", Policy{}, func(ctx context.Context, n int) (int, error) {
			go h.Wait(context.WithoutCancel(ctx), n)
			return n, pause(ctx, time.Second)
		})
		careless.Get(1)
		synctest.Wait()
		if _, now := slots(careless.frag); now.lent != 1 {
			t.Errorf("%d slots are lent", now.lent)
		}
		for range 2 {
			advance(5 * time.Second)
			if _, now := slots(careless.frag); now.lent != 0 || now.running != 0 {
				t.Errorf("%+v, although no run is under way", now)
			}
		}
		if n, _ := slots(careless.frag); n != 0 {
			t.Errorf("%d slots are taken", n)
		}
		closeGroup(t, g)
	})
}

// TestSlotsThatMayBeLentAreLimited: a flood of runs that all wait stays a line of
// runs, and does not become a flood of goroutines.
func TestSlotsThatMayBeLentAreLimited(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const flood = 2 * maxLent
		g := quietGroup()
		slow := register(t, g, "slow", Policy{Timeout: time.Hour}, func(ctx context.Context, n int) (int, error) { return 7, pause(ctx, time.Minute) })
		h := register(t, g, "f", Policy{MaxRuns: 2, Timeout: time.Hour}, func(ctx context.Context, n int) (int, error) { return slow.Wait(ctx, 0) })
		for n := range flood {
			h.Get(n)
		}
		synctest.Wait()
		// The run that has lent the last slot may have had one beside it.
		if _, now := slots(h.frag); now.lent < maxLent || now.lent > maxLent+1 || now.running != 0 || len(now.waiting) != flood-now.lent {
			t.Errorf("%d slots are lent, %d taken, %d runs in line; want %d, none and the rest", now.lent, now.running, len(now.waiting), maxLent)
		}
		advance(time.Hour)
		for n := range flood {
			if v, ok := h.Get(n); v != 7 || !ok {
				t.Fatalf("f(%d) = %v, %v when the flood is over", n, v, ok)
			}
		}
		if taken, now := slots(h.frag); taken != 0 || now.lent != 0 || now.running != 0 {
			t.Errorf("at the end %+v, and %d slots are taken", now, taken)
		}
		closeGroup(t, g)
	})
}

// TestARunThatGoesOnPastItsDeadline has lent its slot to what it waits for, and
// lost it meanwhile: when that wait ends, in the grace or after it, the slot is not
// taken from those who run now.
func TestARunThatGoesOnPastItsDeadline(t *testing.T) {
	for _, wait := range []time.Duration{10*time.Second + time.Second/2, 20 * time.Second} {
		synctest.Test(t, func(t *testing.T) {
			g := quietGroup()
			release := make(chan struct{})
			slow := register(t, g, "slow", Policy{}, func(ctx context.Context, n int) (int, error) { return n, pause(ctx, wait) })
			h := register(t, g, "f", Policy{MaxRuns: 1, Timeout: 10 * time.Second}, func(ctx context.Context, n int) (int, error) {
				if n == 0 {
					slow.Wait(context.WithoutCancel(ctx), n)
					<-release
				}
				return n, nil
			})
			h.Get(0)
			advance(wait)
			if taken, now := slots(h.frag); taken != 0 || now.running != 0 || now.lent != 0 {
				t.Errorf("after %v %+v, and %d slots are taken", wait, now, taken)
			}
			h.Get(1)
			synctest.Wait()
			if v, ok := h.Get(1); v != 1 || !ok {
				t.Errorf("after %v Get = %v, %v", wait, v, ok)
			}
			close(release)
			advance(time.Minute)
			if taken, now := slots(h.frag); taken != 0 || now.overdue != 0 || now.abandoned != 0 {
				t.Errorf("at the end %+v, and %d slots are taken", now, taken)
			}
			closeGroup(t, g)
		})
	}
}

// TestAFragmentThatCallsItselfTooDeeply is told at once, and not at its deadline.
func TestAFragmentThatCallsItselfTooDeeply(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := quietGroup()
		var h *Handle[int, int]
		h = register(t, g, "chain", Policy{}, func(ctx context.Context, n int) (int, error) {
			if n == 0 {
				return 0, nil
			}
			below, err := h.Wait(ctx, n-1)
			return below + 1, err
		})
		if v, err := h.Wait(t.Context(), maxLent); v != maxLent || err != nil {
			t.Errorf("a chain of %d: %v, %v", maxLent, v, err)
		}
		begin := time.Now()
		if _, err := h.Wait(t.Context(), 10*maxLent); !errors.Is(err, ErrLimit) || !strings.Contains(err.Error(), "calls itself too deeply") {
			t.Errorf("a chain that is too long: %v", err)
		}
		if took := time.Since(begin); took != 0 {
			t.Errorf("told after %v", took)
		}
		synctest.Wait() // the run that was too deep still stands in line
		closeGroup(t, g)
	})
}
