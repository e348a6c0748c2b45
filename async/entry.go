package async

import "time"

// entry is a remembered result: what the fragment's function returned, when, and
// how it looks in each set. It is immutable once it is in the store; a change is
// a new entry.
type entry struct {
	ages
	value     any
	completed int64
	took      time.Duration
	views     []view
}

// view is how a result looks in one set. Views are rendered in the run, so that
// no method of a value is ever called on a request's goroutine.
type view struct {
	set   uint64 // the set's id, or printedView
	page  *content
	stale *content // NAME:stale, if the set defines it
	err   error    // the template failed
	old   bool     // of the value before: shown until this value's own is there
}

// printedView is the id of the view that every set without a NAME:view shares:
// the value itself, printed.
const printedView = 0

func (e *entry) view(set uint64) *view {
	for i := range e.views {
		if e.views[i].set == set {
			return &e.views[i]
		}
	}
	return nil
}

func (f *fragment) newEntry(value any, started int64) *entry {
	now := f.group.now()
	e := &entry{
		ages:      f.policy.agesFrom(now),
		value:     value,
		completed: now,
		took:      time.Duration(now - started),
	}
	if c, ok := value.(*content); ok && !c.complete() {
		e.refreshAt = min(e.refreshAt, after(now, f.policy.pause(1)))
	}
	return e
}

// cost is what the entry counts for against Policy.MaxBytes.
func (f *fragment) cost(id string, e *entry) int64 {
	html := e.html()
	return int64(len(id)) + html + f.valueCost(e.value, html)
}

// html is the size of the entry's views.
func (e *entry) html() int64 {
	var n int64
	for i := range e.views {
		n += e.views[i].bytes()
	}
	return n
}

func (v *view) bytes() int64 { return v.page.size() + v.stale.size() }

// hugeCost is more than any bound allows, and small enough to be added to.
const hugeCost = 1 << 50

func (f *fragment) valueCost(value any, html int64) int64 {
	if f.policy.Cost != nil {
		return min(max(0, f.policy.Cost(value)), hugeCost)
	}
	switch v := value.(type) {
	case string:
		return int64(len(v))
	case *content:
		return v.size()
	}
	if html > 0 {
		return 0
	}
	return defaultCost
}
