package async

import (
	"context"
	"sync/atomic"
	"time"
)

// runFunc is a fragment's function with its key bound.
type runFunc func(ctx context.Context) (any, error)

// flight is one run for one key, from the moment it is wanted until its function
// has returned. Everyone who wants the result shares it and waits, if at all, on
// done: a poll costs nothing and keeps nothing.
//
// A flight is decided once: by its function's return, its deadline, or by being
// overtaken. The key stays taken until the function has really returned, so that
// there are never two runs of a key at a time.
type flight struct {
	frag  *fragment
	shard *shard
	id    string // the encoded key
	key   any
	fn    runFunc
	depth int // how many fragments stand around this one

	forced    bool // run even if there is a fresh result: Refresh and Forget ask for that
	viewsOnly bool // the value is there; only views of it are missing

	found       *entry // what was remembered when it started
	failedViews []failedView

	done chan struct{} // closed when decided
	err  error         // written before done is closed, read after it
	got  *entry        // likewise

	progress atomic.Pointer[progress]
	slot     slot // the scheduler's

	// The rest is guarded by the shard's mu.
	cancel    context.CancelCauseFunc // nil until the function has started
	started   int64
	decided   bool
	dead      bool // its result is void
	overdue   bool // its deadline has passed and its function has not returned
	returned  bool // its function has returned
	succeeded bool // and its result was remembered
	abandon   *time.Timer
	next      *flight // the successor, which starts when this one has ended
}

func newFlight(f *fragment, s *shard, id string, a ask) *flight {
	fn := a.fn
	if fn == nil {
		fn = f.bind(a.key)
	}
	return &flight{frag: f, shard: s, id: id, key: a.key, fn: fn, depth: a.depth, done: make(chan struct{})}
}

// line is the part of the table that the flight is in.
func (f *flight) line() *line {
	if f.viewsOnly {
		return &f.shard.renders
	}
	return &f.shard.runs
}

// decide ends the flight for those who wait, and for those who watch. The caller holds
// the shard's mu.
func (f *flight) decide(got *entry, err error) {
	if !f.decided {
		f.decided = true
		f.got, f.err = got, err
		close(f.done)
		f.shard.wake(f.id)
	}
}

func (f *flight) isDead() bool {
	f.shard.mu.Lock()
	defer f.shard.mu.Unlock()
	return f.dead
}

// kill makes the flight's result void and asks its function to stop. Whoever
// waits looks again. The caller holds the shard's mu.
func (f *flight) kill() {
	f.dead = true
	f.decide(nil, errDiscarded)
	if f.cancel != nil {
		f.cancel(errDiscarded)
	}
}

// refuse decides a flight that will not get a slot, and the successor of one that
// was overtaken while it stood in line. It returns the one that was still wanted,
// which is to be told.
func (f *flight) refuse(err error) (wanted *flight) {
	f.shard.mu.Lock()
	l := f.line()
	if l.flights[f.id] == f {
		delete(l.flights, f.id)
	}
	wanted = f
	if f.decided {
		wanted = f.next
	}
	f.next = nil
	if wanted != nil {
		wanted.decide(nil, &runError{wanted.name(), err}) // no back-off: it was not tried
	}
	f.shard.mu.Unlock()
	return wanted
}

func (f *flight) name() runName { return runName{f.frag, f.key} }
