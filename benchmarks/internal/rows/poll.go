package rows

import (
	"context"
	"testing"
	"time"

	"github.com/infill-go/infill/async"
	"github.com/infill-go/infill/benchmarks/internal/measure"
	"github.com/infill-go/infill/benchmarks/internal/peers"
	"github.com/infill-go/infill/benchmarks/internal/report"
	"golang.org/x/sync/singleflight"
)

// Polls measures what it costs to ask for a value whose run is still under way, as a page does that is loaded again before
// it is there, and what that leaves behind. Of the others only singleflight can be asked without waiting and without a
// second run.
func Polls(t *testing.T, s Scale, table *report.Table) {
	contenders := PollContenders(t)
	// Few calls: singleflight keeps something of each.
	times := ratios(measure.SideBySide(t, s.Rounds/2, 256, contenders), contenders)
	row := table.Row("poll of a key in flight", "×")
	row.Set(report.Async, "%.2f", times[0])
	row.Set(report.Singleflight, "%.2f", times[1])
	table.Gate("poll of a key in flight, ×", times[0], 0.75)

	kept := table.Row("kept of a poll until the run ends", "B")
	ours := keptPerPoll(s.Polls, PollContenders(t)[0])
	kept.Set(report.Async, "%.2f", ours)
	kept.Set(report.Singleflight, "%.2f", keptPerPoll(s.Polls, PollContenders(t)[1]))
	table.Gate("kept of a poll, B", ours, noBytes)
}

// noBytes allows for what the runtime itself takes and frees during a million polls: 10 kB.
const noBytes = 0.01

// PollContenders returns Handle.Get and DoChan of a key whose run is held open until the test ends, and go-cache's Get of
// a value, which they are measured by.
func PollContenders(tb testing.TB) []measure.Contender {
	release := make(chan struct{})
	contenders := []measure.Contender{
		{Name: "poll, " + report.Async, Ask: handleOfHeldRun(tb, release)},
		{Name: "poll, " + report.Singleflight, Ask: doChanOfHeldRun(release)},
		referenceContender(tb),
	}
	tb.Cleanup(func() { close(release) }) // last, so that it comes first: the group waits for its runs
	return contenders
}

func handleOfHeldRun(tb testing.TB, release chan struct{}) func(i int) bool {
	started := make(chan struct{})
	h, err := async.Register(peers.NewGroup(tb, async.Policy{}), "held", func(context.Context, string) (string, error) {
		close(started)
		<-release
		return "filled", nil
	}, async.Policy{MaxAge: time.Hour, Timeout: time.Hour})
	if err != nil {
		tb.Fatal(err)
	}
	h.Get(keys[0])
	<-started
	return func(int) bool { _, ok := h.Get(keys[0]); return !ok }
}

func doChanOfHeldRun(release chan struct{}) func(i int) bool {
	var group singleflight.Group
	return func(int) bool {
		select {
		case <-group.DoChan(keys[0], func() (any, error) { <-release; return "filled", nil }):
			return false
		default:
			return true
		}
	}
}

func keptPerPoll(polls int, c measure.Contender) float64 {
	c.Ask(0)
	before := measure.LiveHeap()
	for range polls {
		c.Ask(0)
	}
	return float64(measure.LiveHeap().Since(before).Bytes) / float64(polls)
}
