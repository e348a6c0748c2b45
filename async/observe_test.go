package async

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// journal is an observer that writes down what it is told.
type journal struct {
	mu    sync.Mutex // guards lines
	lines []string
}

func (j *journal) observe(event string, s State, err error) {
	line := fmt.Sprintf("%s %s(%v)", event, s.Name, s.Key)
	if s.Duration != 0 {
		line += fmt.Sprint(" took ", s.Duration)
	}
	if s.Reason != "" {
		line += fmt.Sprintf(" %s %d", s.Reason, s.Failures)
	}
	if err != nil {
		line += ": " + err.Error()
	}
	j.mu.Lock()
	defer j.mu.Unlock()
	j.lines = append(j.lines, line)
}

// expect takes what was told since the last time.
func (j *journal) expect(t *testing.T, want ...string) {
	t.Helper()
	synctest.Wait()
	j.mu.Lock()
	defer j.mu.Unlock()
	if got := strings.Join(j.lines, "\n"); got != strings.Join(want, "\n") {
		t.Errorf("told:\n%s\nwant:\n%s", got, strings.Join(want, "\n"))
	}
	j.lines = nil
}

// expectInAnyOrder is for what happens at one instant in two goroutines.
func (j *journal) expectInAnyOrder(t *testing.T, want ...string) {
	t.Helper()
	synctest.Wait()
	j.mu.Lock()
	slices.Sort(j.lines)
	j.mu.Unlock()
	slices.Sort(want)
	j.expect(t, want...)
}

// TestEvents: each event that Group.Observe documents, in the order in which things
// happen.
func TestEvents(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var j journal
		g := quietGroup()
		g.Observe = j.observe
		release := make(chan struct{})
		h := register(t, g, "f", Policy{Timeout: 10 * time.Second, MaxRuns: 1, MaxWaiting: 1}, func(ctx context.Context, key string) (string, error) {
			switch key {
			case "fails":
				return "", errSource
			case "hangs":
				<-release
				return "late", nil
			case "waits":
				return key, pause(ctx, 2*time.Second)
			}
			return key, pause(ctx, time.Second)
		})

		h.Get("good")
		advance(time.Second)
		j.expect(t, "start f(good)", "done f(good) took 1s")

		h.Get("fails")
		j.expect(t, "start f(fails)", `fail f(fails) error 1: async: f("fails"): source is down`)

		h.Put("put", "here")
		h.Forget("put")
		j.expect(t, "put f(put)", "forget f(put)")

		h.Get("slow")
		advance(time.Second / 2)
		h.Put("slow", "faster")
		j.expect(t, "start f(slow)", "put f(slow)", "discard f(slow) took 500ms")

		h.Get("hangs")
		synctest.Wait()
		h.Get("waits")
		h.Get("too many")
		j.expect(t, "start f(hangs)", `refuse f(too many) limit 0: 1 runs are waiting (Policy.MaxWaiting)`)
		advance(10 * time.Second)
		j.expectInAnyOrder(t, `fail f(hangs) took 10s timeout 1: async: f("hangs"): no result within 10s (Policy.Timeout)`, "start f(waits)")
		advance(time.Second)
		j.expect(t, "abandon f(hangs) took 11s")
		advance(time.Second)
		j.expect(t, "done f(waits) took 2s")
		close(release)
		j.expect(t, "done f(hangs) took 12s")

		closeGroup(t, g)
		h.Get("closed")
		j.expect(t, "refuse f(closed) closed 0: the group is closed")
	})
}

