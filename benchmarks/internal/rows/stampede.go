package rows

import (
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/infill-go/infill/benchmarks/internal/peers"
	"github.com/infill-go/infill/benchmarks/internal/report"
)

// Stampedes counts the runs of the function when many callers want one cold key at the same moment.
//
// In one row there are very many and the function is slow: the stampede itself. In the other a few callers come again and
// again for another key, and the function returns at once, so that now and then a caller comes just when a flight ends:
//
//	caller A looks: nothing
//	caller B runs the function, stores the value, and its flight ends
//	caller A begins a second flight
//
// A library that does not look again in the flight runs the function twice then.
func Stampedes(t *testing.T, s Scale, table *report.Table) {
	crowd := table.Row("runs for 10,000 callers of a cold key", "runs")
	few := table.Row("second runs in 10,000 rounds of 8 callers", "runs")
	for _, m := range memos {
		runs := stampede(t, m, s.Stampedes, s.Callers, 10*time.Millisecond)
		crowd.Set(m.column, "%.4g", runs)
		second := (stampede(t, m, s.Duels, 8, 0) - 1) * 10_000
		few.Set(m.column, "%.0f", second)
		if m.column == report.Async {
			table.Gate("runs for 10,000 callers of a cold key", runs, 1)
			table.Gate("second runs in 10,000 rounds of 8 callers", second, 0)
		}
	}
}

// stampede returns the runs of a round, on average.
func stampede(t *testing.T, m memoOf, rounds, callers int, slow time.Duration) float64 {
	t.Helper()
	var runs atomic.Int64
	settings := counted(usual, &runs, func() (string, error) {
		if slow > 0 {
			<-time.After(slow)
		}
		return "filled", nil
	})
	settings.Capacity = 2 * rounds
	memo := m.open(t, settings)
	for round := range rounds {
		key := keyOf(round)
		atOnce(callers, func() {
			if _, err := memo.Fetch(key); err != nil {
				t.Error(err)
			}
		})
	}
	return float64(runs.Load()) / float64(rounds)
}

// atOnce calls do in so many goroutines, which have all started before the first one calls, and waits for all of them.
func atOnce(callers int, do func()) {
	begin := make(chan struct{})
	var ready, done sync.WaitGroup
	ready.Add(callers)
	for range callers {
		done.Go(func() {
			ready.Done()
			<-begin
			do()
		})
	}
	ready.Wait()
	close(begin)
	done.Wait()
}

// counted is settings with a function that counts its runs.
func counted(s peers.Settings, runs *atomic.Int64, fn func() (string, error)) peers.Settings {
	s.Fn = func(string) (string, error) {
		runs.Add(1)
		return fn()
	}
	return s
}
