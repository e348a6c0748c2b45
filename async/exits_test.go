package async

import (
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

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
