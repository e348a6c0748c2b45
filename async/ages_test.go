package async

import (
	"context"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

// TestAges walks one result through its life. The function is slow, so a look and
// its refresh are apart; from the third run on the source is down.
func TestAges(t *testing.T) {
	type at struct {
		after time.Duration // since the value was completed
		want  string        // what Get shows; "" for nothing
		wait  string        // what Wait answers; "" for an error
	}
	const m = time.Minute
	for _, c := range []struct {
		name   string
		policy Policy
		ats    []at
	}{
		{"kept for ever", Policy{}, []at{{0, "v1", "v1"}, {1000 * time.Hour, "v1", "v1"}}},
		{"stale by default", Policy{MaxAge: m}, []at{{59 * time.Second, "v1", "v1"}, {m, "v1", "v1"}, {1000 * time.Hour, "v1", "v1"}}},
		{"two windows", Policy{MaxAge: m, StaleWhileRevalidate: m, StaleIfError: 3 * m},
			[]at{{m, "v1", "v1"}, {2*m - 1, "v1", "v1"}, {2 * m, "v1", "v1"}, {4*m - 10*time.Second, "v1", "v1"}, {4 * m, "", ""}}},
		{"no stale window", Policy{MaxAge: m, StaleWhileRevalidate: -1}, []at{{m - 1, "v1", "v1"}, {m, "", ""}}},
		{"for errors only", Policy{MaxAge: m, StaleWhileRevalidate: -1, StaleIfError: m}, []at{{m, "v1", "v1"}, {2*m - 10*time.Second, "v1", "v1"}, {2 * m, "", ""}}},
		{"not for errors", Policy{MaxAge: m, StaleWhileRevalidate: 2 * m, StaleIfError: -1}, []at{{m, "v1", "v1"}, {m + 5*time.Second, "", ""}}},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				c.policy.Jitter = -1
				s := script(t, c.policy, exit{run: func(ctx context.Context, release <-chan struct{}) (string, error) {
					return "v1", pause(ctx, time.Second)
				}}, exits[1])
				if _, err := s.Wait(t.Context(), "k"); err != nil {
					t.Fatal(err)
				}
				done := time.Now()
				for _, at := range c.ats {
					advance(at.after - time.Since(done))
					if got, ok := s.Get("k"); got != at.want || ok != (at.want != "") {
						t.Errorf("at %v Get = %q, %v, want %q", at.after, got, ok, at.want)
					}
					if got, err := s.Wait(t.Context(), "k"); got != at.wait || (err == nil) != (at.wait != "") {
						t.Errorf("at %v Wait = %q, %v, want %q", at.after, got, err, at.wait)
					}
				}
				s.end(t)
			})
		})
	}
}

// TestOneRefreshPerStaleWindow: many readers, one run; and it is the first run of
// the window, not one per reader or per moment.
func TestOneRefreshPerStaleWindow(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := script(t, Policy{MaxAge: time.Minute, Jitter: -1}, good)
		s.Wait(t.Context(), "k")
		advance(time.Minute)
		for range 1000 {
			checkGet(t, s, "good", true)
		}
		advance(time.Second)
		for range 1000 {
			checkGet(t, s, "good", true)
		}
		if n := s.runs.Load(); n != 2 {
			t.Errorf("%d runs, want 2", n)
		}
		s.end(t)
	})
}

// TestJitter: refreshes begin within the last part of MaxAge, at instants that
// differ, drawn once for each result.
func TestJitter(t *testing.T) {
	p, err := Policy{MaxAge: time.Hour, Jitter: 0.5}.resolved(defaultGroupRuns)
	if err != nil {
		t.Fatal(err)
	}
	seen := make(map[int64]bool)
	for range 100 {
		at := p.refreshAt(0)
		if at < int64(time.Hour)/2 || at > int64(time.Hour) || p.ages(0).freshUntil != int64(time.Hour) {
			t.Fatalf("refresh at %v of an hour", time.Duration(at))
		}
		seen[at] = true
	}
	if len(seen) < 50 {
		t.Errorf("only %d instants in 100 draws", len(seen))
	}
}