// TestAnObserverThatPanics spoils nothing, and is logged.
func TestAnObserverThatPanics(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var log strings.Builder
		g := &Group{Logger: textLogger(&log), Observe: func(event string, s State, err error) { panic("observer of " + event) }}
		h := register(t, g, "f", Policy{}, func(ctx context.Context, key string) (string, error) { return key, nil })
		h.Get("k")
		synctest.Wait()
		if v, ok := h.Get("k"); v != "k" || !ok {
			t.Errorf("Get = %q, %t", v, ok)
		}
		for _, want := range []string{"Group.Observe panicked", "observer of start", "observer of done", "observe_test.go"} {
			if !strings.Contains(log.String(), want) {
				t.Errorf("the log does not say %q: %s", want, log.String())
			}
		}
		closeGroup(t, g)
	})
}

// TestAnObserverMayUseTheGroup: no lock is held when it is called.
func TestAnObserverMayUseTheGroup(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := quietGroup()
		var h *Handle[string, string]
		events := 0
		g.Observe = func(event string, s State, err error) {
			events++
			h.Get(s.Key.(string))
			for range g.Keys("f") {
			}
			g.Stats()
			if event == "start" && s.Key == "k" {
				h.Refresh("other")
			}
		}
		h = register(t, g, "f", Policy{MaxRuns: 1}, func(ctx context.Context, key string) (string, error) { return key, nil })
		h.Put("k", "v")
		h.Forget("k")
		advance(time.Second)
		synctest.Wait()
		if events < 4 {
			t.Errorf("%d events", events)
		}
		closeGroup(t, g)
	})
}

// TestAnObserverThatEndsItsGoroutine, as a test's FailNow does, holds up nothing: the
// context of a run is released, and everyone who was refused is told.
func TestAnObserverThatEndsItsGoroutine(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := quietGroup()
		g.Observe = func(event string, s State, err error) {
			if event != "start" {
				runtime.Goexit()
			}
		}
		var released bool // the run's context, which is above the function's
		release := make(chan struct{})
		h := register(t, g, "f", Policy{MaxRuns: 1, MaxAbandoned: 1, Timeout: time.Minute}, func(ctx context.Context, key string) (string, error) {
			run := flightOf(ctx)
			run.shard.mu.Lock()
			cancel := run.cancel
			run.cancel = func(cause error) { released = true; cancel(cause) }
			run.shard.mu.Unlock()
			if key == "hangs" {
				<-release
			}
			return key, nil
		})
		h.Get("good")
		synctest.Wait()
		if v, ok := h.Get("good"); !ok || !released {
			t.Errorf("Get = %q, %t; the run's context was released: %t", v, ok, released)
		}
		h.Get("hangs")
		synctest.Wait()
		told := make(chan error, 5)
		for n := range cap(told) {
			go func() {
				_, err := h.Wait(context.Background(), fmt.Sprint(n))
				told <- err
			}()
		}
		advance(2 * time.Minute)
		for range cap(told) {
			select {
			case err := <-told:
				if !errors.Is(err, ErrLimit) {
					t.Errorf("Wait = %v", err)
				}
			default:
				t.Fatal("somebody still waits")
			}
		}
		close(release)
		advance(time.Minute)
		if now, _ := slots(h.frag); now != 0 {
			t.Errorf("%d slots are taken", now)
		}
		closeGroup(t, g)
	})
}

// TestEventsOfCommands have the id as their key, or the place.
func TestEventsOfCommands(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var j journal
		g := quietGroup()
		g.Observe = j.observe
		CommandIn(g, "ps web1", 0, func(context.Context) (int, error) { return 1, nil })
		j.expect(t, "start Command(ps web1)", "done Command(ps web1)")
		closeGroup(t, g)
	})
}

// TestHashedCommands: the encoding of a long id has no id in it, whatever its bytes
// look like.
func TestHashedCommands(t *testing.T) {
	for _, hash := range []string{strings.Repeat("x", 6) + ":" + strings.Repeat("y", 25), strings.Repeat("x", 6) + "@" + strings.Repeat("y", 25)} {
		if got := commandOf("\xff#" + hash).name(); !strings.HasPrefix(got, "sha256:") {
			t.Errorf("%q is shown as %q", hash, got)
		}
	}
}
