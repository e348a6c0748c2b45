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
		if s := &g.sched; s.running != 0 || h.frag.turns.running != 0 || h.frag.turns.lent != 0 {
			t.Errorf("%d slots taken in the group, %d in the fragment, %d lent", s.running, h.frag.turns.running, h.frag.turns.lent)
		}
		closeGroup(t, g)
	})
}
