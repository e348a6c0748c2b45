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
	// runs holds the running flights once more, under their keys. Only the
	// goroutine that owns a flight calls Do, so no one ever waits in it: it guards
	// the promise of one run at a time against mistakes in the table below.
	runs singleflight.Group

	mu       sync.Mutex // guards the rest
	flights  map[string]*flight
	failures failures
}

// start begins a flight, or makes it the successor of the dead one that still
// holds the key. The caller holds mu.
func (s *shard) start(f *flight) error {
	if holder := s.flights[f.id]; holder != nil {
		if holder.overdue {
			return errStuck
		}
		holder.next = f
		return nil
	}
	if err := f.frag.group.sched.submit(f); err != nil {
		return err
	}
	if s.flights == nil {
		s.flights = make(map[string]*flight)
	}
	s.flights[f.id] = f
	return nil
}

// undecided returns the flight that will tell the outcome for the key, if there
// is one. The caller holds mu.
func (s *shard) undecided(id string) *flight {
	f := s.flights[id]
	if f != nil && f.decided && !f.overdue {
		f = f.next
	}
	if f == nil || f.decided {
		return nil
	}
	return f
}

// fail decides the flight and remembers the failure with its back-off. The
// caller holds mu.
func (s *shard) fail(f *flight, err error) {
	err = &runError{f.name(), err}
	s.remember(f, err)
	f.decide(nil, err)
}

// remember notes a failure of the flight's key. The caller holds mu.
func (s *shard) remember(f *flight, err error) {
	n := 1
	if before := s.failures.of(f.id); before != nil {
		n = before.count + 1
	}
	s.failures.remember(f.id, &failure{err: err, count: n, retry: after(f.frag.group.now(), f.frag.policy.pause(n))})
}

// leave takes the flight, whose function has returned, out of the table, and
// starts its successor. It returns the successor if that could not start.
func (s *shard) leave(f *flight) (refused *flight, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	next := f.next
	f.next = nil
	if s.flights[f.id] != f {
		return nil, nil
	}
	delete(s.flights, f.id)
	if next == nil {
		return nil, nil
	}
	if err := s.start(next); err != nil {
		s.fail(next, err)
		return next, err
	}
	return nil, nil
}
