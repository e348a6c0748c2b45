package model

import (
	"fmt"
	"time"
)

// observe lets everybody come to rest, tells the model what has happened, and
// compares the two.
func (c *check) observe() {
	settle()
	for _, begun := range c.world.take() {
		c.model.passUntil(begun.at)
		c.calls = append(c.calls, begun)
		c.model.begins(begun)
	}
	c.model.passUntil(c.world.now())
	c.model.endClose()
	c.judge()
	c.model.woken = nil
}

func (c *check) judge() {
	w, m := c.world, c.model
	w.mu.Lock()
	broken := w.broken
	w.mu.Unlock()
	if len(broken) > 0 {
		m.fatalf("%v", broken)
	}
	for _, a := range c.waits {
		m.judge(a)
	}
	c.judgeCalls()
	for _, r := range m.all() {
		if r.run != nil && !r.run.begun() && m.running() < m.MaxRuns {
			m.fatalf("%v: the run of %q has not begun: %s", m.now, r.key, m.describe(r))
		}
		if m.neglected(r) {
			m.fatalf("%v: %q is kept, and has no run: %s", m.now, r.key, m.describe(r))
		}
	}
	if c.closed {
		at, err, done := c.closeAnswer()
		if done {
			m.judgeClose(at, err)
		} else if m.close.ended {
			m.fatalf("%v: Close has not returned", m.now)
		}
	}
}

// judgeCalls looks at the functions: which have returned, and whose contexts have
// ended. Those that have returned are not looked at again.
func (c *check) judgeCalls() {
	m := c.model
	under := make(map[*call]*flight)
	for _, r := range m.records {
		if r.run.begun() {
			under[r.run.call] = r.run
		}
	}
	open := c.calls[:0]
	for _, call := range c.calls {
		f := under[call]
		switch returned := c.world.hasReturned(call); {
		case returned && f != nil:
			m.fatalf("%v: the function of %q has returned, and nobody has asked it to", m.now, call.key)
		case !returned && f == nil:
			m.fatalf("%v: the function of %q obeys its context, and has not returned", m.now, call.key)
		case returned:
			continue
		}
		ended := f.dead || f.overdue || m.close.cut
		if got := call.ctx.Err() != nil; got != ended {
			m.fatalf("%v: the context of %q has ended: %v, want %v", m.now, call.key, got, ended)
		}
		open = append(open, call)
	}
	c.calls = open
}

// neglected says whether a kept key had to have a run by now. A value that a run
// has made while the key was kept is refreshed before it gets stale; after anything
// else there is a minute.
func (m *model) neglected(r *record) bool {
	if r.kept == 0 || m.close.begun || r.run != nil || m.need(r) != needed {
		r.dueSince = never
		return false
	}
	if r.val != nil && r.val.tended && !r.val.doubtful {
		return true
	}
	r.dueSince = min(r.dueSince, m.now)
	return m.now > max(r.dueSince, r.napUntil)+time.Minute+time.Second
}

// passUntil lets the model's time pass.
func (m *model) passUntil(until instant) {
	for {
		at, act := m.nextTimer()
		if act == nil || at > until {
			break
		}
		m.now = max(m.now, at)
		act()
	}
	m.now = max(m.now, until)
}

// nextTimer returns what happens next by the passing of time alone.
func (m *model) nextTimer() (at instant, act func()) {
	at = never
	earlier := func(t instant, f func()) {
		if t < at {
			at, act = t, f
		}
	}
	for _, r := range m.all() {
		f := r.run
		switch {
		case !f.begun():
		case !f.overdue:
			earlier(f.call.deadline, func() { m.passesDeadline(f) })
		case !f.call.plan.deaf:
			earlier(f.returnsAt, func() { m.returns(f, outcome{how: gaveUp}) })
		}
	}
	if m.close.cut && !m.close.ended {
		earlier(m.close.graceEnds, m.endClose)
	}
	return at, act
}

// describe prints a record for a failure.
func (m *model) describe(r *record) string {
	s := fmt.Sprintf("kept %d", r.kept)
	if r.val != nil {
		s += fmt.Sprintf(", value %+v", *r.val)
	}
	if r.failure != nil {
		s += fmt.Sprintf(", failure %+v", *r.failure)
	}
	for f := r.run; f != nil; f = f.next {
		s += fmt.Sprintf(", run (begun %v, decided %v, dead %v, overdue %v)", f.begun(), f.decided, f.dead, f.overdue)
	}
	return s
}
