package model

import (
	"context"
	"time"

	"pgregory.net/rapid"
)

var keys = []string{"a", "b", "c"}

// actions are the steps of a check. One that cannot be done does nothing.
func (c *check) actions() map[string]func(*rapid.T) {
	on := func(act func(key string)) func(*rapid.T) {
		return c.withKey(func(_ *rapid.T, key string) { act(key) })
	}
	actions := map[string]func(*rapid.T){
		"Get":     on(func(key string) { c.get(key) }),
		"Wait":    on(c.wait),
		"Refresh": on(c.refresh),
		"Forget":  on(c.forget),
		"Put":     c.withKey(c.actPut),
		"Plan":    c.withKey(c.actPlan),
		"Release": c.actRelease,
		"Settle":  c.actReleaseAll,
		"Pass":    c.actPass,
		"Lapse":   c.withKey(c.actLapse),
		"Leave":   c.actLeave,
		"Close":   c.actClose,
	}
	if !c.model.exact { // a Keep looks when it likes
		actions["Keep"] = c.withKey(c.actKeep)
		actions["Stop"] = c.actStop
	}
	return actions
}

// withKey draws a key. It leaves out one whose function ignores its context, once
// the group is being closed: whether a request is refused then, or stands behind
// that function, is left open.
func (c *check) withKey(act func(*rapid.T, string)) func(*rapid.T) {
	return func(t *rapid.T) {
		key := draw(t, "key", "a", "a", "a", "b", "c") // much happens to one
		if r := c.model.record(key); c.closed && r.run.begun() && r.run.call.plan.deaf {
			return
		}
		act(t, key)
	}
}

func (c *check) actPut(t *rapid.T, key string) {
	c.put(key, c.newValue(drawCost(t)))
}

// actPlan says how the next call of a function behaves. Without a back-off one that
// ends at once ends well: else whether someone who was woken by Forget joins the
// failing successor, or comes too late and starts another run, would be a race that
// either may win.
func (c *check) actPlan(t *rapid.T, key string) {
	p := plan{deaf: c.model.exact && rapid.Bool().Draw(t, "ignores its context")}
	if !p.deaf {
		o := outcome{value: c.newValue(smallCost)}
		if c.model.Backoff > 0 {
			o = c.drawOutcome(t)
		}
		p.atOnce = &o
	}
	c.world.mu.Lock()
	defer c.world.mu.Unlock()
	c.world.plans[key] = p
}

func (c *check) actRelease(t *rapid.T) {
	if len(c.calls) == 0 {
		return
	}
	c.release(rapid.SampledFrom(c.calls).Draw(t, "call"), c.drawOutcome(t))
}

// actReleaseAll lets all that is under way end well: only then is there much to
// remember.
func (c *check) actReleaseAll(t *rapid.T) {
	if len(c.calls) == 0 {
		return
	}
	cost := drawCost(t)
	for _, call := range append([]*call(nil), c.calls...) {
		c.release(call, outcome{value: c.newValue(cost)})
	}
}

// actPass lets time pass: a little, or until just before, at, or just after an
// instant at which something changes.
func (c *check) actPass(t *rapid.T) {
	d := rapid.SampledFrom([]time.Duration{1, time.Millisecond, time.Second, 4 * time.Second, 11 * time.Second, 70 * time.Second}).Draw(t, "pass")
	if edges := c.model.edges(); len(edges) > 0 && rapid.IntRange(0, 3).Draw(t, "to an edge") > 0 {
		at := rapid.SampledFrom(edges).Draw(t, "edge")
		d = at + rapid.SampledFrom([]time.Duration{-1, 0, 1}).Draw(t, "beside") - c.model.now
	}
	c.advance(max(d, 1))
}

// actLapse waits for a key at the instant when its value is not good enough any more
// for Wait, and only a failure can bring it back.
func (c *check) actLapse(_ *rapid.T, key string) {
	v := c.model.record(key).val
	if v == nil {
		return
	}
	if end := max(v.fresh, v.stale); end > c.model.now && end < never {
		c.advance(end - c.model.now)
		c.wait(key)
	}
}

// edges are the instants to come at which a value changes its age, a back-off ends
// or a deadline passes.
func (m *model) edges() []instant {
	var edges []instant
	add := func(instants ...instant) {
		for _, at := range instants {
			if at > m.now && at < never {
				edges = append(edges, at)
			}
		}
	}
	for _, r := range m.all() {
		if v := r.val; v != nil {
			add(v.refreshFrom, v.fresh, v.stale, v.ifError)
		}
		if f := r.failure; f != nil {
			add(f.earliest, f.latest)
		}
		if f := r.run; f.begun() {
			add(f.call.deadline)
		}
	}
	return edges
}

func (c *check) actLeave(t *rapid.T) {
	var there []*wait
	for _, a := range c.waits {
		if !a.over {
			there = append(there, a)
		}
	}
	if len(there) == 0 {
		return
	}
	a := rapid.SampledFrom(there).Draw(t, "wait")
	a.leave()
	c.model.forgets(a)
	a.fail(c.model.now, left)
	c.observe()
}

func (c *check) actKeep(_ *rapid.T, key string) {
	r := c.model.record(key)
	c.stops = append(c.stops, stop{r, c.world.handle.Keep(key)})
	r.kept++
	r.disturb()
	c.observe()
}

func (c *check) actStop(t *rapid.T) {
	if len(c.stops) == 0 {
		return
	}
	i := rapid.IntRange(0, len(c.stops)-1).Draw(t, "which")
	c.stops[i].keep()
	c.stops[i].keep() // more than once is allowed
	c.stops[i].record.kept--
	c.stops = append(c.stops[:i], c.stops[i+1:]...)
	c.observe()
}

func (c *check) actClose(t *rapid.T) {
	switch {
	case !c.closed:
		if rapid.IntRange(0, 9).Draw(t, "close") == 9 {
			c.beginClose()
		}
	case rapid.Bool().Draw(t, "the context of Close ends"):
		c.endClose()
	}
}

func (c *check) drawOutcome(t *rapid.T) outcome {
	how := rapid.SampledFrom([]cause{none, none, none, failed, panicked, exited}).Draw(t, "outcome")
	if how != none {
		return outcome{how: how}
	}
	return outcome{value: c.newValue(drawCost(t))}
}

func drawCost(t *rapid.T) int64 {
	return rapid.SampledFrom([]int64{smallCost, smallCost, largeCost, largeCost, hugeCost}).Draw(t, "cost")
}

func (c *check) newValue(cost int64) value {
	c.versions++
	return value{version: c.versions, cost: cost}
}

func (c *check) beginClose() {
	ctx, cancel := context.WithCancel(c.ctx)
	c.closed, c.cut = true, cancel
	go func() {
		err := c.world.group.Close(ctx)
		c.mu.Lock()
		defer c.mu.Unlock()
		c.closeDone, c.closeAt, c.closeError = true, c.world.now(), err
	}()
	settle()
	c.model.beginClose()
	c.observe()
}

func (c *check) closeAnswer() (at instant, err error, done bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.closeAt, c.closeError, c.closeDone
}

// endClose ends the context of Close. What follows a second later must not be at one
// instant with a deadline: either might be first.
func (c *check) endClose() {
	for !c.model.close.cut && c.model.ties(grace) {
		c.advance(1)
	}
	c.cut()
	if !c.model.close.cut {
		settle()
		c.model.cut()
	}
	c.observe()
}
