// Package measure takes the figures: times of several contenders in turns, and bytes of the heap.
package measure

import (
	"slices"
	"testing"
	"time"
)

// Contender is one of several ways to do the same. It asks for the i-th thing and reports whether it was there.
type Contender struct {
	Name string
	// Begin prepares the next slice of calls, outside of the clock. Nil: nothing to do.
	Begin func()
	Ask   func(i int) bool
}

// SideBySide returns the nanoseconds of one call of each contender. They take turns in slices of so many calls, which
// should take about 0.1 ms, and each one's figure is the tenth percentile of its slices: what else the machine does hits
// all of them alike, and mostly the slices above that.
func SideBySide(tb testing.TB, rounds, calls int, contenders []Contender) []float64 {
	tb.Helper()
	return inTurns(rounds, len(contenders), func(which int) float64 {
		c := contenders[which]
		c.begin()
		begin := time.Now()
		for i := range calls {
			if !c.Ask(i) {
				tb.Fatalf("%s: a miss", c.Name)
			}
		}
		return float64(time.Since(begin)) / float64(calls)
	})
}

func (c Contender) begin() {
	if c.Begin != nil {
		c.Begin()
	}
}

// inTurns lets each contender have its slice in each round, and returns the tenth percentile of each one's slices.
func inTurns(rounds, contenders int, slice func(which int) float64) []float64 {
	times := make([][]float64, contenders)
	for range rounds {
		for which := range times {
			times[which] = append(times[which], slice(which))
		}
	}
	figures := make([]float64, contenders)
	for which := range times {
		figures[which] = tenthPercentile(times[which])
	}
	return figures
}

func tenthPercentile(all []float64) float64 {
	slices.Sort(all)
	return all[len(all)/10]
}
