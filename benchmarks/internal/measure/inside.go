package measure

import (
	"testing"
	"time"
)

// Timed is one of several ways to do the same, of which only a part is measured: it says itself how long that part took.
type Timed struct {
	Name string
	Ask  func() (time.Duration, error)
}

// Inside is [SideBySide] for contenders that measure themselves.
func Inside(tb testing.TB, rounds, calls int, contenders []Timed) []float64 {
	tb.Helper()
	return inTurns(rounds, len(contenders), func(which int) float64 {
		c := contenders[which]
		var sum time.Duration
		for range calls {
			took, err := c.Ask()
			if err != nil {
				tb.Fatalf("%s: %v", c.Name, err)
			}
			sum += took
		}
		return float64(sum) / float64(calls)
	})
}
