package async

import (
	"fmt"
	"html/template"
	"slices"
	"strings"

	"github.com/infill-go/infill/async/internal/bind"
)

// boundFuncs are the functions that a rewritten set calls, one for each site and
// page part. plain finds the value of a key for the places that cannot have a hole.
func (s *Set) boundFuncs(prepared *bind.Result, plain func(at *site, key any) (any, bool)) template.FuncMap {
	funcs := make(template.FuncMap, len(prepared.Sites)+len(prepared.PageParts))
	s.addPartFuncs(funcs, prepared.PageParts)
	for i, at := range prepared.Sites {
		switch {
		case at.Place == bind.Element:
			funcs[at.Call] = s.holeFunc(i, at.HasDefault)
		case at.HasDefault:
			funcs[at.Call] = func(key, def any) any {
				if v, ok := plain(&s.sites[i], key); ok {
					return v
				}
				return def
			}
		default:
			funcs[at.Call] = func(key any) any {
				if v, ok := plain(&s.sites[i], key); ok {
					return v
				}
				return s.sites[i].none(at.Func)
			}
		}
	}
	return funcs
}

func (s *Set) holeFunc(site int, hasDefault bool) any {
	if hasDefault {
		return func(key, def any) string {
			return s.tokens.issue(call{site: site, key: key, hasDefault: true, def: def})
		}
	}
	return func(key any) string { return s.tokens.issue(call{site: site, key: key}) }
}

// none is what stands for a value that there is not.
func (s *site) none(function string) any {
	if function == "asyncvalue" {
		return s.frag.zero
	}
	return ""
}

// plainNow is the value, as of now, for a place that cannot have a hole.
func (s *Set) plainNow(at *site, dot any) (any, bool) {
	key, id, ok := at.frag.keyAt(dot, at.position)
	if !ok {
		return nil, false
	}
	e := at.frag.look(id, ask{key: key}).entry
	if e == nil {
		return nil, false
	}
	if c, ok := e.Value.(*content); ok {
		return s.flat(&response{left: s.maxOutput}, c, standing{at.frag, id}), true
	}
	return e.Value, true
}

// plainInside is the same in a default or error view that itself stands in HTML for an
// attribute. What stands around counts, and so does what has been written.
func (s *Set) plainInside(outer *response, at *site, dot any) (any, bool) {
	key, id, ok := at.frag.keyAt(dot, at.position)
	if !ok {
		return nil, false
	}
	if outer.isInside(at.frag, id) || len(outer.around) > s.maxDepth {
		at.frag.notShown(errShownCycle, "run", runName{at.frag, key}, "at", at.position)
		return nil, false
	}
	e := at.frag.look(id, ask{key: key}).entry
	if e == nil {
		return nil, false
	}
	c, ok := e.Value.(*content)
	if !ok {
		return e.Value, true
	}
	r := &response{left: outer.left, around: slices.Clone(outer.around)}
	html := s.flat(r, c, standing{at.frag, id})
	outer.left = r.left
	return html, true
}

// plainWaited is the same in a capture: the value is waited for, because what is
// captured stays as it is. Where a fragment would so wait for itself, Bind has
// refused the set; a circle through functions that Wait is found when it is about
// to close. If there is no value, what is captured is used but not kept for long.
func (s *Set) plainWaited(c *runCopy, at *site, dot any) (any, bool) {
	if c.inside != nil {
		return s.plainInside(c.inside, at, dot)
	}
	key, id, ok := at.frag.keyAt(dot, at.position)
	if !ok {
		return nil, false
	}
	e, err := at.frag.wait(c.ctx, id, ask{key: key, depth: flightOf(c.ctx).depth + 1})
	if err != nil {
		c.lacks = true // counted and logged where it failed
		return nil, false
	}
	captured, ok := e.Value.(*content)
	if !ok {
		return e.Value, true
	}
	r := &response{patient: c.ctx, left: s.maxOutput}
	html := s.flat(r, captured, standing{at.frag, id})
	c.lacks = c.lacks || r.report.Ready < r.report.Holes()
	return html, true
}

// flat turns a template fragment's result into HTML with everything that is
// nested in it, as the response shows it.
func (s *Set) flat(r *response, c *content, own standing) template.HTML {
	var b strings.Builder
	r.begin(s, &b)
	r.flat, r.around = true, append(r.around, own)
	_ = r.expand(c, true) // a strings.Builder takes everything
	return template.HTML(b.String())
}

// keyAt turns a template's dot into a key, or logs that it cannot be one.
func (f *fragment) keyAt(dot any, place string) (key any, id string, ok bool) {
	key, id, err := f.convert(dot)
	if err != nil {
		f.badKey("no key", "at", place, "type", fmt.Sprintf("%T", dot), "error", err)
		return nil, "", false
	}
	return key, id, true
}
