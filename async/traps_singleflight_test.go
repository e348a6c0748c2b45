package async_test

import (
	"context"
	"errors"
	"html/template"
	"io"
	"runtime"
	"strconv"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"golang.org/x/sync/singleflight"

	"github.com/infill-go/infill/async"
)

// TestPollsKeepNothing: however often a key is asked for while its run is under
// way, and however many stop waiting for it, nothing is left of them. The naive way
// is
//
//	select {
//	case r := <-group.DoChan(key, load): return r.Val
//	default: return placeholder
//	}
//
// of x/sync/singleflight: every poll adds a channel to the call, kept until load
// returns. A page that is reloaded while its source hangs grows with each visitor.
func TestPollsKeepNothing(t *testing.T) {
	const polls = 5000
	release := make(chan struct{})
	var group singleflight.Group
	ended := group.DoChan("k", func() (any, error) { <-release; return nil, nil })
	naive := kept(func() {
		for range polls {
			group.DoChan("k", func() (any, error) { return nil, nil })
		}
	})
	if naive < polls {
		t.Errorf("DoChan has kept %d objects of %d polls: the trap is no more", naive, polls)
	}

	g := trapGroup()
	hang := func(ctx context.Context, key string) (string, error) { <-release; return key, nil }
	h := trapFragment(t, g, async.Policy{}, hang)
	tmpl := template.Must(template.New("page").Funcs(g.Funcs()).Parse(`{{async "f" .}}`))
	set, err := async.Bind(tmpl, async.Options{Group: g})
	if err != nil {
		t.Fatal(err)
	}
	command := func() string {
		return async.CommandIn(g, "id", "def", func(ctx context.Context) (string, error) { return hang(ctx, "v") })
	}
	for name, poll := range map[string]func(){
		"Get":     func() { h.Get("k") },
		"Wait":    func() { _, _ = h.Wait(endedContext(), "k") },
		"Command": func() { command() },
		"Execute": func() { _, _ = set.Execute(io.Discard, "page", "k") },
	} {
		poll() // starts the run
		n := kept(func() {
			for range polls {
				poll()
			}
		})
		if n > polls/10 {
			t.Errorf("%d objects are kept of %d polls by %s", n, polls, name)
		}
	}
	close(release)
	<-ended
	closeTraps(t, g)
	runtime.KeepAlive(set)
}

// TestCallersCostNoGoroutine, while the first run is under way and while a stale
// value is refreshed. The naive way starts one for each caller that may not wait:
//
//	if stale { go group.Do(key, reload) }
//	return old
//
// The reload runs once, but as many goroutines as there were hits stand there until
// it has ended (samber/hot does so on every stale hit).
func TestCallersCostNoGoroutine(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const callers = 100
		release := make(chan struct{})
		var group singleflight.Group
		for range callers {
			go group.Do("k", func() (any, error) { <-release; return nil, nil })
		}
		synctest.Wait()
		if n := goroutinesWith(inTheBubble, "singleflight.(*Group).Do("); n != callers {
			t.Errorf("%d goroutines of %d naive callers: the trap is no more", n, callers)
		}
		close(release)
		synctest.Wait()

		g := trapGroup()
		h := trapFragment(t, g, async.Policy{MaxAge: time.Minute}, func(ctx context.Context, key string) (string, error) {
			return key, work(ctx, time.Second)
		})
		for _, state := range []string{"pending", "stale"} {
			for range callers {
				if _, ok := h.Get("k"); ok != (state == "stale") {
					t.Errorf("%s: Get has a value: %t", state, ok)
				}
			}
			synctest.Wait()
			if n := goroutinesWith(inTheBubble, startedByTheLibrary); n != 1 {
				t.Errorf("%s: %d goroutines for %d callers, want the run's", state, n, callers)
			}
			pass(time.Minute + time.Second)
		}
		closeTraps(t, g)
	})
}

