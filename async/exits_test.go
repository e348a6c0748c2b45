package async

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/infill-go/infill/async/internal/results"
)

func entriesOf(s *results.Store[view]) int {
	n, _ := s.Size()
	return n
}

func bytesOf(s *results.Store[view]) int64 {
	_, n := s.Size()
	return n
}

// quietGroup is a group whose log nobody reads.
func quietGroup() *Group {
	return &Group{Logger: slog.New(slog.NewTextHandler(io.Discard, nil))}
}

var errSource = errors.New("source is down")

// exit is a way in which a fragment's function can end.
type exit struct {
	name   string
	reason string // of the failure; "" if there is a value in the end
	obeys  bool   // whether the function ends with its context
	run    func(ctx context.Context, release <-chan struct{}) (string, error)
}

const testTimeout = 10 * time.Second

var exits = []exit{
	{name: "return", obeys: true, run: func(ctx context.Context, release <-chan struct{}) (string, error) {
		return "value", pause(ctx, time.Second)
	}},
	{name: "error", reason: "error", obeys: true, run: func(ctx context.Context, release <-chan struct{}) (string, error) {
		if err := pause(ctx, time.Second); err != nil {
			return "", err
		}
		return "not to be seen", errSource
	}},
	{name: "panic", reason: "panic", obeys: true, run: func(ctx context.Context, release <-chan struct{}) (string, error) {
		if err := pause(ctx, time.Second); err != nil {
			return "", err
		}
		panic("oh no")
	}},
	{name: "Goexit", reason: "exit", obeys: true, run: func(ctx context.Context, release <-chan struct{}) (string, error) {
		if err := pause(ctx, time.Second); err != nil {
			return "", err
		}
		runtime.Goexit()
		return "", nil
	}},
	{name: "hang", reason: "timeout", run: func(ctx context.Context, release <-chan struct{}) (string, error) {
		<-release
		return "", errSource
	}},
	{name: "obey", reason: "timeout", obeys: true, run: func(ctx context.Context, release <-chan struct{}) (string, error) {
		<-ctx.Done()
		return "", ctx.Err()
	}},
	{name: "late", run: func(ctx context.Context, release <-chan struct{}) (string, error) {
		sleep(testTimeout + 2*time.Second) // fake time: the function is slow, the test is not
		return "value", nil
	}},
}

func pause(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// scripted is a fragment whose nth run ends as the nth exit says, the last one
// for all further runs.
type scripted struct {
	*Handle[string, string]
	g       *Group
	runs    atomic.Int32
	now     atomic.Int32 // runs at this moment
	most    atomic.Int32
	release chan struct{}
}

func script(t *testing.T, p Policy, exits ...exit) *scripted {
	t.Helper()
	s := &scripted{g: quietGroup(), release: make(chan struct{})}
	if p.Timeout == 0 {
		p.Timeout = testTimeout
	}
	h, err := Register(s.g, "f", func(ctx context.Context, key string) (string, error) {
		n := int(s.runs.Add(1))
		raise(&s.most, s.now.Add(1))
		defer s.now.Add(-1)
		return exits[min(n, len(exits))-1].run(ctx, s.release)
	}, p)
	if err != nil {
		t.Fatal(err)
	}
	s.Handle = h
	return s
}

// end releases what hangs, closes the group and checks that nothing ran twice at
// a time. The bubble checks that no goroutine is left.
func (s *scripted) end(t *testing.T) {
	t.Helper()
	close(s.release)
	advance(3 * testTimeout)
	ctx, cancel := context.WithTimeout(context.Background(), time.Hour)
	defer cancel()
	if err := s.g.Close(ctx); err != nil {
		t.Errorf("Close: %v", err)
	}
	if n := s.most.Load(); n > 1 {
		t.Errorf("%d runs of one key at a time", n)
	}
	if n := s.frag.counts.doubled.Load(); n != 0 {
		t.Errorf("singleflight saw %d doubled runs", n)
	}
	synctest.Wait()
	if n := len(s.g.sched.airborne()); n != 0 {
		t.Errorf("%d goroutines left", n)
	}
}

func (s *scripted) failure(id string) *failure {
	sh := s.frag.shard(id)
	sh.mu.Lock()
	defer sh.mu.Unlock()
	return sh.runs.failures.of(id)
}

var good = exit{run: func(ctx context.Context, release <-chan struct{}) (string, error) {
	return "good", pause(ctx, time.Second)
}}

func checkGet(t *testing.T, s *scripted, want string, wantOK bool) {
	t.Helper()
	if got, ok := s.Get("k"); got != want || ok != wantOK {
		t.Errorf("Get = %q, %v, want %q, %v", got, ok, want, wantOK)
	}
}

func checkReason(t *testing.T, err error, want string) {
	t.Helper()
	if got := reason(err); got != want {
		t.Errorf("reason(%v) = %q, want %q", err, got, want)
	}
}

// wantValue is what the fragment has when the exit is over.
func (e exit) wantValue() (string, bool) {
	if e.reason == "" {
		return "value", true
	}
	return "", false
}

// TestExitsOfAFirstRun: nothing is remembered yet.
func TestExitsOfAFirstRun(t *testing.T) {
	for _, e := range exits {
		t.Run(e.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := script(t, Policy{}, e, good)
				checkGet(t, s, "", false)
				advance(testTimeout + 5*time.Second)
				value, ok := e.wantValue()
				if ok {
					checkGet(t, s, value, true)
				}
				if e.reason != "" {
					fail := s.failure("k")
					if fail == nil {
						t.Fatal("no failure remembered")
					}
					checkReason(t, fail.err, e.reason)
				}
				if e.name != "hang" && e.reason != "" { // the back-off is over: the next request tries again
					s.Get("k")
					advance(2 * time.Second)
					checkGet(t, s, "good", true)
				}
				s.end(t)
			})
		})
	}
}

