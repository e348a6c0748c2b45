package async

import (
	"fmt"

	"github.com/infill-go/infill/async/internal/results"
)

// put remembers a value that no run has made. A run in flight is overtaken: it
// read older data, and its result, should it still come, must not replace this
// one. It gets no successor, for there is nothing left to find out.
//
// Until the new value's views are rendered the old value's stay: what was shown
// once does not go back to the default. They count; where they are too large to be
// kept beside the new value, they go.
func (f *fragment) put(id string, key, value any) error {
	e := f.newEntry(value, f.group.now())
	bare := f.cost(id, e) // user code, so before the lock
	f.makeRoom(id, bare)
	s := f.shard(id)

	s.mu.Lock()
	cost := bare
	if old := f.result(id); old != nil {
		e.Views = outdated(old.Views)
		cost += e.Views.html()
		if cost > f.results.Share().Bytes {
			e.Views, cost = nil, bare
		}
	}
	err := f.remember(id, e, cost)
	if err == nil {
		s.runs.overtake(id)
		s.renders.overtake(id)
	}
	s.mu.Unlock()
	if err != nil {
		return &runError{runName{f, key}, f.tooLarge("value", cost)}
	}
	f.tell(eventPut, f.entryState(key, e), nil)
	for _, set := range f.showing() {
		f.observe(id, ask{key: key, set: set})
	}
	return nil
}

func (f *fragment) tooLarge(what string, cost int64) error {
	return limitError(fmt.Sprintf("the %s takes %d bytes, of %d (a part of Policy.MaxBytes)", what, cost, f.results.Share().Bytes))
}

func outdated(views *view) (old *view) {
	for ; views != nil; views = views.next {
		if views.err == nil {
			v := *views
			v.old, v.next, old = true, old, &v
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
	fl := s.runs.flights[id]
	switch {
	case fl == nil:
		return s.runs.start(again)
	case fl.next != nil:
		fl.next.forced = true
	case fl.cancel == nil && !fl.decided:
		fl.forced = true
	default:
		return fl.follow(again)
	}
	return nil
}

// forget drops what is remembered of the key. A run in flight is overtaken and
// has one successor, for those who wait for it. A run that has not begun will read
// new data by itself.
func (f *fragment) forget(id string, a ask) {
	defer f.tell(eventForget, State{Name: f.name, Key: a.key}, nil)
	s := f.shard(id)
	s.mu.Lock()
	defer s.mu.Unlock()
	f.results.Delete(results.Hash(id), id)
	s.runs.failures.forget(id)
	s.renders.overtake(id)
	run := s.runs.flights[id]
	if run == nil || run.cancel == nil {
		return
	}
	if run.next == nil && !run.dead && !run.returned {
		_ = run.follow(newFlight(f, s, id, a)) // closed: those who wait look again, and are told so
	}
	run.kill()
}
