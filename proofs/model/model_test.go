package model

import (
	"maps"
	"slices"
)

// model is what the documentation promises of one fragment, as a plain sequential
// program. It holds for one goroutine that does one thing after the other and lets
// everybody else come to rest in between.
//
// What it leaves open it is told: which results were evicted, the length of a
// back-off within its bounds, the instant of a refresh within its jitter, which of
// several waiting runs gets a slot, when a Keep looks.
type model struct {
	rules
	now     instant
	records map[string]*record
	fatalf  func(format string, args ...any)
	close   closing
	woken   []*wait // at this instant, to look again
}

// record is what is known of one key: a value, a failure and a run can all be
// there at once.
type record struct {
	key     string
	val     *held
	failure *failure
	run     *flight // waiting or under way; a function that hangs is still under way
	kept    int     // Keeps that were not stopped

	dueSince instant // since when a Keep has owed it a run
	napUntil instant // a Keep that saw a failure may sleep until then, whatever happens meanwhile
}

// failure is what is remembered of runs that have failed. Its numbers are bounds.
type failure struct {
	cause            cause
	fewest, most     int // failures in a row
	earliest, latest instant
}

func newModel(r rules, fatalf func(string, ...any)) *model {
	return &model{rules: r, records: make(map[string]*record), fatalf: fatalf}
}

func (m *model) record(key string) *record {
	r := m.records[key]
	if r == nil {
		r = &record{key: key, dueSince: never}
		m.records[key] = r
	}
	return r
}

// all returns the records in the order of their keys, so that a check can be
// repeated from its seed.
func (m *model) all() []*record {
	all := make([]*record, 0, len(m.records))
	for _, key := range slices.Sorted(maps.Keys(m.records)) {
		all = append(all, m.records[key])
	}
	return all
}

// shows says whether the value of the key may be seen. Between the two windows a
// failed refresh decides; an undecided one has the longer of the two.
func (m *model) shows(r *record) bool {
	switch {
	case r.val == nil:
		return false
	case m.now < r.val.fresh:
		return true
	case r.failure != nil:
		return m.now < r.val.ifError
	}
	return m.now < max(r.val.stale, r.val.ifError)
}

// settled says whether the value is good enough for Wait.
func (m *model) settled(r *record) bool { return m.shows(r) && m.now < max(r.val.fresh, r.val.stale) }

// need is whether a request starts a run, if none is under way.
type need int

const (
	needless need = iota
	possible      // by chance
	needed
)

func (m *model) need(r *record) need {
	n := needed
	if r.val != nil {
		switch {
		case m.now < r.val.refreshFrom:
			return needless
		case m.now < r.val.fresh:
			n = possible
		}
	}
	if r.failure != nil {
		switch {
		case m.now < r.failure.earliest:
			return needless
		case m.now < r.failure.latest:
			n = possible
		}
	}
	return n
}

// remember puts a value into the record. What else is there may go if the bounds
// are exceeded, and only then.
func (m *model) remember(r *record, v value) *held {
	r.val, r.failure = m.newHeld(v, m.now), nil
	entries, bytes := 0, int64(0)
	for _, other := range m.records {
		if other.val != nil {
			entries++
			bytes += other.val.cost + overhead
		}
	}
	if entries > m.MaxResults || bytes > m.MaxBytes {
		for _, other := range m.records {
			if other != r && other.val != nil {
				other.val.doubtful = true
			}
		}
	}
	return r.val
}

// fail remembers that n runs in a row have failed, at least and at most.
func (m *model) fail(r *record, c cause, fewest, most int) {
	f := &failure{cause: c, fewest: fewest, most: most}
	if r.failure != nil {
		f.fewest += r.failure.fewest
		f.most += r.failure.most
	}
	shortest, _ := m.pause(f.fewest)
	_, longest := m.pause(f.most)
	f.earliest, f.latest = m.now+shortest, m.now+longest
	r.failure = f
	r.napUntil = max(r.napUntil, f.latest)
	r.disturb()
}

// disturb notes that something happened to the key that a Keep did not expect.
func (r *record) disturb() {
	if r.val != nil {
		r.val.tended = false
	}
}

// cause is why the last run has failed.
func (r *record) cause() cause {
	if r.failure == nil {
		return none
	}
	return r.failure.cause
}
