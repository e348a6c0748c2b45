package async_test

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"golang.org/x/sync/singleflight"

	"github.com/infill-go/infill/async"
)

// answer is what a waiter got, and how long it took.
type answer struct {
	value string
	err   error
	took  time.Duration
}

type waitFunc func(ctx context.Context, key string) (string, error)

// waiters calls wait for three visitors at the same time: the first starts the run
// and leaves after 100 ms, the second has no more than 10 ms, the third has all day.
func waiters(wait waitFunc) (answers [3]answer) {
	begin := time.Now()
	var all sync.WaitGroup
	for i, patience := range []time.Duration{100 * time.Millisecond, 10 * time.Millisecond, 24 * time.Hour} {
		all.Go(func() {
			ctx, cancel := context.WithTimeout(context.Background(), patience)
			defer cancel()
			v, err := wait(ctx, "k")
			answers[i] = answer{v, err, time.Since(begin)}
		})
		synctest.Wait() // one after the other, in the same instant
	}
	all.Wait()
	return answers
}

// TestEachWaiterHasItsOwnContext: the first one's is not the run's, and the others'
// are not ignored. The naive way
//
//	group.Do(key, func() (any, error) { return load(ctx, key) })
//
// gives the run the context of whoever came first: when that visitor leaves, healthy
// ones are told "context canceled" (authzed/spicedb#2954, tailscale#18919). And all
// wait as long as the first one waits, whatever their own deadlines say (sturdyc).
func TestEachWaiterHasItsOwnContext(t *testing.T) {
	load := func(ctx context.Context, key string) (string, error) { return "v", work(ctx, 200*time.Millisecond) }
	synctest.Test(t, func(t *testing.T) {
		var group singleflight.Group
		naive := waiters(func(ctx context.Context, key string) (string, error) {
			v, err, _ := group.Do(key, func() (any, error) { return load(ctx, key) })
			return v.(string), err
		})
		if hurried := naive[1]; hurried.took != 100*time.Millisecond {
			t.Errorf("the naive way answers within a deadline of 10 ms after %v: the trap is no more", hurried.took)
		}
		if patient := naive[2]; patient.err == nil {
			t.Errorf("the naive way gives the patient %q: the trap is no more", patient.value)
		}
	})
	synctest.Test(t, func(t *testing.T) {
		g := trapGroup()
		h := trapFragment(t, g, async.Policy{}, load)
		ours := waiters(h.Wait)
		for i, want := range []answer{
			{"", context.DeadlineExceeded, 100 * time.Millisecond},
			{"", context.DeadlineExceeded, 10 * time.Millisecond},
			{"v", nil, 200 * time.Millisecond},
		} {
			if got := ours[i]; got.value != want.value || !errors.Is(got.err, want.err) || got.took != want.took {
				t.Errorf("visitor %d: %+v, want %+v", i+1, got, want)
			}
		}
		closeTraps(t, g)
	})
}

// refcounted is a naive flight table that ends a run when its last caller has left.
type refcounted struct {
	removes bool // whether the last caller takes the key along, or the run does when it ends
	load    waitFunc

	mu    sync.Mutex // guards calls and what is in them
	calls map[string]*refcall
}

type refcall struct {
	callers int
	cancel  context.CancelFunc
	done    chan struct{}
	value   string
	err     error
}

func (r *refcounted) wait(ctx context.Context, key string) (string, error) {
	r.mu.Lock()
	c := r.calls[key]
	if c == nil {
		c = r.start(key)
	}
	c.callers++
	r.mu.Unlock()
	select {
	case <-c.done:
		return c.value, c.err
	case <-ctx.Done():
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if c.callers--; c.callers == 0 {
		c.cancel()
		if r.removes {
			delete(r.calls, key)
		}
	}
	return "", ctx.Err()
}

func (r *refcounted) start(key string) *refcall {
	run, cancel := context.WithCancel(context.Background())
	c := &refcall{cancel: cancel, done: make(chan struct{})}
	r.calls[key] = c
	go func() {
		c.value, c.err = r.load(run, key)
		r.mu.Lock()
		defer r.mu.Unlock()
		if r.calls[key] == c {
			delete(r.calls, key)
		}
		close(c.done)
	}()
	return c
}

// windingDown is a function that takes a second, and still a moment to end when it
// is told to.
type windingDown struct{ now, most, runs atomic.Int32 }

func (w *windingDown) load(ctx context.Context, key string) (string, error) {
	w.runs.Add(1)
	if n := w.now.Add(1); n > w.most.Load() {
		w.most.Store(n)
	}
	defer w.now.Add(-1)
	err := work(ctx, time.Second)
	if err != nil {
		<-time.After(100 * time.Millisecond) // closes its connections
	}
	return "v", err
}

// leaveAndCome lets the only visitor leave after 100 ms, and another one come 50 ms
// later.
func leaveAndCome(wait waitFunc) (string, error) {
	ctx, cancel := context.WithTimeout(context.Background(), 100*time.Millisecond)
	defer cancel()
	_, _ = wait(ctx, "k")
	pass(50 * time.Millisecond)
	return wait(context.Background(), "k")
}

// TestWhoLeavesTakesNothingAlong: a run goes on when nobody waits, and whoever comes
// then shares it. There are two naive ways of ending it with its last waiter. If that
// one removes the key, the next visitor starts a second run beside the first, which
// is still winding down (janos/singleflight#4). If the key stays until the run has
// ended, the next visitor joins a run that was cancelled, and is told so although
// nobody has cancelled anything of his (tailscale#18919).
func TestWhoLeavesTakesNothingAlong(t *testing.T) {
	for _, removes := range []bool{true, false} {
		synctest.Test(t, func(t *testing.T) {
			var f windingDown
			naive := refcounted{removes: removes, load: f.load, calls: make(map[string]*refcall)}
			v, err := leaveAndCome(naive.wait)
			switch most := f.most.Load(); {
			case removes && most != 2:
				t.Errorf("the naive way runs %d times at a time: the trap is no more", most)
			case !removes && !errors.Is(err, context.Canceled):
				t.Errorf("the naive way gives the next visitor %q, %v: the trap is no more", v, err)
			}
			pass(time.Minute)
		})
	}
	synctest.Test(t, func(t *testing.T) {
		var f windingDown
		g := trapGroup()
		h := trapFragment(t, g, async.Policy{}, f.load)
		if v, err := leaveAndCome(h.Wait); v != "v" || err != nil {
			t.Errorf("the next visitor gets %q, %v", v, err)
		}
		if n := f.runs.Load(); n != 1 {
			t.Errorf("%d runs", n)
		}
		closeTraps(t, g)
	})
}

// TestACancelledRunIsNotJoined: Forget is what does cancel a run. Whoever comes while
// it is winding down gets the result of the next one, and that begins when the first
// has ended.
func TestACancelledRunIsNotJoined(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var f windingDown
		g := trapGroup()
		h := trapFragment(t, g, async.Policy{}, f.load)
		h.Get("k")
		pass(100 * time.Millisecond)
		h.Forget("k")
		pass(50 * time.Millisecond)
		begin := time.Now()
		v, err := h.Wait(t.Context(), "k")
		if v != "v" || err != nil {
			t.Errorf("Wait = %q, %v", v, err)
		}
		if took, want := time.Since(begin), 50*time.Millisecond+time.Second; took != want {
			t.Errorf("answered after %v, want %v: the rest of the first run, and the next", took, want)
		}
		if runs, most := f.runs.Load(), f.most.Load(); runs != 2 || most != 1 {
			t.Errorf("%d runs, %d at a time", runs, most)
		}
		closeTraps(t, g)
	})
}
