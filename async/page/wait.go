package page

import "time"

// wait waits for what stands in its place when the page is sent: within the budget, or, for a whole page, for all.
func (a *reply) wait() {
	o := &a.pages.options
	if a.mode == Whole {
		a.waitWhole(o.Limit)
	} else if o.Budget > 0 {
		a.waitUntil(o.Budget, func(e *expected) bool { return e.key.Usual() <= o.Budget })
	}
	if a.sheet.pending > 0 {
		a.place() // what has come meanwhile, waited for or not
	}
	a.timing.waited()
}

// waitWhole waits for everything, unless too many responses are held open.
func (a *reply) waitWhole(limit time.Duration) {
	if a.sheet.pending == 0 {
		return
	}
	if !a.pages.streams.enter(a.pages.options.MaxStreams) {
		a.pages.counts.refused.Add(1)
		return
	}
	defer a.pages.streams.leave()
	a.waitUntil(limit, func(*expected) bool { return true })
}

// waitUntil waits until so long after the page began, or until everything has come that is worth it.
func (a *reply) waitUntil(limit time.Duration, worth func(*expected) bool) {
	if a.sheet.pending == 0 {
		return
	}
	if limit > a.wire.perWrite/2 {
		a.wire.idle(limit)
	}
	timer := time.NewTimer(limit - time.Since(a.timing.began))
	defer timer.Stop()
	for a.worthIt(worth) {
		select {
		case <-a.wakes.Ready():
			a.place()
		case <-timer.C:
			return
		case <-a.ctx.Done():
			return
		}
	}
}

// worthIt says whether there is a key that is worth waiting for.
func (a *reply) worthIt(worth func(*expected) bool) bool {
	for _, e := range a.sheet.expects {
		if e.over {
			continue
		}
		if !e.judged {
			e.judged, e.worth = true, worth(e)
		}
		if e.worth {
			return true
		}
	}
	return false
}

// place puts what has come in its place on the page, which has not been sent.
func (a *reply) place() {
	for _, key := range a.wakes.Take() {
		for _, one := range a.sheet.decided(key) {
			if !one.closed {
				_ = a.sheet.fill(one) // the sheet takes everything
				a.timing.placed++
				a.pages.counts.waited.Add(1)
			}
		}
	}
}
