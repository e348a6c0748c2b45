package async

import (
	"fmt"
	"slices"
	"sync"
)

// scheduler decides when a flight's goroutine starts. There is one per group.
//
// A waiting flight costs no goroutine: it stands in its fragment's line. Slots
// are counted per group and per fragment, and a freed slot goes to the next
// fragment in turn, so that neither a flood of keys nor the hangs of one
// fragment keep another from running.
//
// Lock order: a shard's mu, then the scheduler's. Nothing is called with mu held.
type scheduler struct {
	limit int // runs at a time in the whole group

	mu      sync.Mutex // guards the rest, every fragment's turns and every flight's slot
	running int
	lines   []*fragment          // those with flights waiting, in turn
	flying  map[*flight]struct{} // goroutines started and not ended
	closed  bool
	idle    chan struct{} // closed when the last goroutine has ended after close
	idling  bool          // whether idle is closed already
}

// turns is the scheduler's part of a fragment.
type turns struct {
	running   int
	waiting   []*flight
	overdue   int // goroutines that have just passed their deadline
	abandoned int // goroutines that have not returned some time after it
	lent      int // goroutines that wait for other runs, and have no slot
}

func (t *turns) mayRun(p *Policy) bool {
	return t.running < p.MaxRuns && t.overdue+t.abandoned < p.MaxAbandoned && t.lent < maxLent
}

// maxLent is how many runs of a fragment may have lent their slots before no further
// one starts, so that a flood of keys that all wait does not become a flood of
// goroutines. Those that have begun may always lend: one that kept its slot while it
// waits could keep it from just the run that it waits for, and a few such fragments
// would stop the group until their deadlines.
const maxLent = 256

// slot is the scheduler's part of a flight.
type slot struct {
	held      bool
	overdue   bool
	abandoned bool
	lent      bool
	waits     int // goroutines of the run that wait for other runs
}

// submit starts the flight's goroutine, or puts it in line. The caller holds the
// shard's mu.
//
// A successor may always stand in line: its predecessor still has the slot that it
// will give back in a moment, so the line may be full.
func (s *scheduler) submit(f *flight, successor bool) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	t, p := &f.frag.turns, &f.frag.policy
	switch {
	case s.closed:
		return ErrClosed
	case t.abandoned >= p.MaxAbandoned:
		return abandonedLimit(p)
	case s.running < s.limit && t.mayRun(p):
		s.launch(f)
	case len(t.waiting) >= p.MaxWaiting && !successor:
		return limitError(fmt.Sprintf("%d runs are waiting (Policy.MaxWaiting)", p.MaxWaiting))
	default:
		if len(t.waiting) == 0 {
			s.lines = append(s.lines, f.frag)
		}
		t.waiting = append(t.waiting, f)
	}
	return nil
}

func abandonedLimit(p *Policy) error {
	return limitError(fmt.Sprintf("%d runs have passed their deadline and not returned (Policy.MaxAbandoned)", p.MaxAbandoned))
}

func (s *scheduler) launch(f *flight) {
	if s.flying == nil {
		s.flying = make(map[*flight]struct{})
	}
	s.flying[f] = struct{}{}
	s.running++
	f.frag.turns.running++
	f.slot.held = true
	go f.fly()
}

// expire takes the slot from a flight whose deadline has passed. A function that
// obeys its context returns in a moment, so it is not called abandoned yet; but
// nothing takes its place beyond MaxAbandoned.
func (s *scheduler) expire(f *flight) {
	s.mu.Lock()
	if _, flying := s.flying[f]; flying {
		f.slot.overdue = true
		f.frag.turns.overdue++
	}
	s.free(f)
	refused := s.dispatch()
	s.mu.Unlock()
	refuse(refused)
}

// abandon counts a flight that did not return after its deadline. It reports whether
// there was one to count.
func (s *scheduler) abandon(f *flight) (abandoned bool) {
	s.mu.Lock()
	if abandoned = f.slot.overdue; abandoned {
		f.slot.overdue, f.slot.abandoned = false, true
		f.frag.turns.overdue--
		f.frag.turns.abandoned++
	}
	refused := s.dispatch()
	s.mu.Unlock()
	refuse(refused)
	return abandoned
}

// withdraw takes a flight that has not started out of line. It reports whether it
// was there.
func (s *scheduler) withdraw(f *flight) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	t := &f.frag.turns
	i := slices.Index(t.waiting, f)
	if i < 0 {
		return false
	}
	t.waiting = slices.Delete(t.waiting, i, i+1)
	if len(t.waiting) == 0 {
		s.lines = slices.DeleteFunc(s.lines, func(l *fragment) bool { return l == f.frag })
	}
	return true
}

