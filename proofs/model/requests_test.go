package model

// seen tells the model what the real side has shown, where the model leaves it
// open.
type seen struct {
	value func(version int) bool // whether this value was shown just now; nil if that cannot be known
	run   func(key string) bool  // whether a run of the key has begun just now
}

// look is what every request does: it finds what may be shown, and the run that it
// joins, or starts if there is need of one and none is under way.
func (m *model) look(r *record, s seen) (shown *held, run *flight, refused cause) {
	if r.val != nil && m.now >= max(r.val.fresh, r.val.stale, r.val.ifError) {
		r.val = nil
	}
	if s.value != nil {
		m.resolve(r, s.value)
	}
	run = r.undecided()
	if run == nil {
		switch n := m.need(r); {
		case n == needed, n == possible && s.run(r.key):
			run, refused = m.start(r)
		}
	}
	if m.shows(r) {
		shown = r.val
	}
	return shown, run, refused
}

// resolve finds out whether a doubtful value was evicted.
func (m *model) resolve(r *record, shown func(version int) bool) {
	if r.val != nil && r.val.doubtful && m.shows(r) {
		if r.val.doubtful = false; !shown(r.val.version) {
			r.val = nil
		}
	}
}

// get is Handle.Get.
func (m *model) get(key string, s seen) *held {
	shown, _, _ := m.look(m.record(key), s)
	return shown
}

// wait is Handle.Wait, also when it looks again.
func (m *model) wait(w *wait, s seen) {
	r := m.record(w.key)
	if _, done := w.answered(); !done && !m.settled(r) {
		s.value = nil // it waits for the run, whether an old value is there or not
	}
	shown, run, refused := m.look(r, s)
	switch {
	case shown != nil && m.settled(r):
		w.end(m.now, shown.value)
	case run != nil:
		run.waits = append(run.waits, w)
	case shown != nil:
		w.end(m.now, shown.value)
	case !m.close.begun && refused != none:
		w.fail(m.now, refused)
	case !m.close.begun:
		w.fail(m.now, r.cause())
	default: // several reasons hold; which of them is told is left open
		w.fail(m.now, closed, timeout, r.cause())
	}
}

// put is Handle.Put. A run under way is overtaken and has no successor.
func (m *model) put(key string, v value) cause {
	if v.cost > m.MaxBytes {
		return limit
	}
	r := m.record(key)
	m.remember(r, v)
	if r.run != nil {
		var again []*wait
		if next := r.run.next; next != nil {
			again = next.kill()
			r.run.next = nil
		}
		again = append(again, r.run.kill()...)
		if !r.run.begun() {
			r.run = nil // it never begins
		}
		m.lookAgain(again)
		m.obey(r.run)
	}
	return none
}

// forget is Handle.Forget. A run under way is overtaken and followed by one that
// reads what is true now; one that has not begun will do so by itself.
func (m *model) forget(key string) {
	r := m.record(key)
	r.val, r.failure = nil, nil
	if !r.run.begun() {
		return
	}
	if r.run.next == nil && !r.run.dead && !m.close.begun {
		r.run.next = m.newFlight(r)
	}
	m.lookAgain(r.run.kill())
	m.obey(r.run)
}

// refresh is Handle.Refresh. A run under way is followed by another.
func (m *model) refresh(key string) {
	r := m.record(key)
	r.disturb()
	switch {
	case r.run == nil:
		m.start(r)
	case r.run.begun() && r.run.next == nil && !m.close.begun:
		r.run.next = m.newFlight(r)
	}
}

// lookAgain is for those who waited for a run that was overtaken.
func (m *model) lookAgain(waits []*wait) {
	for _, w := range waits {
		m.wait(w, seen{w.saw, func(string) bool { return false }})
	}
	m.woken = append(m.woken, waits...)
}

// lookTooLate is for this interleaving: a Put overtakes a run and wakes those who
// wait; the slot goes to another key, whose run ends at once, and its result evicts
// the one that was put; those who were woken look, and want a run.
func (m *model) lookTooLate(r *record) {
	if r.val == nil || !r.val.doubtful {
		return
	}
	for _, w := range m.woken {
		if w.key != r.key || !w.ended || w.saw(r.val.version) {
			continue
		}
		if r.run == nil {
			m.start(r)
		}
		w.ended = false
		r.run.waits = append(r.run.waits, w)
	}
	if r.run != nil {
		r.val = nil
	}
}
