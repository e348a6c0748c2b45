package async

import (
	"math"
	"time"

	"github.com/infill-go/infill/async/internal/results"
)

// entry is a remembered result: what the fragment's function returned, when, and
// how it looks in each set. It is immutable once it is in the store; a change is
// a new entry.
type entry = results.Result[view]

// view is how a result looks in one set. Views are rendered in the run, so that
// no method of a value is ever called on a request's goroutine. The views of a
// result are a list: mostly there is one.
type view struct {
	set   uint64 // looks.id
	page  *content
	stale *content // NAME:stale, if the set defines it
	err   error    // the template failed
	old   bool     // of the value before: shown until this value's own is there

	next *view
}

// of returns the view for a set, or nil.
func (v *view) of(set uint64) *view {
	for ; v != nil; v = v.next {
		if v.set == set {
			return v
		}
	}
	return nil
}

// good says whether the view need not be rendered again.
func (v *view) good() bool { return v.err == nil && !v.old && v.page.complete() }

// size is the bytes of the view alone.
func (v *view) size() int64 { return v.page.size() + v.stale.size() }

// html is the bytes of all views of a list.
func (v *view) html() (n int64) {
	for ; v != nil; v = v.next {
		n += v.size()
	}
	return n
}

func (f *fragment) newEntry(value any, started int64) *entry {
	now := f.group.now()
	e := &entry{Value: value, Completed: now, RefreshAt: f.policy.refreshAt(now), Took: unitsOf(now - started)}
	if c, ok := value.(*content); ok && !c.complete() {
		e.RefreshAt = min(e.RefreshAt, after(now, f.policy.pause(1)))
	}
	return e
}

// sameValue returns an entry without views for the value of another.
func sameValue(e *entry) *entry {
	return &entry{Value: e.Value, Completed: e.Completed, RefreshAt: e.RefreshAt, Took: e.Took}
}

// tookUnit is the unit of entry.Took: what it takes in 32 bits is up to twelve hours,
// and nobody is shown a hundredth of a millisecond.
const tookUnit = 10 * time.Microsecond

func unitsOf(ns int64) uint32 { return uint32(min(ns/int64(tookUnit), math.MaxUint32)) }

func took(e *entry) time.Duration { return time.Duration(e.Took) * tookUnit }

// cost is what the entry counts for against Policy.MaxBytes.
func (f *fragment) cost(id string, e *entry) int64 {
	html := e.Views.html()
	return int64(len(id)) + html + f.valueCost(e.Value, html)
}

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
