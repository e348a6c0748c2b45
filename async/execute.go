package async

import (
	"context"
	"errors"
	"fmt"
	"io"
)

// Execute executes the template with the given name of the set and writes the
// page to w, with what is there now: a value in each hole that has one, a default
// in the others, whose runs are started. It never waits for a run.
//
// The report tells what was shown. Execute into a buffer to set headers by it.
// The error is html/template's or w's; part of the page may have been written
// then. A failed fragment is no error of the page.
func (s *Set) Execute(w io.Writer, name string, data any) (Report, error) {
	if s == nil || s.respond == nil {
		return Report{}, errors.New("async: this Set was not made by Bind")
	}
	r := &response{set: s, w: w}
	err := s.respond.ExecuteTemplate(r, name, data)
	return r.report, err
}

// response is the writer of one executed page.
type response struct {
	set    *Set
	w      io.Writer
	report Report
	seen   map[seenKey]snapshot
	left   int64 // what the hole being filled may still write

	// patient is the context of the run that waits for what it writes, since that is
	// kept and cannot be filled later. Nil: as of now.
	patient context.Context
}

// seenKey is a key that the page has looked at. It looks once, so that one key
// does not show two versions on one page.
type seenKey struct {
	frag *fragment
	id   string
}

// around is the chain of fragments that stand around a place.
type around struct {
	hole  *hole
	depth int
	outer *around
}

func (a *around) contains(h *hole) bool {
	for ; a != nil; a = a.outer {
		if a.hole.site.frag == h.site.frag && a.hole.id == h.id {
			return true
		}
	}
	return false
}

// Write passes the template's output on, and fills the holes.
func (r *response) Write(p []byte) (int, error) {
	var c call
	if !r.set.tokens.redeem(p, &c) {
		return r.w.Write(p)
	}
	r.left = r.set.maxOutput
	h := r.set.hole(&c)
	if err := r.fill(&h, nil); err != nil {
		return 0, err
	}
	return len(p), nil
}

// fill writes what is to be shown in the hole. The errors it returns are those of
// w; whatever is wrong with the fragment spoils the hole alone.
func (r *response) fill(h *hole, outer *around) error {
	f := h.site.frag
	here := &around{hole: h, outer: outer}
	if outer != nil {
		here.depth = outer.depth + 1
	}
	switch {
	case h.bad != nil:
		return r.refuse(here, errNoKey)
	case outer.contains(h):
		return r.misplaced(here, errShownCycle)
	case here.depth > r.set.maxDepth:
		return r.misplaced(here, errDepth)
	case r.left < 0:
		return r.misplaced(here, r.tooLong())
	}
	snap := r.look(h, here.depth)
	if snap.entry != nil {
		c, err := r.set.contentOf(f, snap.entry, snap.stale)
		switch {
		case err != nil:
			r.report.Failed++
			return r.failed(here, f.state(h.key, &snap), true)
		case c != nil && c.size() > r.left:
			return r.misplaced(here, r.tooLong())
		case c != nil:
			r.report.Ready++
			if snap.stale {
				r.report.Stale++
			}
			return r.expand(c, here)
		}
	}
	return r.without(here, &snap)
}

func (r *response) tooLong() error {
	return limitError(fmt.Sprintf("with what is nested in it the HTML is longer than %d bytes (Options.MaxOutput)", r.set.maxOutput))
}

// look looks at a hole's key, once per page.
func (r *response) look(h *hole, depth int) snapshot {
	k := seenKey{h.site.frag, h.id}
	if snap, ok := r.seen[k]; ok {
		return snap
	}
	a := ask{key: h.key, depth: depth, set: r.set}
	snap := h.site.frag.look(h.id, a)
	if r.patient != nil {
		snap = h.site.frag.outcome(r.patient, snap, h.id, a)
	}
	if r.seen == nil {
		r.seen = make(map[seenKey]snapshot)
	}
	r.seen[k] = snap
	return snap
}

// without fills a hole that has no value to show: the error view if the last run
// failed, else the default.
func (r *response) without(here *around, snap *snapshot) error {
	f := here.hole.site.frag
	state := f.state(here.hole.key, snap)
	if (snap.failure != nil || snap.viewFailed != nil) && r.set.looks[f].failed != "" {
		r.report.Failed++
		return r.failed(here, state, true)
	}
	switch {
	case snap.flight != nil || snap.render != nil:
		r.report.Pending++
	case snap.failure != nil || snap.viewFailed != nil:
		r.report.Failed++
	default:
		r.report.Idle++
	}
	return r.waiting(here, state, true)
}

// refuse fills a hole whose fragment cannot be shown in this place, whatever its
// state.
func (r *response) refuse(here *around, why error) error {
	r.report.Failed++
	h := here.hole
	return r.failed(here, State{Name: h.site.frag.name, Key: h.key, Reason: reason(why)}, false)
}

// misplaced is refuse with a record in the log.
func (r *response) misplaced(here *around, why error) error {
	h := here.hole
	h.site.frag.degraded(reason(why), "not shown", "run", runName{h.site.frag, h.key}, "at", h.site.position, "error", why)
	return r.refuse(here, why)
}

// failed writes the error view, or the default if there is none.
func (r *response) failed(here *around, state State, nested bool) error {
	name := r.set.looks[here.hole.site.frag].failed
	if name == "" {
		return r.waiting(here, state, nested)
	}
	return r.state(here, name, state, nested)
}

// waiting writes the default: DEFAULT if it was given, else NAME:default.
func (r *response) waiting(here *around, state State, nested bool) error {
	h := here.hole
	switch name := r.set.looks[h.site.frag].waiting; {
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
		return r.state(here, name, state, nested)
	}
	return nil
}

// state writes a default or error view. It is executed apart and then copied, so
// that one that fails half-way leaves nothing behind. Holes that stand in it are
// filled if nested says so: in a place that is refused because fragments contain
// each other they would be the same again.
func (r *response) state(here *around, name string, state State, nested bool) error {
	c, err := (&capturer{set: r.set, ctx: context.Background(), depth: r.set.maxDepth}).captured(r.set.respond, name, state)
	if err == nil && c.size() > max(r.left, 0) {
		err = r.tooLong()
	}
	if err != nil {
		r.stateFailed(here.hole, name, err)
		return nil
	}
	if !nested {
		here = nil
	}
	// What stands in a default or error view is not waited for: it may be what the
	// waiting run itself is to make.
	defer func(patient context.Context) { r.patient = patient }(r.patient)
	r.patient = nil
	return r.expand(c, here)
}

func (r *response) stateFailed(h *hole, name string, err error) {
	h.site.frag.counts.viewErrors.Add(1)
	h.site.frag.degraded("view", "view failed", "view", name, "run", runName{h.site.frag, h.key}, "at", h.site.position, "error", err)
}

// expand writes content and fills the holes in it; without them if here is nil.
func (r *response) expand(c *content, here *around) error {
	for i := range c.parts {
		p := &c.parts[i]
		if p.hole == nil {
			if err := r.print(p.text); err != nil {
				return err
			}
			continue
		}
		r.left -= holeCost
		if here == nil {
			continue
		}
		if err := r.fill(p.hole, here); err != nil {
			return err
		}
	}
	return nil
}

func (r *response) print(html string) error {
	r.left -= int64(len(html))
	_, err := io.WriteString(r.w, html)
	return err
}
