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

// plain is the value for a place that cannot have a hole. In a response it is the
// value as of now; in a capture it is waited for, because what is captured stays
// as it is. Bind has made sure that fragments do not wait for each other in a
// circle.
func (s *Set) plain(at *site, key any, wait bool) (any, bool) {
	f := at.frag
	k, id, ok := f.keyAt(key, at.position)
	if !ok {
		return nil, false
	}
	var e *entry
	if wait {
		f.group.sched.lendOne()
		defer f.group.sched.backOne()
		e, _ = f.wait(f.group.base, id, ask{key: k}) // an error is counted and logged where it happened
	} else {
		e = f.look(id, ask{key: k}).entry
	}
	if e == nil {
		return nil, false
	}
	if c, ok := e.value.(*content); ok {
		h := &hole{site: at, key: k, id: id}
		return s.flat(h, c, wait), true
	}
	return e.value, true
}

// flat turns a template fragment's result into HTML with everything that is
// nested in it: as of now, or waited for.
func (s *Set) flat(h *hole, c *content, wait bool) template.HTML {
	var b strings.Builder
	r := &response{set: s, w: &b, left: s.maxOutput, patient: wait}
	_ = r.expand(c, &around{hole: h}) // a strings.Builder takes everything
	return template.HTML(b.String())
}

// keyAt turns a template's dot into a key, or logs that it cannot be one.
func (f *fragment) keyAt(dot any, place string) (key any, id string, ok bool) {
	key, id, err := f.convert(dot)
	if err != nil {
		f.degraded("key", "no key", "at", place, "type", fmt.Sprintf("%T", dot), "error", err)
		return nil, "", false
	}
	return key, id, true
}
