package async

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

// gauge counts how many functions run at a time.
type gauge struct{ now, most, runs atomic.Int32 }

func (g *gauge) enter() (leave func()) {
	g.runs.Add(1)
	raise(&g.most, g.now.Add(1))
	return func() { g.now.Add(-1) }
}

func raise(most *atomic.Int32, n int32) {
	for {
		m := most.Load()
		if n <= m || most.CompareAndSwap(m, n) {
			return
		}
	}
}

// slots returns how many slots of the group are taken, and the fragment's turns.
func slots(f *fragment) (taken int, now turns) {
	s := &f.group.sched
	s.mu.Lock()
	defer s.mu.Unlock()
	now = f.turns
	now.waiting = slices.Clone(now.waiting)
	return s.running, now
}

// TestSlots: no more runs at a time than the fragment and the group allow, and
// every key gets its run.
func TestSlots(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := quietGroup()
		g.MaxRuns = 5
		var all gauge
		var each [3]gauge
		var hs []*Handle[int, int]
		for i := range each {
			hs = append(hs, register(t, g, fmt.Sprint("f", i), Policy{MaxRuns: 3}, func(ctx context.Context, n int) (int, error) {
				defer all.enter()()
				defer each[i].enter()()
				return n, pause(ctx, time.Second)
			}))
		}
		for _, h := range hs { // the first could take all five slots
			for n := range 20 {
				h.Get(n)
			}
		}
		advance(time.Minute)
		for i, h := range hs {
			for n := range 20 {
				if v, ok := h.Get(n); v != n || !ok {
					t.Errorf("f%d(%d) = %d, %v", i, n, v, ok)
				}
			}
			if m := each[i].most.Load(); m > 3 || i == 0 && m < 3 {
				t.Errorf("%d runs of f%d at a time, want 3", m, i)
			}
		}
		if m := all.most.Load(); m != 5 {
			t.Errorf("%d runs at a time, want the 5 of the group", m)
		}
		closeGroup(t, g)
	})
}

// TestTurns: a fragment with a thousand runs waiting does not keep another's one
// run from its turn.
func TestTurns(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := quietGroup()
		g.MaxRuns = 2
		slow := func(ctx context.Context, n int) (int, error) { return n, pause(ctx, time.Second) }
		flood := register(t, g, "flood", Policy{}, slow)
		other := register(t, g, "other", Policy{}, slow)
		for n := range 500 {
			flood.Get(n)
		}
		other.Get(0)
		advance(3 * time.Second)
		if _, ok := other.Get(0); !ok {
			t.Error("still waiting behind the flood")
		}
		advance(time.Hour)
		closeGroup(t, g)
	})
}

// with the field that raises the limit, and tried again by a later request.
func TestMaxWaiting(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var log bytes.Buffer
		g := &Group{Logger: textLogger(&log)}
		h := register(t, g, "f", Policy{MaxRuns: 1, MaxWaiting: 2}, func(ctx context.Context, n int) (int, error) {
			return n, pause(ctx, time.Second)
		})
		s := bound(t, g, `{{async "f" .}}{{define "f:default"}}{{.Reason}}{{end}}`, Options{})
		for n := range 3 {
			shows(t, s, n, "", Report{Pending: 1})
		}
		shows(t, s, 3, "limit", Report{Idle: 1})
		if _, err := h.Wait(t.Context(), 3); !errors.Is(err, ErrLimit) || !strings.Contains(err.Error(), "Policy.MaxWaiting") {
			t.Errorf("Wait = %v", err)
		}
		if n := h.frag.counts.refused.Load(); n != 2 {
			t.Errorf("%d counted as refused", n)
		}
		if !strings.Contains(log.String(), `run=f(3)`) || !strings.Contains(log.String(), "Policy.MaxWaiting") {
			t.Errorf("the log does not tell:\n%s", log.String())
		}
		advance(time.Minute)
		if v, err := h.Wait(t.Context(), 3); v != 3 || err != nil {
			t.Errorf("later Wait = %v, %v", v, err)
		}
		closeGroup(t, g)
	})
}

// TestHangs: functions that ignore their contexts cost their slots until the
// deadline, and then nothing but their goroutines, of which there is a limit;
// other fragments go on.
func TestHangs(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := quietGroup()
		g.MaxRuns = 8
		release := make(chan struct{})
		stuck := register(t, g, "stuck", Policy{MaxRuns: 8, MaxAbandoned: 20, Timeout: time.Second, Backoff: -1}, func(ctx context.Context, n int) (int, error) {
			<-release
			return n, nil
		})
		fine := register(t, g, "fine", Policy{}, func(ctx context.Context, n int) (int, error) { return n, nil })
		for n := range 200 {
			stuck.Get(n)
		}
		fine.Get(0)
		advance(time.Second)
		if _, ok := fine.Get(0); !ok {
			t.Error("the healthy fragment was not served after one deadline")
		}
		for range 30 {
			for n := range 200 {
				stuck.Get(n)
			}
			advance(time.Second)
		}
		if n := len(g.sched.airborne()); n > 28 {
			t.Errorf("%d goroutines hang, want at most MaxAbandoned + MaxRuns", n)
		}
		if _, err := stuck.Wait(t.Context(), 1000); !errors.Is(err, ErrLimit) || !strings.Contains(err.Error(), "Policy.MaxAbandoned") {
			t.Errorf("Wait = %v", err)
		}
		close(release)
		advance(time.Second)
		if v, err := stuck.Wait(t.Context(), 1000); v != 1000 || err != nil {
			t.Errorf("Wait after the hang = %v, %v", v, err)
		}
		if n := stuck.frag.counts.late.Load(); n == 0 {
			t.Error("no late result was accepted")
		}
		closeGroup(t, g)
	})
}

