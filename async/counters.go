package async

import "sync/atomic"

// counters count what happens to a fragment's runs; everything that degrades has
// one. What is shown is counted in tallies.
type counters struct {
	runs       atomic.Int64 // functions called
	failures   atomic.Int64 // runs that failed, for whatever reason
	panics     atomic.Int64
	exits      atomic.Int64
	timeouts   atomic.Int64
	overLimit  atomic.Int64 // of these because of a limit
	late       atomic.Int64 // good results accepted after the deadline
	discarded  atomic.Int64 // runs overtaken by Put or Forget
	refused    atomic.Int64 // runs not started: a limit, or the group is closed
	badKeys    atomic.Int64
	hashedKeys atomic.Int64
	tooDeep    atomic.Int64
	viewErrors atomic.Int64
	evicted    atomic.Int64
	forgotten  atomic.Int64 // failures that others pushed out
	doubled    atomic.Int64 // two runs of one key at a time; stays 0

	quiet quiet
}

// tally counts what was shown to those who asked. A fragment has several, each on a
// cache line of its own: a counter that all processors write would cost more than
// the rest of a hit.
type tally struct {
	hits, staleHits, defaults atomic.Int64

	_ [40]byte
}

const tallies = 16

func (f *fragment) tally(hash uint64) *tally { return &f.tallies[hash%tallies] }
