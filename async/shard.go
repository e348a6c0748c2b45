package async

import (
	"sync"

	"golang.org/x/sync/singleflight"
)

// shard is a part of a fragment's table: which keys are in flight, and which have
// failed. Neither lives with the results, so that eviction can never start a
// second run of a key in flight, and failures cannot push values out.
//
// Results are written with mu held. They are plain memory of this process, and a
// result must not be able to slip in after the Forget that voids it: a run finds
// itself alive; Forget kills it and deletes the result; the run sets its result,
// which Forget was to prevent.
type shard struct {
	mu      sync.Mutex        // guards the rest: the flights and failures of both lines, and who watches
	runs    line              // of the function
	renders line              // of views alone, for values that no run has just made
	watches map[string]*watch // by key, the first of each
}

// line is what is going on and what has failed for one kind of flight. Runs and
// renders have one each, so that a function that hangs does not keep a value from
// being shown that was put meanwhile, and a template that fails does not slow the
// function.
type line struct {
	// guard holds the flights whose goroutines are running once more, under their
	// keys. Only the goroutine that owns a flight calls Do, so no one ever waits in
	// it: it guards the promise of one run at a time against mistakes in the table.
	guard singleflight.Group

	flights  map[string]*flight // guarded by the shard's mu
	failures failures           // guarded by the shard's mu
}

// start begins a flight, or makes it the successor of the dead one that still
// holds the key. The caller holds the shard's mu.
func (l *line) start(f *flight) error {
	if holder := l.flights[f.id]; holder != nil {
		if holder.overdue {
			return errStuck
		}
		return holder.follow(f)
	}
	return l.launch(f, false)
}

// follow makes next the successor of the flight, unless the group is closed: then
// nothing new is promised to anybody. The caller holds the shard's mu.
func (f *flight) follow(next *flight) error {
	if f.frag.group.sched.isClosed() {
		return ErrClosed
	}
	f.next = next
	return nil
}

func (l *line) launch(f *flight, successor bool) error {
	if err := f.frag.group.sched.submit(f, successor); err != nil {
		return err
	}
	if l.flights == nil {
		l.flights = make(map[string]*flight)
	}
	l.flights[f.id] = f
	return nil
}

// undecided returns the flight that will tell the outcome for the key, if there
// is one. The caller holds the shard's mu.
func (l *line) undecided(id string) *flight {
	f := l.flights[id]
	if f != nil && f.decided && !f.overdue {
		f = f.next
	}
	if f == nil || f.decided {
		return nil
	}
	return f
}

// underWay says whether a run for the key is waiting or going on. It is what a poll
// costs whose key has no result yet.
func (s *shard) underWay(id string) bool {
	s.mu.Lock()
	f := s.runs.flights[id]
	under := f != nil && !f.decided
	s.mu.Unlock()
	return under
}

// fail decides the flight and remembers the failure with its back-off. The
// caller holds the shard's mu.
func (l *line) fail(f *flight, err error, why string) *failure {
	err = &runError{f.name(), err}
	n := 1
	if before := l.failures.of(f.id); before != nil {
		n = before.count + 1
	}
	failed := &failure{err: err, why: why, count: n, retry: after(f.frag.group.now(), f.frag.policy.pause(n))}
	if l.failures.remember(f.id, failed) {
		f.frag.counts.forgotten.Add(1)
	}
	f.decide(nil, err)
	return failed
}

// leave takes the flight, whose goroutine ends, out of the table, and starts its
// successor, which it returns if it could not start.
func (f *flight) leave() (refused *flight, err error) {
	f.shard.mu.Lock()
	defer f.shard.mu.Unlock()
	next := f.next
	f.next = nil
	l := f.line()
	if l.flights[f.id] != f {
		return nil, nil
	}
	delete(l.flights, f.id)
	if next == nil {
		return nil, nil
	}
	if err := l.launch(next, true); err != nil {
		next.decide(nil, &runError{next.name(), err})
		return next, err
	}
	return nil, nil
}

// overtake voids what is under way for the key, and what has failed. The caller
// holds the shard's mu.
func (l *line) overtake(id string) {
	l.failures.forget(id)
	f := l.flights[id]
	if f == nil {
		return
	}
	if f.next != nil {
		f.next.kill()
		f.next = nil
	}
	f.kill()
	if f.frag.group.sched.withdraw(f) {
		delete(l.flights, id)
	}
}
