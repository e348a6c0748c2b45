package async

import (
	"context"
	"time"
)

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
	return &entry{
		ages:      f.policy.agesFrom(now),
		value:     value,
		completed: now,
		took:      time.Duration(now - started),
	}
}

// cost is what the entry counts for against Policy.MaxBytes.
func (f *fragment) cost(id string, e *entry) int64 {
	var html int64
	for i := range e.views {
		html += e.views[i].page.size() + e.views[i].stale.size()
	}
	return int64(len(id)) + html + f.valueCost(e.value, html)
}

func (f *fragment) valueCost(value any, html int64) int64 {
	if f.policy.Cost != nil {
		return max(0, f.policy.Cost(value))
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

// render makes the views of an entry for every set that shows the fragment. It
// runs in the fragment's run. Views of this very value that the entry has are
// kept. The error is that of the last view that failed; the others are there.
func (f *fragment) render(ctx context.Context, e *entry, fl *flight) (views []view, failed error) {
	for _, s := range f.showing() {
		id := s.viewID(f)
		if (&entry{views: views}).view(id) != nil {
			continue
		}
		if v := e.view(id); v != nil && v.good() {
			views = append(views, *v)
			continue
		}
		v := s.render(ctx, f, e, fl)
		if v.err != nil {
			failed = &viewError{v.err}
			f.counts.viewErrors.Add(1)
			f.degraded("view", "view failed", "run", fl.name(), "error", v.err)
		}
		views = append(views, v)
	}
	return views, failed
}

func (v *view) good() bool { return v.err == nil && !v.old }

// insteadOfFailed puts the views of the value before in the places of those that
// failed, marked as old.
func insteadOfFailed(views, before []view) []view {
	for i := range views {
		v := &views[i]
		if v.err == nil {
			continue
		}
		if last := (&entry{views: before}).view(v.set); last != nil && last.err == nil {
			*v = *last
			v.old = true
		}
	}
	return views
}
