package async

import "fmt"

// put remembers a value that no run has made. A run in flight is overtaken: it
// read older data, and its result, should it still come, must not replace this
// one. It gets no successor, for there is nothing left to find out.
//
// Until the new value's views are rendered the old value's stay: what was shown
// once does not go back to the default.
func (f *fragment) put(id string, key, value any) error {
	e := f.newEntry(value, f.group.now())
	sets := f.showing()
	s := f.shard(id)
	cost := f.cost(id, e) // user code, so before the lock

	s.mu.Lock()
	if old := f.results.Get(id); old != nil {
		e.views = outdated(old.views)
		for i := range e.views {
			cost += e.views[i].page.size() + e.views[i].stale.size()
		}
	}
	evicted, err := f.results.Set(id, e, cost, e.expireAfter, f.group.now())
	if err != nil {
		s.mu.Unlock()
		return &runError{runName{f, key}, limitError(fmt.Sprintf("the value takes %d bytes, of %d (a part of Policy.MaxBytes)", cost, f.results.Share().Bytes))}
	}
	s.failures.forget(id)
	if fl := s.flights[id]; fl != nil {
		if fl.next != nil {
			fl.next.kill()
			fl.next = nil
		}
		fl.kill()
	}
	s.mu.Unlock()
	f.counts.evicted.Add(int64(evicted))

	for _, set := range sets {
		f.look(id, ask{key: key, set: set})
	}
	return nil
}

func outdated(views []view) []view {
	old := make([]view, 0, len(views))
	for _, v := range views {
		if v.err == nil {
			v.old = true
			old = append(old, v)
		}
	}
	return old
}

// refresh runs the function again. A run in flight may have read older data, so
// it gets one successor; a run that has not started will read new data by itself.
func (f *fragment) refresh(id string, a ask) error {
	s := f.shard(id)
	s.mu.Lock()
	defer s.mu.Unlock()
	again := newFlight(f, s, id, a)
	again.forced = true
	fl := s.flights[id]
	switch {
	case fl == nil:
		return s.start(again)
	case fl.next != nil:
		fl.next.force()
	case fl.cancel == nil && !fl.decided:
		fl.force()
	default:
		fl.next = again
	}
	return nil
}

// force makes a flight that has not started run the function whatever is there.
func (f *flight) force() { f.forced, f.viewsOnly = true, false }

// forget drops what is remembered of the key. A run in flight is overtaken and
// has one successor, for those who wait for it.
func (f *fragment) forget(id string, a ask) {
	s := f.shard(id)
	s.mu.Lock()
	defer s.mu.Unlock()
	f.results.Delete(id)
	s.failures.forget(id)
	fl := s.flights[id]
	if fl == nil || fl.dead || fl.cancel == nil {
		return
	}
	if fl.next == nil && !fl.viewsOnly && !fl.returned {
		fl.next = newFlight(f, s, id, a)
	}
	fl.kill()
}
