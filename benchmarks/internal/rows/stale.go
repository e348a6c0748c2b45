package rows

import (
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/infill-go/infill/benchmarks/internal/peers"
	"github.com/infill-go/infill/benchmarks/internal/report"
)

// aging are settings of a value that is refreshed after 10 s and shown for an hour. A library that cannot do both lets it
// expire after 10 s.
var aging = peers.Settings{Capacity: 10_000, Refresh: 10 * time.Second, Expire: time.Hour}

func (m memoOf) aging() peers.Settings {
	s := aging
	if !m.refreshes {
		s.Refresh, s.Expire = 0, aging.Refresh
	}
	return s
}

// StaleWindow counts the runs, and the readers that had to wait, when many read a value that is 11 s old while its
// function takes a second. The clock is synctest's: nobody reads too late because the machine is slow.
func StaleWindow(t *testing.T, s Scale, table *report.Table) {
	runs := table.Row("runs for 100,000 readers of one stale key", "runs")
	waited := table.Row("of them, readers that waited", "readers")
	for _, m := range memos {
		if !m.expires {
			continue
		}
		synctest.Test(t, func(t *testing.T) {
			var ran, late atomic.Int64
			memo := m.open(t, counted(m.aging(), &ran, func() (string, error) { <-time.After(time.Second); return "filled", nil }))
			read(t, memo)
			<-time.After(11 * time.Second)
			ran.Store(0)
			atOnce(s.Readers, func() {
				begin := time.Now()
				read(t, memo)
				if time.Since(begin) > 0 {
					late.Add(1)
				}
			})
			<-time.After(2 * time.Second) // for a refresh to end
			runs.Set(m.column, "%d", ran.Load())
			waited.Set(m.column, "%d", late.Load())
			if m.column == report.Async {
				table.Gate("runs for readers of one stale key", float64(ran.Load()), 1)
				table.Gate("of them, readers that waited", float64(late.Load()), 0)
			}
		})
	}
}

func read(t *testing.T, memo peers.Memo) {
	if _, err := memo.Fetch(keys[0]); err != nil {
		t.Error(err)
	}
}
