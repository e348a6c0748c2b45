package async

import (
	"testing"
	"testing/synctest"
	"time"
)

// TestForgetEndsTheBackoff: the next request runs the function again.
func TestForgetEndsTheBackoff(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := script(t, Policy{Backoff: time.Hour, MaxBackoff: time.Hour}, exits[1], good)
		s.Get("k")
		advance(2 * time.Second)
		s.Get("k")
		synctest.Wait()
		if n := s.runs.Load(); n != 1 {
			t.Fatalf("%d runs during the back-off", n)
		}
		s.Forget("k")
		if s.failure("k") != nil {
			t.Error("the failure is remembered")
		}
		s.Get("k")
		advance(2 * time.Second)
		checkGet(t, s, "good", true)
		s.end(t)
	})
}

// TestForgetDuringAnUnwatchedRun: nobody waits for it, and yet one run follows it.
func TestForgetDuringAnUnwatchedRun(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := script(t, Policy{}, exits[0], good)
		s.Get("k")
		synctest.Wait()
		s.Forget("k")
		s.Forget("k")
		advance(3 * time.Second)
		if n := s.runs.Load(); n != 2 {
			t.Errorf("%d runs, want the one that was forgotten and one more", n)
		}
		checkGet(t, s, "good", true)
		s.end(t)
	})
}
