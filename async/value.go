package async

import (
	"fmt"
	"html/template"
	"strings"

	"github.com/infill-go/infill/async/internal/bind"
)

// boundFuncs are the functions that a rewritten set calls. plain finds the value
// of a key for the places that cannot have a hole.
func (s *Set) boundFuncs(plain func(at *site, key any) (any, bool)) template.FuncMap {
	orElse := func(site int, key any, def []any, none func(*fragment) any) any {
		at := &s.sites[site]
		if v, ok := plain(at, key); ok {
			return v
		}
		if len(def) > 0 {
			return def[0]
		}
		return none(at.frag)
	}
	return template.FuncMap{
		bind.HoleFunc: func(site int, key any, def ...any) template.HTML {
			return s.tokens.issue(site, key, def)
		},
		bind.TextFunc: func(site int, key any, def ...any) any {
			return orElse(site, key, def, func(*fragment) any { return "" })
		},
		bind.ValueFunc: func(site int, key any, def ...any) any {
			return orElse(site, key, def, func(f *fragment) any { return f.zero })
		},
	}
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
	return s.flat(&response{}, at, key, id, e.Value), true
}

// plainWaited is the same in a capture: the value is waited for, because what is
// captured stays as it is. Where a fragment would so wait for itself, Bind has
// refused the set; a circle through functions that Wait is found when it is about
// to close. If there is no value, what is captured is used but not kept for long.
func (s *Set) plainWaited(c *runCopy, at *site, dot any) (any, bool) {
	key, id, ok := at.frag.keyAt(dot, at.position)
	if !ok {
		return nil, false
	}
	e, err := at.frag.wait(c.ctx, id, ask{key: key, depth: flightOf(c.ctx).depth + 1})
	if err != nil {
		c.lacks = true // counted and logged where it failed
		return nil, false
	}
	r := &response{patient: c.ctx}
	value := s.flat(r, at, key, id, e.Value)
	c.lacks = c.lacks || r.report.Ready < r.report.Holes()
	return value, true
}

// flat turns a template fragment's result into HTML with everything that is
// nested in it, as the response shows it. Other values are what they are.
func (s *Set) flat(r *response, at *site, key any, id string, value any) any {
	c, ok := value.(*content)
	if !ok {
		return value
	}
	var b strings.Builder
	r.set, r.w, r.left = s, &b, s.maxOutput
	_ = r.expand(c, &around{hole: &hole{site: at, key: key, id: id}}) // a strings.Builder takes everything
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
