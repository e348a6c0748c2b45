package bind

import (
	"errors"
	"html/template"
	"slices"
)

// pair is a template in a context: the context is what html/template puts behind the template's name when it calls it there,
// "" in element content.
type pair struct {
	template, context string
}

// visit is what html/template has done with a template in a context.
type visit struct {
	at    *step
	sites []sighting // one for each use in the source, zero unless it is an async of its own
	calls []pair     // one for each {{template}}
	end   string     // the context behind the template's last byte
}

// sighting is what was seen of one async action.
type sighting struct {
	reached          bool
	context, escaper string
}

// step is one {{template}} on the way from a template in element content to a pair.
type step struct {
	from *step
	pair pair
	call int // which {{template}} of from's template; of no meaning at the first
}

// seen is all that html/template was seen to do with a set.
type seen struct {
	visits  map[pair]*visit
	visited []pair           // in the order of discovery
	failed  map[string]error // by template: html/template's error where it is executed by itself
	lost    []error          // of templates that failed in their callers, which did not fail
}

// explore lets html/template escape the set and looks at the result, without executing anything of it.
//
// html/template escapes when a template is executed, so each template is put behind an action that ends the execution. In
// front of each async stands a call of an empty template: html/template renames that call by its context, which tells more
// than the action's escapers do. A template that is called from another context than element content is escaped as a copy
// that nobody can see; so the template's text is put into its caller in place of the call, in another round with a fresh copy
// of the set, until no new pair of template and context turns up.
func (s *set) explore() (*seen, error) {
	out := &seen{visits: make(map[pair]*visit), failed: make(map[string]error)}
	var steps []*step
	for _, name := range s.names {
		steps = append(steps, &step{pair: pair{template: name}})
	}
	planned := make(map[pair]bool)
	for len(steps) > 0 {
		before := len(out.visited)
		if err := s.round(steps, out); err != nil {
			return nil, err
		}
		steps = nil
		for _, seen := range out.visited[before:] {
			v := out.visits[seen]
			for i, p := range v.calls {
				if s.templates[p.template] != nil && out.visits[p] == nil && !planned[p] {
					planned[p] = true
					steps = append(steps, &step{from: v.at, pair: p, call: i})
				}
			}
		}
	}
	return out, nil
}

// round lets html/template escape a probe of each step. An execution costs html/template time for every template that it has
// escaped before, so that all steps are tried in one; only if that fails in groups, and what fails there one by one.
func (s *set) round(steps []*step, out *seen) (err error) {
	for _, size := range []int{len(steps), 16, 1} {
		if steps, err = s.try(steps, size, out); err != nil || len(steps) == 0 {
			return err
		}
	}
	return nil
}

// try escapes the steps in groups of size, in one copy of the set, because html/template takes no new template after the
// first execution. It returns those of the groups that failed; a step that fails alone has failed for good.
func (s *set) try(steps []*step, size int, out *seen) (again []*step, err error) {
	l, err := s.newLab()
	if err != nil {
		return nil, err
	}
	var groups []*group
	for some := range slices.Chunk(steps, size) {
		g, err := l.add(s, some)
		if err != nil {
			return nil, err
		}
		groups = append(groups, g)
	}
	if err := l.selfTest(); err != nil {
		return nil, err
	}
	for _, g := range groups {
		switch err := l.escape(g.name); {
		case errors.Is(err, errStop) && g.endsInText(l):
			if err := g.read(l, s, out); err != nil {
				return nil, err
			}
		case size == 1:
			out.fail(g.probes[0].at, err)
		default:
			again = append(again, g.steps()...)
		}
	}
	return again, nil
}

// fail keeps html/template's error. For a template by itself it gets the name that it would have without the probe.
func (s *seen) fail(at *step, err error) {
	name := at.pair.template
	if e, ok := err.(*template.Error); ok {
		renamed := *e
		renamed.Name = name
		err = &renamed
	}
	if at.from != nil {
		s.lost = append(s.lost, err)
		return
	}
	s.failed[name] = err
}

// alone are the templates that did not fail by themselves.
func (s *seen) alone(from *set) []string {
	return slices.DeleteFunc(slices.Clone(from.names), func(name string) bool { return s.failed[name] != nil })
}

// failures returns html/template's errors. A template that fails by itself but not in its callers, such as one that ends
// inside a tag, is no failure unless it is a fragment or a view, which are executed by themselves.
func (s *seen) failures(from *set, fragments []Fragment) error {
	alone := make(map[string]bool)
	for _, f := range fragments {
		if !f.Registered {
			alone[f.Name] = true
		}
		for _, suffix := range suffixes {
			alone[f.Name+":"+suffix] = true
		}
	}
	called := make(map[string]bool)
	for _, p := range s.visited {
		called[p.template] = true
	}
	errs := s.lost
	for _, name := range from.names {
		if err := s.failed[name]; err != nil && (alone[name] || !called[name]) {
			errs = append(errs, err)
		}
	}
	told := make(map[string]bool)
	errs = slices.DeleteFunc(errs, func(err error) bool {
		again := told[err.Error()]
		told[err.Error()] = true
		return again
	})
	return errors.Join(errs...)
}
