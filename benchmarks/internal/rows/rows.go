// Package rows measures the rows of the table, one family in each file.
package rows

import (
	"fmt"
	"testing"
	"time"

	"github.com/infill-go/infill/benchmarks/internal/peers"
	"github.com/infill-go/infill/benchmarks/internal/report"
)

// Scale is how much is measured.
type Scale struct {
	Rounds    int // slices of each contender, for times
	Stampedes int // rounds of very many callers
	Callers   int // goroutines in each
	Duels     int // rounds of a few callers
	Readers   int // of one stale key
	Polls     int // of a key in flight, for the bytes that they keep
	Results   int // for the bytes of a result

	Connections int // for the bytes of an open response
}

// Full is what the table is made of.
var Full = Scale{
	Rounds: 800, Stampedes: 25, Callers: 10_000, Duels: 10_000, Readers: 100_000, Polls: 1_000_000, Results: 1_000_000,
	Connections: 1000,
}

// Family is rows that are measured together.
type Family struct {
	Name    string
	Measure func(t *testing.T, s Scale, table *report.Table)
}

// Families are in the order of the table.
var Families = []Family{
	{"hits", Hits},
	{"hits of cold memory", ColdHits},
	{"parallel hits", ParallelHits},
	{"polls", Polls},
	{"misses", Misses},
	{"stampedes", Stampedes},
	{"stale window", StaleWindow},
	{"failing source", FailingSource},
	{"bytes", Bytes},
	{"pages", Pages},
	{"Render", Renders},
	{"first bytes", FirstBytes},
	{"open responses", OpenResponses},
}

// keyCount keeps the working set of a hit larger than the nearest cache of the processor. It is a power of two, so that
// the index of a key costs nothing.
const keyCount = 1024

// keys are 16 bytes long, as a short name with a number in it.
var keys = func() (all [keyCount]string) {
	for i := range all {
		all[i] = keyOf(i)
	}
	return all
}()

func keyOf(i int) string { return fmt.Sprintf("server-%09d", i) }

// usual are the settings where a row is not about them: results that nothing evicts and that do not expire while it is
// measured.
var usual = peers.Settings{
	Fn:       func(string) (string, error) { return "filled", nil },
	Capacity: 10_000,
	Expire:   time.Hour,
}

// fill makes all keys' values.
func fill(tb testing.TB, m peers.Memo) {
	tb.Helper()
	for _, key := range keys {
		if _, err := m.Fetch(key); err != nil {
			tb.Fatal(err)
		}
	}
}

// until calls ready, which starts background work, until it is true. No clock of a row runs meanwhile.
func until(tb testing.TB, what string, ready func() bool) {
	tb.Helper()
	look := time.NewTicker(time.Millisecond)
	defer look.Stop()
	for deadline := time.After(10 * time.Second); !ready(); {
		select {
		case <-look.C:
		case <-deadline:
			tb.Fatalf("%s: not ready within 10 s", what)
		}
	}
}