// lend takes a run's slot while the run waits for another, which may need just
// this slot. A run may wait for several at a time, in goroutines of its own; its
// slot is lent from the first wait to the last. A run is refused the wait for one
// that stands in line behind maxLent others which wait themselves, perhaps for this
// one. Without an error back must follow.
func (s *scheduler) lend(f, to *flight) error {
	s.mu.Lock()
	t := &f.frag.turns
	if _, flying := s.flying[to]; !flying && to.frag.turns.lent >= maxLent {
		s.mu.Unlock()
		return limitError(fmt.Sprintf("%d runs of the fragment %q wait for others; it calls itself too deeply", maxLent, to.frag.name))
	}
	f.slot.waits++
	if !f.slot.held {
		s.mu.Unlock()
		return nil
	}
	f.slot.lent = true
	t.lent++
	s.free(f)
	refused := s.dispatch()
	s.mu.Unlock()
	refuse(refused)
	return nil
}

// back gives a lent slot back at once, even if for a moment there are more runs
// than slots: a run that is half done should not stand in line again. Nothing new
// starts until there is a slot.
func (s *scheduler) back(f *flight) {
	s.mu.Lock()
	s.takeBack(f)
	refused := s.dispatch() // with one lent slot less another may start
	s.mu.Unlock()
	refuse(refused)
}

func (s *scheduler) takeBack(f *flight) {
	t := &f.frag.turns
	if f.slot.waits--; f.slot.waits > 0 || !f.slot.lent {
		return
	}
	f.slot.lent = false
	t.lent--
	if _, flying := s.flying[f]; flying && !f.slot.overdue && !f.slot.abandoned {
		f.slot.held = true
		t.running++
		s.running++
	}
}

// landed is called when a flight's goroutine ends.
func (s *scheduler) landed(f *flight) {
	s.mu.Lock()
	delete(s.flying, f)
	if f.slot.overdue {
		f.slot.overdue = false
		f.frag.turns.overdue--
	}
	if f.slot.abandoned {
		f.slot.abandoned = false
		f.frag.turns.abandoned--
	}
	if f.slot.lent { // a goroutine that it left behind still waits
		f.slot.lent = false
		f.frag.turns.lent--
	}
	s.free(f)
	refused := s.dispatch()
	s.signalIdle()
	s.mu.Unlock()
	refuse(refused)
}

func (s *scheduler) free(f *flight) {
	if f.slot.held {
		f.slot.held = false
		f.frag.turns.running--
		s.running--
	}
}

// dispatch gives free slots to waiting flights, one fragment after the other. It
// returns the flights of fragments that may start nothing any more, to be refused
// when mu is no longer held.
func (s *scheduler) dispatch() (refused []*flight) {
	for i := 0; i < len(s.lines) && s.running < s.limit; {
		frag := s.lines[i]
		t, p := &frag.turns, &frag.policy
		switch {
		case t.abandoned >= p.MaxAbandoned:
			refused = append(refused, t.waiting...)
			t.waiting = nil
			s.lines = slices.Delete(s.lines, i, i+1)
		case !t.mayRun(p):
			i++
		default:
			next := t.waiting[0]
			t.waiting[0] = nil // the array lives on under the slice
			t.waiting = t.waiting[1:]
			s.lines = slices.Delete(s.lines, i, i+1)
			if len(t.waiting) > 0 {
				s.lines = append(s.lines, frag) // to the end: the others first
			}
			s.launch(next)
		}
	}
	return refused
}

// refuse decides all before it tells of one, which calls user code: that may take its
// time, or end the goroutine.
func refuse(flights []*flight) {
	flights = slices.DeleteFunc(flights, func(f *flight) bool { return f.refuse(abandonedLimit(&f.frag.policy)) == nil })
	for _, f := range flights {
		f.frag.refused(f.name(), abandonedLimit(&f.frag.policy))
	}
}

// close starts nothing from now on, and returns what was still in line.
func (s *scheduler) close() (waiting []*flight) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.closed = true
	for _, frag := range s.lines {
		waiting = append(waiting, frag.turns.waiting...)
		frag.turns.waiting = nil
	}
	s.lines = nil
	s.signalIdle()
	return waiting
}

func (s *scheduler) isClosed() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.closed
}

func (s *scheduler) signalIdle() {
	if s.closed && !s.idling && len(s.flying) == 0 {
		s.idling = true
		close(s.idle)
	}
}

// airborne lists the flights whose goroutines have not ended.
func (s *scheduler) airborne() []*flight {
	s.mu.Lock()
	defer s.mu.Unlock()
	flights := make([]*flight, 0, len(s.flying))
	for f := range s.flying {
		flights = append(flights, f)
	}
	return flights
}
