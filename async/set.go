package async

import (
	"html/template"
	"sync/atomic"
)

// Set is an html/template set that was bound: checked, rewritten, and ready to be
// executed by any number of goroutines. [Bind] makes one.
type Set struct {
	id    uint64 // views are kept under it: it keeps no set alive, as a pointer would
	group *Group

	maxDepth  int
	maxOutput int64

	// All responses execute one copy of the rewritten templates. In a response a
	// value is what it is now; in a capture, which happens in a run, the values that
	// stand in attributes and conditions are waited for, since what is captured
	// stays.
	respond *template.Template
	names   map[string]bool // of the user's templates: Bind has made more
	copies  copies
	still   map[string]*content // the default and error views that never change, by name

	sites  []site // by their number in the templates
	looks  map[*fragment]*looks
	tokens tokens
}

// site is one call of async or asyncvalue in the templates.
type site struct {
	frag     *fragment
	looks    *looks
	position string // template:line:column
}

// looks is how a set shows a fragment's states: the names of the templates that
// are defined for them, or "".
type looks struct {
	view, waiting, failed, stale string
	own                          bool // a template fragment of this set: the result is its view

	// id is where a result's view for this set is kept: the set's, or zero, which all
	// sets share that have no templates of their own for the fragment and print it.
	id uint64
}

var lastSet atomic.Uint64

// hasView says whether the entry needs no rendering before the set can show it. A
// nil set wants the bare value.
func (s *Set) hasView(f *fragment, e *entry) bool {
	return s == nil || s.looks[f].canShow(e)
}

func (l *looks) canShow(e *entry) bool {
	if l.own || l.printsAtOnce(e.Value) {
		return true
	}
	v := e.Views.of(l.id)
	return v != nil && v.good()
}

// shows says whether there is something of the entry on the page, if only how it
// looked before.
func (l *looks) shows(e *entry) bool {
	v := e.Views.of(l.id)
	return l.own || l.printsAtOnce(e.Value) || v != nil && v.err == nil
}

// readyContent is how the entry looks if it has been rendered.
func (l *looks) readyContent(e *entry) *content {
	if l.own {
		c, _ := e.Value.(*content)
		return c
	}
	if v := e.Views.of(l.id); v != nil && v.good() {
		return v.page
	}
	return nil
}

// printsAtOnce says whether the value is shown by printing it, and that may be done
// anywhere.
func (l *looks) printsAtOnce(value any) bool {
	return !l.own && l.view == "" && l.stale == "" && isPlain(value)
}

// contentOf returns how the entry looks: the content, or the error of its view, or
// neither if it must be rendered first.
func (l *looks) contentOf(e *entry, stale bool) (*content, error) {
	v := e.Views.of(l.id)
	if v != nil && stale && v.stale != nil {
		return v.stale, v.err
	}
	if l.own {
		c, _ := e.Value.(*content)
		return c, nil
	}
	switch {
	case v != nil && v.good():
		return v.page, nil
	case l.printsAtOnce(e.Value):
		html, err := printed(e.Value)
		return textContent(html), err
	case v != nil:
		return v.page, v.err
	}
	return nil, nil
}