// TestExitsForAWaiter: somebody waits for the run.
func TestExitsForAWaiter(t *testing.T) {
	for _, e := range exits {
		t.Run(e.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := script(t, Policy{}, e)
				begin := time.Now()
				got, err := s.Wait(t.Context(), "k")
				took := time.Since(begin)
				switch {
				case e.name == "late": // it is a value for those who come later
					checkReason(t, err, "timeout")
				case e.reason == "":
					if got != "value" || err != nil {
						t.Errorf("Wait = %q, %v", got, err)
					}
				default:
					checkReason(t, err, e.reason)
				}
				if took > testTimeout {
					t.Errorf("waited %v, longer than the run's deadline", took)
				}
				if err != nil && !strings.Contains(err.Error(), `f("k")`) {
					t.Errorf("the error does not name the run: %v", err)
				}
				if e.name == "error" && !errors.Is(err, errSource) {
					t.Errorf("the function's own error is lost: %v", err)
				}
				s.end(t)
			})
		})
	}
}

// TestExitsOfARefresh: a good value is there, and stays whatever the refresh does.
func TestExitsOfARefresh(t *testing.T) {
	for _, e := range exits {
		t.Run(e.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := script(t, Policy{MaxAge: time.Minute}, good, e)
				if v, err := s.Wait(t.Context(), "k"); v != "good" || err != nil {
					t.Fatalf("Wait = %q, %v", v, err)
				}
				advance(time.Minute)
				checkGet(t, s, "good", true) // starts the refresh
				for range 20 {
					advance(time.Second)
					want := "good"
					if n := s.runs.Load(); e.reason == "" && n == 2 && s.now.Load() == 0 {
						want = "value"
					}
					checkGet(t, s, want, true)
				}
				s.end(t)
			})
		})
	}
}

// TestForgetDuringARun: the run's result must never be seen; one successor runs,
// and only when the function has returned.
func TestForgetDuringARun(t *testing.T) {
	for _, e := range exits {
		t.Run(e.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := script(t, Policy{}, e, good)
				waited := make(chan error, 1)
				go func() {
					v, err := s.Wait(t.Context(), "k")
					if err == nil && v != "good" {
						err = errors.New("got the forgotten " + v)
					}
					waited <- err
				}()
				advance(time.Second / 2)
				s.Forget("k")
				s.Forget("k") // one successor, not two
				checkGet(t, s, "", false)
				advance(2 * testTimeout)
				if e.name == "hang" {
					checkReason(t, <-waited, "timeout") // the key is taken: told at the deadline, not left waiting
					if n := s.runs.Load(); n != 1 {
						t.Errorf("%d runs while the function hangs", n)
					}
					s.end(t)
					return
				}
				if err := <-waited; err != nil && e.obeys {
					t.Errorf("the waiter was not handed on to the successor: %v", err)
				}
				checkGet(t, s, "good", true)
				if n := s.runs.Load(); n != 2 {
					t.Errorf("%d runs, want 2", n)
				}
				s.end(t)
			})
		})
	}
}

// TestPutDuringARun: the value that was put stays, and nothing is run for it.
func TestPutDuringARun(t *testing.T) {
	for _, e := range exits {
		t.Run(e.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := script(t, Policy{}, e)
				got := make(chan string, 1)
				go func() {
					v, _ := s.Wait(t.Context(), "k")
					got <- v
				}()
				advance(time.Second / 2)
				if err := s.Put("k", "put"); err != nil {
					t.Fatal(err)
				}
				if v := <-got; v != "put" {
					t.Errorf("the waiter got %q", v)
				}
				for range 30 {
					checkGet(t, s, "put", true)
					advance(time.Second)
				}
				if n := s.runs.Load(); n != 1 {
					t.Errorf("%d runs, want 1", n)
				}
				s.end(t)
			})
		})
	}
}

// TestRefreshDuringARun: the result of the run counts, and one more run follows.
func TestRefreshDuringARun(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := script(t, Policy{}, exits[0], good)
		s.Get("k")
		advance(time.Second / 2)
		for range 3 {
			s.Refresh("k")
		}
		advance(time.Second)
		checkGet(t, s, "value", true)
		advance(time.Second)
		checkGet(t, s, "good", true)
		if n := s.runs.Load(); n != 2 {
			t.Errorf("%d runs, want 2", n)
		}
		s.end(t)
	})
}

// sleep lets the bubble's time pass. Tests outside of a bubble do not sleep.
func sleep(d time.Duration) { <-time.After(d) }

// advance is sleep for the test itself: it also lets everybody else finish what
// there is to do at that instant.
func advance(d time.Duration) {
	sleep(d)
	synctest.Wait()
}

func textLogger(w io.Writer) *slog.Logger { return slog.New(slog.NewTextHandler(w, nil)) }

// TestNoSecondRunBehindAPut: the run that was overtaken still holds the key when
// the value that was put needs a refresh.
func TestNoSecondRunBehindAPut(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := script(t, Policy{MaxAge: time.Second, Jitter: -1, Timeout: time.Hour}, exits[4], good)
		s.Get("k")
		synctest.Wait()
		s.Put("k", "put")
		for range 20 {
			advance(time.Second)
			checkGet(t, s, "put", true)
		}
		if n := s.runs.Load(); n != 1 {
			t.Errorf("%d runs while the first still holds the key", n)
		}
		s.release <- struct{}{}
		advance(2 * time.Second)
		checkGet(t, s, "good", true)
		s.end(t)
	})
}
