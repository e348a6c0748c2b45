package async

import (
	"testing"
	"testing/synctest"
	"time"
)

// TestAnExpiredResultIsNotShown, though nothing has swept it out yet.
func TestAnExpiredResultIsNotShown(t *testing.T) {
	for _, c := range []struct {
		name   string
		policy Policy
		shown  time.Duration // since the value was put
	}{
		{"no window", Policy{MaxAge: time.Second, StaleWhileRevalidate: -1}, time.Second},
		{"two windows", Policy{MaxAge: time.Second, StaleWhileRevalidate: time.Second, StaleIfError: 2 * time.Second}, 3 * time.Second},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				c.policy.Jitter, c.policy.Timeout = -1, time.Hour
				s := script(t, c.policy, exits[4]) // hangs: the refresh stays undecided
				if err := s.Put("k", "value"); err != nil {
					t.Fatal(err)
				}
				advance(c.shown - 1)
				checkGet(t, s, "value", true)
				advance(1)
				checkGet(t, s, "", false)
				s.end(t)
			})
		})
	}
}
