package async

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/infill-go/infill/async/internal/results"
)

// Execute executes the template with the given name of the set and writes the
// page to w, with what is there now: a value in each hole that has one, a default
// in the others, whose runs are started. It never waits for a run. What is fresh is
// decided as of the page's first hole.
//
// The report tells what was shown. Execute into a buffer to set headers by it.
// The error is html/template's or w's; part of the page may have been written
// then. A failed fragment is no error of the page.
func (s *Set) Execute(w io.Writer, name string, data any) (Report, error) {
	if s == nil || s.respond == nil {
		return Report{}, errors.New("async: this Set was not made by Bind")
	}
	if err := s.defines(name); err != nil {
		return Report{}, err
	}
	r := responses.Get().(*response)
	r.begin(s, w)
	err := s.respond.ExecuteTemplate(r, name, data)
	report := r.report
	r.end()
	responses.Put(r) // not if the page ended in a panic
	return report, err
}

// defines answers an error if the name is none of the user's templates.
func (s *Set) defines(name string) error {
	if !s.names[name] {
		return fmt.Errorf("async: the set has no template %q; see the names that were parsed into it", name)
	}
	return nil
}

// fill writes what is to be shown in the hole. The errors it returns are those of
// w; whatever is wrong with the fragment spoils the hole alone.
func (r *response) fill(h *hole) error {
	depth := len(r.around)
	switch {
	case h.bad != nil:
		return r.refuse(h, errNoKey)
	case r.isInside(h.site.frag, h.id):
		return r.misplaced(h, errShownCycle)
	case depth > r.set.maxDepth:
		return r.misplaced(h, errDepth)
	case r.left < 0:
		return r.misplaced(h, r.tooLong())
	}
	ready, snap := r.look(h, depth)
	if ready != nil && !ready.nests {
		return r.ready(h, ready) // the ordinary case: nothing will ask what stands around it
	}
	r.around = append(r.around, standing{h.site.frag, h.id})
	var err error
	if ready != nil {
		err = r.ready(h, ready)
	} else {
		err = r.show(h, snap)
	}
	r.around[depth] = standing{}
	r.around = r.around[:depth]
	return err
}

// ready writes a value.
func (r *response) ready(h *hole, c *content) error {
	if c.size() > r.left {
		return r.misplaced(h, r.tooLong())
	}
	r.report.Ready++
	return r.expand(c, true)
}

// isInside says whether a fragment and key stand around the place that is written.
func (r *response) isInside(f *fragment, id string) bool {
	for _, outer := range r.around {
		if outer.frag == f && outer.id == id {
			return true
		}
	}
	return false
}

// show writes what was found.
func (r *response) show(h *hole, snap *snapshot) error {
	if snap.entry == nil {
		return r.without(h, snap)
	}
	c, err := h.site.looks.contentOf(snap.entry, snap.stale)
	switch {
	case err != nil:
		r.report.Failed++
		if r.late != nil && snap.underWay() {
			defer r.open(h).close()
		} else {
			r.tell(h, "its view", err)
		}
		return r.failed(h, h.site.frag.state(h.key, snap), true)
	case c == nil:
		return r.without(h, snap)
	case snap.stale && c.size() <= r.left:
		r.report.Stale++
	}
	return r.ready(h, c)
}

func (r *response) tooLong() error {
	return limitError(fmt.Sprintf("with what is nested in it the HTML is longer than %d bytes (Options.MaxOutput)", r.set.maxOutput))
}

// look looks at a hole's key, once per page. It returns the content of a value that
// is fresh and ready to be shown, or all that there is to know.
func (r *response) look(h *hole, depth int) (ready *content, snap *snapshot) {
	f, hash := h.site.frag, results.Hash(h.id)
	if one := r.seen.at(f, h.id, hash); one != nil {
		one.lookAgain()
		return one.ready, one.snap
	}
	one := sighting{frag: f, id: h.id, ready: f.freshContent(r.now(), hash, h.id, h.site.looks)}
	if one.ready == nil {
		one.snap = r.lookClosely(h, depth)
	}
	r.seen.add(one, hash)
	return one.ready, one.snap
}

func (r *response) lookClosely(h *hole, depth int) *snapshot {
	f := h.site.frag
	a := ask{key: h.key, depth: depth, set: r.set}
	snap := f.look(h.id, a)
	if r.patient != nil {
		snap = f.outcome(r.patient, snap, h.id, a)
	}
	return &snap
}