// TestBackoff: a failing source is asked ever more seldom, however many ask us.
func TestBackoff(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var runs []time.Time
		g := quietGroup()
		h := register(t, g, "f", Policy{Backoff: time.Second, MaxBackoff: 8 * time.Second}, func(ctx context.Context, key string) (string, error) {
			runs = append(runs, time.Now())
			return "", errSource
		})
		for range 1200 {
			h.Get("k")
			advance(50 * time.Millisecond)
		}
		for i, want := range []time.Duration{1, 2, 4, 8, 8, 8} {
			got, want := runs[i+1].Sub(runs[i]), want*time.Second
			if got < want*8/10 || got > want+50*time.Millisecond {
				t.Errorf("pause %d was %v, want %v less up to a fifth", i+1, got, want)
			}
		}
		closeGroup(t, g)
	})
}

// TestBackoffEndsWithSuccess: the next failure starts from the first pause.
func TestBackoffEndsWithSuccess(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := script(t, Policy{}, exits[1], exits[1], good, exits[1])
		for range 2 {
			s.Wait(t.Context(), "k")
			advance(2 * time.Second)
		}
		if f := s.failure("k"); f == nil || f.count != 2 {
			t.Fatalf("failure %+v, want the second", f)
		}
		s.Wait(t.Context(), "k")
		if f := s.failure("k"); f != nil {
			t.Errorf("a failure is left after a success: %+v", f)
		}
		s.Refresh("k")
		advance(2 * time.Second)
		if f := s.failure("k"); f == nil || f.count != 1 {
			t.Errorf("failure %+v, want a first one", f)
		}
		s.end(t)
	})
}

// TestNegativeBackoff: every request tries again, but never twice at a time.
func TestNegativeBackoff(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := script(t, Policy{Backoff: -1}, exits[1])
		for range 5 {
			s.Wait(t.Context(), "k")
		}
		if n := s.runs.Load(); n != 5 {
			t.Errorf("%d runs for 5 Waits", n)
		}
		s.end(t)
	})
}

// TestARunInheritsNothing: neither values nor the cancellation of who started it.
func TestARunInheritsNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		type user struct{}
		g := quietGroup()
		h := register(t, g, "f", Policy{Timeout: time.Minute}, func(ctx context.Context, key string) (string, error) {
			if v := ctx.Value(user{}); v != nil {
				t.Errorf("the run sees %v", v)
			}
			if d, ok := ctx.Deadline(); !ok || time.Until(d) != time.Minute {
				t.Errorf("the run's deadline is %v", time.Until(d))
			}
			return "v", pause(ctx, time.Second)
		})
		ctx, cancel := context.WithTimeout(context.WithValue(t.Context(), user{}, "alice"), time.Millisecond)
		defer cancel()
		h.Wait(ctx, "k")
		if v, err := h.Wait(t.Context(), "k"); v != "v" || err != nil {
			t.Errorf("Wait = %q, %v", v, err)
		}
		closeGroup(t, g)
	})
}

// TestTheRunLooksAgain stands for check-then-run: a request that saw no result
// and no flight, because a flight committed in between, must start nothing.
func TestTheRunLooksAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := script(t, Policy{}, good)
		s.Wait(t.Context(), "k")
		sh := s.frag.shard("k")
		sh.mu.Lock()
		late := newFlight(s.frag, sh, "k", ask{key: "k"})
		err := sh.runs.start(late)
		sh.mu.Unlock()
		if err != nil {
			t.Fatal(err)
		}
		<-late.done
		if late.err != nil || late.got == nil || late.got.Value != "good" {
			t.Errorf("the late flight came to %v, %v", late.got, late.err)
		}
		if n := s.runs.Load(); n != 1 {
			t.Errorf("%d runs", n)
		}
		s.end(t)
	})
}

// TestOneRunForEverybody: ten thousand who ask at once, in a hundred rounds of
// Forget.
func TestOneRunForEverybody(t *testing.T) {
	g := quietGroup()
	var now, most, runs atomic.Int32
	h := register(t, g, "f", Policy{}, func(ctx context.Context, key int) (int, error) {
		raise(&most, now.Add(1))
		defer now.Add(-1)
		return int(runs.Add(1)), nil
	})
	for round := range 100 {
		asked := make(chan struct{})
		ended := make(chan error)
		for range 100 {
			go func() {
				<-asked
				_, err := h.Wait(context.Background(), 7)
				ended <- err
			}()
		}
		close(asked)
		for range 100 {
			if err := <-ended; err != nil {
				t.Fatal(err)
			}
		}
		if n := int(runs.Load()); n != round+1 {
			t.Fatalf("%d runs in %d rounds", n, round+1)
		}
		h.Forget(7)
	}
	if n := most.Load(); n != 1 {
		t.Errorf("%d runs at a time", n)
	}
	closeGroup(t, g)
}
