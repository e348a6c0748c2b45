package measure

import (
	"runtime"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// InParallel is [SideBySide] with so many workers, each of which makes all the calls of a slice: what a call costs while
// the others call, too. Worker w begins at the index w*apart, or all would ask for the same thing at the same time.
func InParallel(tb testing.TB, rounds, calls, workers, apart int, contenders []Contender) []float64 {
	tb.Helper()
	return inTurns(rounds, len(contenders), func(which int) float64 {
		c := contenders[which]
		c.begin()
		var misses atomic.Int64
		var took atomic.Int64
		together(workers, func(worker int) {
			first := worker * apart
			begin := time.Now()
			for i := range calls {
				if !c.Ask(first + i) {
					misses.Add(1)
				}
			}
			took.Add(int64(time.Since(begin)))
		})
		if n := misses.Load(); n > 0 {
			tb.Fatalf("%s: %d misses", c.Name, n)
		}
		return float64(took.Load()) / float64(workers) / float64(calls)
	})
}

// together runs work in so many goroutines, which begin at the same moment. They spin until all are running: a goroutine
// that is woken by a channel may begin when the other's slice is half over.
func together(workers int, work func(worker int)) {
	var ready atomic.Int64
	var all sync.WaitGroup
	for worker := range workers {
		all.Go(func() {
			for ready.Add(1); ready.Load() < int64(workers); {
				runtime.Gosched()
			}
			work(worker)
		})
	}
	all.Wait()
}