// TestAnObedientFunctionIsNeverAbandoned: it returns as its deadline passes, and so
// costs the runs behind it nothing, however few may be abandoned.
func TestAnObedientFunctionIsNeverAbandoned(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := quietGroup()
		h := register(t, g, "f", Policy{MaxRuns: 1, MaxAbandoned: 1, Timeout: time.Second}, func(ctx context.Context, n int) (int, error) {
			if n%2 == 0 {
				return n, nil
			}
			<-ctx.Done()
			return 0, ctx.Err()
		})
		for n := range 40 {
			h.Get(n)
		}
		for second := range 25 {
			advance(time.Second)
			if _, now := slots(h.frag); now.abandoned != 0 {
				t.Fatalf("after %d s %d are counted as abandoned", second+1, now.abandoned)
			}
		}
		for n := 0; n < 40; n += 2 {
			if v, ok := h.Get(n); v != n || !ok {
				t.Errorf("f(%d) = %d, %v", n, v, ok)
			}
		}
		if n := h.frag.counts.refused.Load(); n != 0 {
			t.Errorf("%d runs were refused", n)
		}
		if _, now := slots(h.frag); now.overdue != 0 || now.running != 0 {
			t.Errorf("at the end %+v", now)
		}
		closeGroup(t, g)
	})
}

// TestAFunctionThatHangsIsAbandoned a tenth of its Timeout after it, at most a
// second; and not any more when it returns.
func TestAFunctionThatHangsIsAbandoned(t *testing.T) {
	for timeout, grace := range map[time.Duration]time.Duration{time.Second: time.Second / 10, time.Minute: time.Second} {
		synctest.Test(t, func(t *testing.T) {
			g := quietGroup()
			release := make(chan struct{})
			h := register(t, g, "f", Policy{Timeout: timeout}, func(ctx context.Context, n int) (int, error) { <-release; return n, nil })
			h.Get(1)
			counts := func(when string, running, overdue, abandoned int) {
				t.Helper()
				synctest.Wait()
				if _, now := slots(h.frag); now.running != running || now.overdue != overdue || now.abandoned != abandoned {
					t.Errorf("%s: %+v, want %d running, %d overdue, %d abandoned", when, now, running, overdue, abandoned)
				}
			}
			counts("at first", 1, 0, 0)
			advance(timeout)
			counts("at the deadline", 0, 1, 0)
			advance(grace - time.Millisecond)
			counts("in the grace", 0, 1, 0)
			advance(time.Millisecond)
			counts("after it", 0, 0, 1)
			advance(time.Hour)
			close(release)
			counts("when it has returned", 0, 0, 0)
			closeGroup(t, g)
		})
	}
}

// TestRunsInLineBehindAHang: in the grace nothing more starts,
// else MaxAbandoned would be passed; after it those in line are refused. That is
// no failure of theirs, with no back-off, and the next request tries again.
func TestRunsInLineBehindAHang(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := quietGroup()
		release := make(chan struct{})
		h := register(t, g, "f", Policy{MaxRuns: 1, MaxAbandoned: 1, Timeout: 10 * time.Second}, func(ctx context.Context, key string) (string, error) {
			if key == "hangs" {
				<-release
			}
			return key, nil
		})
		s := bound(t, g, `{{async "f" .}}{{define "f:error"}}{{.Reason}} {{.Failures}}{{end}}`, Options{})
		h.Get("hangs")
		h.Get("fine")
		advance(10*time.Second + time.Second/2)
		if n := h.frag.counts.runs.Load(); n != 1 {
			t.Errorf("%d runs in the grace", n)
		}
		shows(t, s, "fine", "", Report{Pending: 1})
		begin := time.Now()
		if _, err := h.Wait(t.Context(), "fine"); !errors.Is(err, ErrLimit) || !strings.Contains(err.Error(), "Policy.MaxAbandoned") || time.Since(begin) != time.Second/2 {
			t.Errorf("after %v Wait = %v", time.Since(begin), err)
		}
		synctest.Wait()
		shows(t, s, "fine", "", Report{Idle: 1})
		close(release)
		synctest.Wait()
		if v, err := h.Wait(t.Context(), "fine"); v != "fine" || err != nil {
			t.Errorf("Wait = %q, %v: it was refused, and has not failed", v, err)
		}
		closeGroup(t, g)
	})
}

// TestARunThatIsDoubled: if our own table should ever let a key run twice at a time,
// the second one does not run, who waits is told, and it is counted and logged.
func TestARunThatIsDoubled(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var log strings.Builder
		g := &Group{Logger: textLogger(&log)}
		h := register(t, g, "f", Policy{}, func(ctx context.Context, key string) (int, error) { return 1, nil })
		release := make(chan struct{})
		go h.frag.shard("k").runs.guard.Do("k", func() (any, error) { <-release; return nil, nil })
		synctest.Wait()
		waited := make(chan error, 1)
		go func() {
			_, err := h.Wait(context.Background(), "k")
			waited <- err
		}()
		synctest.Wait()
		close(release)
		if err := <-waited; !errors.Is(err, errStuck) {
			t.Errorf("who waited got %v", err)
		}
		synctest.Wait()
		if n := h.frag.counts.doubled.Load(); n != 1 || !strings.Contains(log.String(), "level=ERROR") {
			t.Errorf("%d counted, the log is %q", n, log.String())
		}
		if n := h.frag.counts.runs.Load(); n != 0 {
			t.Errorf("%d runs", n)
		}
		if v, err := h.Wait(t.Context(), "k"); v != 1 || err != nil {
			t.Errorf("Wait = %v, %v: the next one was to run", v, err)
		}
		closeGroup(t, g)
	})
}
