package async

import (
	"iter"
	"slices"
)

// Keys returns the keys that a fragment of the group knows, in no particular order,
// with their states: those that have a result, a run or a failure.
// "Command" is the name of all Commands together; their Key is the id as a string, or
// file:line, and an id that is used with two types is there twice.
//
// It starts nothing, and no lock is held while it yields: a key that comes meanwhile
// may be left out, and one that goes and comes again may be there twice. A key of more than 1 KiB is kept as a hash only, and is then shown
// by it, as a string.
func (g *Group) Keys(fragment string) iter.Seq[State] {
	g = g.ready()
	return func(yield func(State) bool) {
		for _, f := range g.inUse() {
			if f.name == fragment && !f.eachKey(yield) {
				return
			}
		}
	}
}

// eachKey begins with the flights and failures, which are few, because they have
// limits.
func (f *fragment) eachKey(yield func(State) bool) (goOn bool) {
	told := make(map[string]bool)
	for i := range f.shards {
		for _, id := range f.shards[i].restless() {
			told[id] = true
			if s, ok := f.stateOf(id); ok && !yield(s) {
				return false
			}
		}
	}
	for e := range f.results.All() {
		if told[e.Key()] {
			continue
		}
		if s, ok := f.stateOf(e.Key()); ok && !yield(s) {
			return false
		}
	}
	return true
}

// restless returns the keys that have a flight or a failure.
func (s *shard) restless() (ids []string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, l := range []*line{&s.runs, &s.renders} {
		for id := range l.flights {
			ids = append(ids, id)
		}
		for id := range l.failures.byKey {
			ids = append(ids, id)
		}
	}
	slices.Sort(ids)
	return slices.Compact(ids)
}

// stateOf describes a key without starting anything; false if nothing is known of it
// any more.
func (f *fragment) stateOf(id string) (State, bool) {
	s := f.shard(id)
	s.mu.Lock()
	now := f.group.now()
	e := f.unexpired(id, now)
	snap := snapshot{
		flight: s.runs.undecided(id), failure: s.runs.failures.of(id),
		render: s.renders.undecided(id), viewFailed: s.renders.failures.of(id),
	}
	holder := s.runs.flights[id]
	overdue := holder != nil && holder.overdue
	s.mu.Unlock()
	if e == nil && holder == nil && snap == (snapshot{}) {
		return State{}, false
	}
	state := f.state(f.keyOf(id, holder), &snap)
	state.Overdue = overdue
	if e != nil {
		state.Completed, state.Duration = f.group.wall(e.Completed), took(e)
		state.Stale = now >= f.policy.ages(e.Completed).freshUntil
	}
	return state, true
}

// keyOf finds the key again from its encoding, or from a flight, which has it.
func (f *fragment) keyOf(id string, holder *flight) any {
	switch {
	case f.isCommands: // the encoding of a long id is a hash; a flight has more
		if holder != nil {
			return holder.key.(commandKey).name()
		}
		return commandOf(id).name()
	case holder != nil:
		return holder.key
	}
	key, err := f.codec.Decode(id)
	if err != nil {
		return f.codec.DisplayEncoded(id)
	}
	return key
}
