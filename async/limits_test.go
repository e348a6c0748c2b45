package async

import (
	"bytes"
	"context"
	"errors"
	"fmt"
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
		for n := range 20 {
			for _, h := range hs {
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
			if m := each[i].most.Load(); m > 3 {
				t.Errorf("%d runs of f%d at a time", m, i)
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

// TestMaxWaiting: one too many is refused, shown as a default, counted, logged
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

// TestFailuresAreBounded, and do not touch the results.
func TestFailuresAreBounded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := quietGroup()
		h := register(t, g, "f", Policy{MaxFailures: 10}, func(ctx context.Context, n int) (int, error) {
			if n < 0 {
				return n, nil
			}
			return 0, errSource
		})
		h.Wait(t.Context(), -1)
		for n := range 1000 {
			h.Wait(t.Context(), n)
		}
		failed := &h.frag.shards[0].runs.failures
		if n := failed.order.Len(); n != 10 || len(failed.byKey) != 10 {
			t.Errorf("%d failures remembered in order, %d by key, want 10", n, len(failed.byKey))
		}
		if _, ok := h.Get(-1); !ok {
			t.Error("failures have pushed a result out")
		}
		closeGroup(t, g)
	})
}

func TestResultsAreBounded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := quietGroup()
		echo := func(ctx context.Context, key string) (string, error) { return key, nil }
		few := register(t, g, "few", Policy{MaxResults: 100}, echo)
		small := register(t, g, "small", Policy{MaxBytes: 1000}, echo)
		for n := range 1000 {
			few.Wait(t.Context(), fmt.Sprint(n))
			small.Wait(t.Context(), fmt.Sprintf("%0100d", n))
		}
		if n := few.frag.results.Len(); n != 100 {
			t.Errorf("%d results, want 100", n)
		}
		if n := few.frag.counts.evicted.Load(); n != 900 {
			t.Errorf("%d evicted, want 900", n)
		}
		if n := small.frag.results.Bytes(); n > 1000 || n < 800 {
			t.Errorf("%d bytes, want at most 1000", n)
		}
		long := strings.Repeat("x", 1001)
		if _, err := small.Wait(t.Context(), long); !errors.Is(err, ErrLimit) || !strings.Contains(err.Error(), "Policy.MaxBytes") {
			t.Errorf("Wait for what is too large = %v", err)
		}
		small.Put("k", "old")
		if err := small.Put("k", long); !errors.Is(err, ErrLimit) {
			t.Errorf("Put of what is too large = %v", err)
		}
		if v, ok := small.Get("k"); v != "old" || !ok {
			t.Errorf("a refused Put left %q, %v", v, ok)
		}
		closeGroup(t, g)
	})
}

// TestCost: what the application says counts, a panic in it is the run's error,
// and a negative answer is nothing.
func TestCost(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := quietGroup()
		h := register(t, g, "f", Policy{MaxBytes: 100, Cost: func(v any) int64 {
			if v.(int) == 13 {
				panic("unlucky")
			}
			return int64(v.(int))
		}}, func(ctx context.Context, n int) (int, error) { return n, nil })
		for n, want := range map[int]string{50: "", 200: "limit", 13: "panic", -5: ""} {
			_, err := h.Wait(t.Context(), n)
			checkReason(t, err, want)
		}
		closeGroup(t, g)
	})
}

// TestTheLogIsNotFlooded: a burst, then a record a second that says how many were
// left out.
func TestTheLogIsNotFlooded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var log bytes.Buffer
		g := &Group{Logger: textLogger(&log)}
		h := register(t, g, "f", Policy{}, func(ctx context.Context, n int) (int, error) { return 0, errSource })
		for n := range 1000 {
			h.Wait(t.Context(), n)
		}
		synctest.Wait() // a run is logged after it was decided
		if n := strings.Count(log.String(), "\n"); n != quietBurst {
			t.Errorf("%d records in one moment, want %d", n, quietBurst)
		}
		advance(time.Second)
		log.Reset()
		h.Wait(t.Context(), 1000)
		synctest.Wait()
		if !strings.Contains(log.String(), "notLogged=990") {
			t.Errorf("the log does not say how much it left out: %s", log.String())
		}
		closeGroup(t, g)
	})
}

// TestCloseNamesWhatNeverStarted: those in line, and those behind another run.
func TestCloseNamesWhatNeverStarted(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := quietGroup()
		h := register(t, g, "f", Policy{MaxRuns: 1}, func(ctx context.Context, n int) (int, error) {
			return n, pause(ctx, time.Second)
		})
		for n := range 3 {
			h.Get(n)
		}
		synctest.Wait()
		h.Refresh(0)
		waited := make(chan error)
		go func() {
			_, err := h.Wait(context.Background(), 2)
			waited <- err
		}()
		synctest.Wait()
		var lost *LostError
		if err := g.Close(t.Context()); !errors.As(err, &lost) {
			t.Fatalf("Close = %v", err)
		}
		if got, want := fmt.Sprint(lost.Runs), "[f(0): never started f(1): never started f(2): never started]"; got != want {
			t.Errorf("lost %s, want %s", got, want)
		}
		if err := <-waited; !errors.Is(err, ErrClosed) {
			t.Errorf("who waited got %v", err)
		}
		if v, ok := h.Get(0); v != 0 || !ok {
			t.Error("the run that was waited for has no result")
		}
	})
}
