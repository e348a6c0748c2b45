package async

import (
	"testing"
	"testing/synctest"
	"time"
)

// TestKeep: refreshed on its period though nobody asks, until stopped.
func TestKeep(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := script(t, Policy{MaxAge: time.Minute, Jitter: -1}, good, exits[1], good)
		stop := s.Keep("k")
		again := s.Keep("k")
		advance(time.Second)
		if n := s.runs.Load(); n != 1 {
			t.Errorf("%d runs at first", n)
		}
		advance(time.Minute + 3*time.Second) // the second run fails, the third follows after the back-off
		if n := s.runs.Load(); n != 3 {
			t.Errorf("%d runs after a failure", n)
		}
		advance(10 * time.Minute)
		if n := s.runs.Load(); n < 12 || n > 13 {
			t.Errorf("%d runs in ten minutes", n-3)
		}
		stop()
		stop()
		advance(5 * time.Minute)
		before := s.runs.Load()
		again()
		advance(10 * time.Minute)
		if n := s.runs.Load(); n > before+1 {
			t.Errorf("%d runs after stop", n-before)
		}
		s.Keep("other") // Close ends what is not stopped
		advance(time.Second)
		s.end(t)
		s.Keep("late")()
	})
}

// TestKeepWithoutAge: there is a value, again after it was forgotten.
func TestKeepWithoutAge(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := script(t, Policy{}, good)
		defer s.Keep("k")()
		advance(time.Hour)
		if n := s.runs.Load(); n != 1 {
			t.Errorf("%d runs in an hour", n)
		}
		s.Forget("k")
		advance(2 * time.Minute)
		if n := s.runs.Load(); n != 2 {
			t.Errorf("%d runs after it was forgotten", n)
		}
		s.end(t)
	})
}

// TestKeepIsPatient with what fails, hangs or is refused: it never spins.
func TestKeepIsPatient(t *testing.T) {
	for _, e := range []exit{exits[1], exits[4]} { // error, hang
		t.Run(e.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := script(t, Policy{Backoff: -1}, e)
				stop := s.Keep("k")
				advance(time.Minute)
				if n := s.runs.Load(); n > 61 {
					t.Errorf("%d runs in a minute", n)
				}
				stop()
				s.end(t)
			})
		})
	}
}

// TestKeepEndsDuringARun, with stop and with the group, and does not wait for it.
func TestKeepEndsDuringARun(t *testing.T) {
	for _, how := range []string{"stop", "close"} {
		t.Run(how, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := script(t, Policy{Timeout: time.Hour}, exits[4]) // hangs
				stop := s.Keep("k")
				synctest.Wait()
				if how == "stop" {
					stop()
				} else if err := s.g.Close(ended()); err == nil {
					t.Error("Close has lost nothing")
				}
				ends := make(chan struct{})
				go func() {
					s.g.keepers.Wait()
					close(ends)
				}()
				synctest.Wait()
				select {
				case <-ends:
				default:
					t.Error("it still waits for the run")
				}
				close(s.release)
				synctest.Wait()
				s.g.Close(t.Context())
			})
		})
	}
}

// TestKeepGoesOnAfterForget: the run that it waits for is overtaken, and it has the
// next one, and those that follow.
func TestKeepGoesOnAfterForget(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := script(t, Policy{MaxAge: 4 * time.Second, Jitter: -1}, exits[0], good)
		stop := s.Keep("k")
		advance(time.Second / 2)
		s.Forget("k")
		advance(time.Second)
		checkGet(t, s, "good", true)
		advance(10 * time.Second)
		if n := s.runs.Load(); n != 4 {
			t.Errorf("%d runs, want the one that was forgotten, the next, and two to keep it", n)
		}
		stop()
		s.end(t)
	})
}

// TestKeepNoticesThatAFailureIsOver: somebody puts a good value while Keep waits for
// the end of a long back-off; it is refreshed when it gets stale.
func TestKeepNoticesThatAFailureIsOver(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := script(t, Policy{MaxAge: 5 * time.Minute, Jitter: -1, Backoff: 10 * time.Hour}, exits[1], good)
		defer s.Keep("k")()
		advance(time.Minute)
		s.Put("k", "put")
		advance(7 * time.Minute)
		if n := s.runs.Load(); n != 2 {
			t.Errorf("%d runs, want the failed one and a refresh", n)
		}
		s.end(t)
	})
}
