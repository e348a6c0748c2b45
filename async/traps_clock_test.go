package async

import "testing"

// TestNoStepOfTheWallClockMovesAnAge: the group's clock is the monotonic one. The
// naive way
//
//	expires := time.Now().Add(ttl).UnixNano()
//
// (go-cache's) has lost the monotonic part: when the machine's clock is set back an
// hour, every value is shown an hour longer and every back-off lasts an hour more.
// No test can set the clock, so this one looks at the instant that all ages are
// counted from: Round strips the monotonic part, if there is one.
func TestNoStepOfTheWallClockMovesAnAge(t *testing.T) {
	g := quietGroup().ready()
	if g.epoch == g.epoch.Round(0) {
		t.Errorf("the group counts from %v, which is a wall clock's time", g.epoch)
	}
	closeGroup(t, g)
}
