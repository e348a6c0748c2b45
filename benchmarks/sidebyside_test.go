package benchmarks

import (
	"slices"
	"testing"
	"time"
)

// contender is one of several ways to do the same. It asks for the i-th thing and reports whether it was there.
type contender struct {
	name string
	ask  func(i int) bool
}

// sideBySide is the comparison to quote. The contenders take turns in slices of so many calls, which should take about
// 0.1 ms, and each one's figure is the tenth percentile of its slices: what else the machine does hits all of them alike,
// and mostly the slices above that.
func sideBySide(b *testing.B, calls int, contenders []contender) {
	times := make([][]time.Duration, len(contenders))
	for b.Loop() {
		for which, c := range contenders {
			begin := time.Now()
			for i := range calls {
				if !c.ask(i) {
					b.Fatalf("%s: a miss", c.name)
				}
			}
			times[which] = append(times[which], time.Since(begin))
		}
	}
	b.ReportMetric(0, "ns/op") // a round of all contenders is no operation
	for which, c := range contenders {
		slices.Sort(times[which])
		tenth := times[which][len(times[which])/10]
		b.ReportMetric(float64(tenth.Nanoseconds())/float64(calls), c.name+"-ns")
	}
}
