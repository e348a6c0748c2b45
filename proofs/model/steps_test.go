package model

// Each step is done on the real side, which comes to rest; then the model is told,
// and the two are compared.

func (c *check) get(key string) *value {
	w, m := c.world, c.model
	before := w.now()
	got, ok := w.handle.Get(key)
	c.neverWaited("Get", before)
	settle()
	want := m.get(key, seen{
		value: func(version int) bool { return ok && got.version == version },
		run:   w.hasBegun,
	})
	switch {
	case want == nil && ok:
		m.fatalf("%v: Get(%q) = version %d, want none: %s", m.now, key, got.version, m.describe(m.record(key)))
	case want != nil && (!ok || got != want.value):
		m.fatalf("%v: Get(%q) = %v, %v, want version %d: %s", m.now, key, got, ok, want.version, m.describe(m.record(key)))
	}
	c.observe()
	if !ok {
		return nil
	}
	return &got
}

func (c *check) wait(key string) {
	a := c.world.wait(c.ctx, key)
	c.waits = append(c.waits, a)
	settle()
	c.model.wait(a, seen{a.saw, c.world.hasBegun})
	c.observe()
}

func (c *check) put(key string, v value) {
	m, before := c.model, c.world.now()
	err := c.world.handle.Put(key, v)
	c.neverWaited("Put", before)
	settle()
	want := m.put(key, v)
	if (err == nil) != (want == none) || err != nil && !want.is(err) {
		m.fatalf("%v: Put(%q, %v) = %v, want %q", m.now, key, v, err, want)
	}
	c.observe()
}

func (c *check) refresh(key string) {
	before := c.world.now()
	c.world.handle.Refresh(key)
	c.neverWaited("Refresh", before)
	settle()
	c.model.refresh(key)
	c.observe()
}

func (c *check) forget(key string) {
	before := c.world.now()
	c.world.handle.Forget(key)
	c.neverWaited("Forget", before)
	settle()
	c.model.forget(key)
	c.observe()
}

// release lets a function end. One that is just about to obey its deadline does that.
func (c *check) release(call *call, o outcome) {
	f := c.model.record(call.key).run
	switch {
	case !f.begun() || f.call != call:
		return
	case f.overdue && !call.plan.deaf:
		c.advance(moment)
		return
	}
	call.release <- o
	settle()
	c.model.returns(f, o)
	c.observe()
}

// advance lets time pass, and looks at each instant at which something happens by
// that alone.
func (c *check) advance(d instant) {
	for until := c.model.now + d; c.model.now < until; {
		step := until
		if at, act := c.model.nextTimer(); act != nil {
			step = min(step, max(at, c.model.now+1))
		}
		advance(step - c.model.now)
		c.observe()
	}
}

func (c *check) neverWaited(what string, before instant) {
	if now := c.world.now(); now != before {
		c.model.fatalf("%s has waited for %v", what, now-before)
	}
}