// without fills a hole that has no value to show: the error view if the last run
// failed, else the default.
func (r *response) without(h *hole, snap *snapshot) error {
	state := h.site.frag.state(h.key, snap)
	failed := snap.failure != nil || snap.viewFailed != nil
	if r.late != nil && snap.underWay() {
		defer r.open(h).close()
	} else if failed {
		r.tell(h, "its last run", snap.cause())
	} else if snap.refused != nil {
		r.tell(h, "it was not started", snap.refused)
	}
	if failed && h.site.looks.failed != "" {
		r.report.Failed++
		return r.failed(h, state, true)
	}
	switch {
	case snap.underWay():
		r.report.Pending++
	case failed:
		r.report.Failed++
	default:
		r.report.Idle++
	}
	return r.waiting(h, state, true)
}

// refuse fills a hole whose fragment cannot be shown in this place, whatever its
// state.
func (r *response) refuse(h *hole, why error) error {
	r.report.Failed++
	r.tell(h, "it cannot stand here", why)
	return r.failed(h, State{Name: h.site.frag.name, Key: h.key, Reason: reason(why)}, false)
}

// misplaced is refuse with a record in the log.
func (r *response) misplaced(h *hole, why error) error {
	h.site.frag.notShown(why, "run", runName{h.site.frag, h.key}, "at", h.site.position)
	return r.refuse(h, why)
}

// failed writes the error view, or the default if there is none.
func (r *response) failed(h *hole, state State, nested bool) error {
	name := h.site.looks.failed
	if name == "" {
		return r.waiting(h, state, nested)
	}
	return r.state(h, name, state, nested)
}

// waiting writes the default: DEFAULT if it was given, else NAME:default.
func (r *response) waiting(h *hole, state State, nested bool) error {
	switch name := h.site.looks.waiting; {
	case h.html != nil:
		return r.print(*h.html)
	case h.hasDefault:
		html, err := printed(h.def)
		if err == nil && int64(len(html)) > max(r.left, 0) {
			err = r.tooLong()
		}
		if err != nil {
			r.stateFailed(h, "DEFAULT", err)
			return nil
		}
		return r.print(html)
	case name != "":
		return r.state(h, name, state, nested)
	}
	return nil
}

// state writes a default or error view. It is executed apart and then copied, so
// that one that fails half-way leaves nothing behind. Holes that stand in it are
// filled if nested says so: in a place that is refused because fragments contain
// each other they would be the same again.
func (r *response) state(h *hole, name string, state State, nested bool) error {
	c, err := r.captured(name, state)
	if err == nil && c.size() > max(r.left, 0) {
		err = r.tooLong()
	}
	if err != nil {
		r.stateFailed(h, name, err)
		return nil
	}
	if r.patient == nil {
		return r.expand(c, nested)
	}
	// What stands in a default or error view is not waited for: it may be what the
	// waiting run itself is to make. Nor is what it finds good enough for the rest.
	defer func(patient context.Context, found seen) { r.patient, r.seen = patient, found }(r.patient, r.seen)
	r.patient, r.seen = nil, seen{}
	return r.expand(c, nested)
}

// captured executes a default or error view. In HTML that stands in an attribute it
// takes a copy of the set whose functions know what stands around: the view may have
// attributes itself, with the same fragment in them, and would be executed in itself
// until the stack is full.
func (r *response) captured(name string, state State) (*content, error) {
	if c := r.set.still[name]; c != nil {
		return c, nil
	}
	c := &capturer{set: r.set, ctx: context.Background(), depth: r.set.maxDepth}
	if !r.flat {
		return c.captured(r.set.respond, name, state)
	}
	t, err := r.set.copies.take()
	if err != nil {
		return nil, err
	}
	defer r.set.copies.put(t)
	t.inside = r
	return c.captured(t.templates, name, state)
}

func (r *response) stateFailed(h *hole, name string, err error) {
	r.tell(h, name, err)
	h.site.frag.viewFailed(err, "view", name, "run", runName{h.site.frag, h.key}, "at", h.site.position)
}

// expand writes content and, if nested says so, fills the holes in it.
func (r *response) expand(c *content, nested bool) error {
	for i := range c.parts {
		p := &c.parts[i]
		if p.hole == nil {
			if err := r.print(p.text); err != nil {
				return err
			}
			continue
		}
		r.left -= holeCost
		if !nested {
			continue
		}
		if err := r.fill(p.hole); err != nil {
			return err
		}
	}
	return nil
}