// TestTheEndOfAFunctionIsNobodyElsesEnd: runtime.Goexit, which a test's FailNow
// calls, is the error of its run. The naive ways:
//
//	v, err, _ := group.Do(key, load)      ends the goroutines of all who joined, too
//	r := <-group.DoChan(key, load)        never answers (golang/go#52557)
//	go func() { defer close(done); v, err = load() }()
//	                                      answers a zero value and no error, which is
//	                                      then remembered (resenje.org/singleflight,
//	                                      sturdyc)
//
// A panic is as bad: Do panics in everybody who joined, and after DoChan it cannot
// be recovered and ends the process.
func TestTheEndOfAFunctionIsNobodyElsesEnd(t *testing.T) {
	exit := func() (any, error) { runtime.Goexit(); return "v", nil }
	t.Run("DoChan never answers", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			var group singleflight.Group
			answer := group.DoChan("k", exit)
			pass(time.Hour)
			select {
			case r := <-answer:
				t.Errorf("DoChan answers %v: the trap is no more", r)
			default:
			}
		})
	})
	t.Run("Do ends who joined", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			var group singleflight.Group
			var gone, answered atomic.Int32
			for range 3 {
				go func() {
					defer gone.Add(1)
					_, _, _ = group.Do("k", func() (any, error) { <-time.After(time.Second); return exit() })
					answered.Add(1)
				}()
			}
			pass(time.Minute)
			if gone.Load() != 3 || answered.Load() != 0 {
				t.Errorf("%d goroutines have ended, %d had an answer: the trap is no more", gone.Load(), answered.Load())
			}
		})
	})
	t.Run("a bare defer forgets the failure", func(t *testing.T) {
		var v any
		err := errors.New("nothing was written")
		done := make(chan struct{})
		go func() {
			defer close(done)
			v, err = nil, nil // as the fields of a new call are
			v, err = exit()
		}()
		<-done
		if v != nil || err != nil {
			t.Errorf("%v, %v: the trap is no more", v, err)
		}
	})
	t.Run("ours", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			g := trapGroup()
			h := trapFragment(t, g, async.Policy{}, func(ctx context.Context, key string) (string, error) {
				if err := work(ctx, time.Second); err != nil {
					return "", err
				}
				runtime.Goexit()
				return "v", nil
			})
			errs := make(chan error, 3)
			for range cap(errs) {
				go func() {
					_, err := h.Wait(t.Context(), "k")
					errs <- err
				}()
			}
			pass(time.Second)
			for i := range cap(errs) {
				select {
				case err := <-errs:
					if err == nil {
						t.Error("a run that ended with Goexit has a result")
					}
				default:
					t.Error("no answer for waiter " + strconv.Itoa(i))
				}
			}
			if v, ok := h.Get("k"); ok {
				t.Errorf("%q is remembered", v)
			}
			closeTraps(t, g)
		})
	})
}

// TestAFunctionMayUseItsOwnKey: whatever a run does with the key that it is being
// run for, it waits for nothing. The naive way, a call of the memoized function
// inside itself,
//
//	group.Do(key, func() (any, error) { … group.Do(key, …) … })
//
// waits for its own end. (Wait, which has to wait, is told that it would.)
func TestAFunctionMayUseItsOwnKey(t *testing.T) {
	var group singleflight.Group
	group.Do("k", func() (any, error) {
		select {
		case r := <-group.DoChan("k", func() (any, error) { return "inner", nil }):
			t.Errorf("the inner call answers %v: the trap is no more", r)
		default: // and cannot before this function has returned
		}
		return nil, nil
	})

	type handle = async.Handle[string, string]
	for _, c := range []struct {
		name string
		act  func(h *handle, g *async.Group)
		want string
		runs int32
	}{
		{"Get", func(h *handle, g *async.Group) { h.Get("k") }, "run 1", 1},
		{"Put", func(h *handle, g *async.Group) { _ = h.Put("k", "put") }, "put", 1},
		{"Refresh", func(h *handle, g *async.Group) { h.Refresh("k") }, "run 2", 2},
		{"Forget", func(h *handle, g *async.Group) { h.Forget("k") }, "run 2", 2},
		{"Keep", func(h *handle, g *async.Group) { h.Keep("k")() }, "run 1", 1},
		{"Execute", func(h *handle, g *async.Group) {
			tmpl := template.Must(template.New("page").Funcs(g.Funcs()).Parse(`{{async "f" "k"}}`))
			_ = tmpl.Execute(io.Discard, nil)
		}, "run 1", 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				g := trapGroup()
				var h *handle
				var runs atomic.Int32
				h = trapFragment(t, g, async.Policy{}, func(_ context.Context, key string) (string, error) {
					n := runs.Add(1)
					if begin := time.Now(); n == 1 {
						c.act(h, g)
						if took := time.Since(begin); took != 0 {
							t.Errorf("it has waited for %v", took)
						}
					}
					return "run " + strconv.Itoa(int(n)), nil
				})
				h.Get("k")
				synctest.Wait()
				if v, _ := h.Get("k"); v != c.want || runs.Load() != c.runs {
					t.Errorf("%q after %d runs, want %q after %d", v, runs.Load(), c.want, c.runs)
				}
				closeTraps(t, g)
			})
		})
	}
}
