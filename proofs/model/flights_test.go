package model

// flight is one run, from the moment that it is wanted until its function has
// returned.
type flight struct {
	record *record
	call   *call // nil until its function is called
	waits  []*wait

	decided  bool // those who waited have their answer
	dead     bool // overtaken: its result is void
	overdue  bool // its deadline has passed and its function has not returned
	returned bool
	good     bool // its value was remembered
	late     bool // wanted after Close had begun

	returnsAt instant // of one that obeys its context, after its deadline
	next      *flight // the successor
}

func (f *flight) begun() bool { return f != nil && f.call != nil }

func (m *model) newFlight(r *record) *flight { return &flight{record: r, late: m.close.begun} }

// undecided returns the run that a request joins.
func (r *record) undecided() *flight {
	f := r.run
	if f != nil && f.decided && !f.overdue {
		f = f.next
	}
	if f == nil || f.decided {
		return nil
	}
	return f
}

// start wants a run. While a function that was overtaken has not returned, it
// stands behind it; behind one that has passed its deadline nothing can be promised.
func (m *model) start(r *record) (*flight, cause) {
	f := m.newFlight(r)
	switch {
	case m.close.begun:
		return nil, closed
	case r.run == nil:
		r.run = f
	case r.run.overdue:
		return nil, timeout
	default:
		r.run.next = f
	}
	return f, none
}

// begins is told that the function was called. It judges whether that may be.
func (m *model) begins(c *call) {
	r := m.record(c.key)
	if r.run == nil && r.kept > 0 && !m.close.begun {
		if r.val != nil && r.val.doubtful && m.now < r.val.refreshFrom {
			r.val = nil // it was evicted, and the Keep has noticed
		}
		if m.need(r) != needless {
			m.start(r)
		}
	}
	if r.run == nil {
		m.lookTooLate(r)
	}
	switch {
	case r.run == nil:
		m.fatalf("%v: a run of %q began without need: %s", m.now, c.key, m.describe(r))
	case r.run.begun():
		m.fatalf("%v: a second run of %q began", m.now, c.key)
	case m.running() >= m.MaxRuns:
		m.fatalf("%v: the run of %q began beside %d others, of %d", m.now, c.key, m.running(), m.MaxRuns)
	case c.deadline != c.at+m.Timeout:
		m.fatalf("%v: the deadline of the run of %q is %v, want %v after its begin", m.now, c.key, c.deadline, m.Timeout)
	}
	f := r.run
	f.call, r.dueSince = c, never
	if c.plan.atOnce != nil {
		m.returns(f, *c.plan.atOnce)
	}
}

// running is how many runs have a slot. One that has passed its deadline has none.
func (m *model) running() int {
	n := 0
	for _, r := range m.records {
		if r.run.begun() && !r.run.overdue {
			n++
		}
	}
	return n
}

// returns is told that the function has ended. A good result counts even after the
// deadline, if nothing has overtaken it.
func (m *model) returns(f *flight, o outcome) {
	r := f.record
	f.returned, f.overdue = true, false
	if o.how == none && o.value.cost > m.MaxBytes {
		o.how = limit
	}
	if o.how == gaveUp {
		o.how = closed // its deadline and an overtaking have decided it already
	}
	switch {
	case f.dead:
	case o.how == none:
		m.remember(r, o.value).tended = r.kept > 0 && m.now >= r.napUntil
		f.good = true
		for _, w := range f.decide() {
			w.end(m.now, o.value)
		}
	case !f.decided:
		m.fail(r, o.how, 1, 1)
		m.refuse(f, o.how)
	}
	m.leave(f)
}

// leave lets the successor follow.
func (m *model) leave(f *flight) {
	r := f.record
	next := f.next
	f.next = nil
	r.run = next
	if next != nil && m.close.begun {
		r.run = nil
		m.close.lose(next)
		m.refuse(next, closed)
	}
}

// passesDeadline fails the run, and the successor behind it, for whose waits the
// hang would else have no end.
func (m *model) passesDeadline(f *flight) {
	r := f.record
	f.overdue = true
	if !f.call.plan.deaf {
		f.returnsAt = m.now + moment
	}
	told := f.next
	if told != nil {
		f.next = m.newFlight(r)
		f.next.late = told.late
	}
	fewest := 1
	if !f.decided {
		m.fail(r, timeout, 1, 1)
		m.refuse(f, timeout)
		fewest = 0 // whether a run that never began counts beside it is left open
	}
	if told != nil {
		m.fail(r, timeout, fewest, 1)
		m.refuse(told, timeout)
	}
}

// refuse tells those who wait for the run that it has failed. They get the value of
// the StaleIfError window if there is one.
func (m *model) refuse(f *flight, c cause) {
	r := f.record
	for _, w := range f.decide() {
		if m.resolve(r, w.saw); m.shows(r) {
			w.end(m.now, r.val.value)
		} else {
			w.fail(m.now, c)
		}
	}
}

// decide ends the run for those who wait, and returns them.
func (f *flight) decide() []*wait {
	waits := f.waits
	f.decided, f.waits = true, nil
	return waits
}

// kill makes the run's result void.
func (f *flight) kill() []*wait {
	f.dead = true
	return f.decide()
}

// obey lets a function that obeys its context return when that was cancelled.
func (m *model) obey(f *flight) {
	if f.begun() && !f.call.plan.deaf && !f.overdue && !f.returned {
		m.returns(f, outcome{how: gaveUp})
	}
}
