package rows

import (
	"errors"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/infill-go/infill/benchmarks/internal/report"
)

var errDown = errors.New("the source is down")

// mostRuns is what a back-off of 1 s that doubles, less up to a fifth at random, leaves of the 60 reads of a minute: those
// of the seconds 0, 1, 3, 7, at the earliest 14, 27 and 53.
const mostRuns = 7

// FailingSource counts the runs in a minute in which the function of one key always fails and one reader comes every
// second, and how many of the readers got a value all the same. The clock is synctest's.
func FailingSource(t *testing.T, _ Scale, table *report.Table) {
	cold := table.Row("runs in a minute of a failing source", "runs")
	known := table.Row("the same, after a success", "runs")
	served := table.Row("of its 60 readers, those that got the old value", "readers")
	for _, m := range memos {
		runs, _ := failingMinute(t, m, false)
		cold.Set(m.column, "%d", runs)
		if m.column == report.Async {
			table.Gate("runs in a minute of a failing source", float64(runs), mostRuns)
		}
		if !m.expires {
			continue
		}
		runs, got := failingMinute(t, m, true)
		known.Set(m.column, "%d", runs)
		served.Set(m.column, "%d", got)
		if m.column == report.Async {
			table.Gate("the same, after a success", float64(runs), mostRuns)
			table.Gate("readers that got no old value", float64(60-got), 0)
		}
	}
}

// failingMinute begins with a value that is past its freshness, or with none.
func failingMinute(t *testing.T, m memoOf, known bool) (runs int64, served int) {
	var count atomic.Int64
	synctest.Test(t, func(t *testing.T) {
		works := known
		memo := m.open(t, counted(m.aging(), &count, func() (string, error) {
			if works {
				return "filled", nil
			}
			return "", errDown
		}))
		if known {
			read(t, memo)
			<-time.After(aging.Refresh + time.Second)
			works = false
		}
		count.Store(0)
		for range 60 {
			if _, err := memo.Fetch(keys[0]); err == nil {
				served++
			}
			synctest.Wait() // for a refresh to fail before the clock moves on
			<-time.After(time.Second)
		}
	})
	return count.Load(), served
}
