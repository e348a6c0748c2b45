package bind

import (
	"cmp"
	"fmt"
	"slices"
	"text/template/parse"
)

// checkPlaces refuses every async that stands where no hole and no plain text can stand.
func (s *set) checkPlaces(out *seen, bad *refusals) error {
	states, tooMany := s.follow(out)
	if tooMany != nil {
		bad.add(tooMany.start(), "template %q: its tags are put together from so many branches that they cannot be followed; "+
			"write each tag out in one piece", tooMany.name)
		return nil
	}
	visits := make(map[string][]pair)
	for _, p := range out.visited {
		visits[p.template] = append(visits[p.template], p)
	}
	for _, name := range s.names {
		src := s.templates[name]
		for i, c := range src.calls {
			if c.action == nil || len(visits[name]) == 0 {
				continue
			}
			why, err := s.objection(out, visits[name], i, states[c.action])
			if err != nil {
				return fmt.Errorf("%s: %w", c.at, err)
			}
			if why != "" {
				bad.add(c.at, "async %q %s", c.name, why)
			}
		}
		s.checkRecursion(out, visits[name], bad)
	}
	return nil
}

// objection returns why the i-th use of a template cannot stand where it stands, or "". What html/template sees counts first,
// because it knows each context exactly.
func (s *set) objection(out *seen, pairs []pair, i int, states stateSet) (string, error) {
	var places []Place
	for _, p := range pairs {
		v := out.visits[p]
		if !v.sites[i].reached {
			return "is never reached: a {{break}} or {{continue}} stands before it; remove it", nil
		}
		st, err := parseContext(v.sites[i].context).standing()
		if err != nil {
			return "", err
		}
		if st.refused != "" {
			return st.refused + s.way(v.at), nil
		}
		if err := st.confirm(v.sites[i].escaper); err != nil {
			return "", err
		}
		places = append(places, st.place)
	}
	return s.scanned(places, states), nil
}

// way tells through which call a template has come into a context.
func (s *set) way(at *step) string {
	if at.from == nil {
		return ""
	}
	caller := s.templates[at.from.pair.template]
	return fmt.Sprintf(" (template %q is called there at %s)", at.pair.template, caller.callees[at.call])
}

// scanned returns why a call cannot stand in one of the states of the browser's reading. Where that reading and html/template's
// differ, as they may where tags are put together from pieces, the place is not certain.
func (s *set) scanned(places []Place, states stateSet) string {
	var why, doubt string
	found := make(map[Place]bool)
	for state := range states {
		why = max(why, s.refusedIn(state)) // whichever it is, it must be the same each time
		place, ok := state.place()
		found[place] = found[place] || ok
		if !ok || !slices.Contains(places, place) {
			doubt = uncertain
		}
	}
	for _, place := range places {
		if !found[place] {
			doubt = uncertain
		}
	}
	return cmp.Or(why, doubt)
}

const uncertain = "stands where html/template and browsers may read the tags around it differently; " +
	"write these tags out in one piece, or use asyncvalue"

// place is the kind of place that a browser sees, or false for none.
func (s scanState) place() (Place, bool) {
	switch s.kind {
	case inData:
		return Element, true
	case inValue, beforeValue, inRaw:
		return Text, true
	}
	return 0, false
}

// refusedIn returns why neither a hole nor text may stand in the state.
func (s *set) refusedIn(state scanState) string {
	switch {
	case state.kind == inRaw && state.raw == computed:
		return "stands behind a tag whose name is computed, which may be one with raw text" + s.tagAt("opened", state.start) +
			"; write that tag's name out, or use asyncvalue"
	case state.kind == inRaw && state.raw != "title" && state.raw != "textarea":
		return fmt.Sprintf("stands inside <%s>%s, whose content is not read as elements; move it out, or use asyncvalue",
			state.raw, s.tagAt("opened", state.start))
	case state.kind == inData && state.noscript:
		return "stands inside <noscript>" + s.tagAt("opened", state.inert) + ", where a hole is never filled; move it out, or use asyncvalue"
	case state.kind == inData && state.depth > 0:
		return "stands inside <template>" + s.tagAt("opened", state.inert) + ", whose content is not part of the page; move it out, or use asyncvalue"
	case state.kind == inDoctype:
		return "stands in the doctype; move it out"
	case state.kind == inValue || state.kind == beforeValue:
		return refusedAttribute(state.attr, s.tagAt("of the tag", state.start))
	}
	return ""
}

func refusedAttribute(class, where string) string {
	switch class {
	case "":
		return ""
	case computed:
		return "stands in an attribute" + where + " whose name is computed and may be srcdoc or an event handler's; " +
			"write the name out, or use asyncvalue"
	case "srcdoc":
		return "stands in a srcdoc attribute" + where + ", whose value is a document of its own; load it with src, or use asyncvalue"
	}
	return fmt.Sprintf("stands in an attribute%s that browsers read as %s… because a slash ends a name; "+
		"put a space in place of the slash, or use asyncvalue", where, class)
}

// tagAt tells where a tag is: it may be in another template.
func (s *set) tagAt(what string, tag origin) string {
	if tag.text == nil {
		return ""
	}
	return fmt.Sprintf(" (%s at %s)", what, positionOf(new(parse.Tree), tag.text).after(tag.text.Text[:tag.offset]))
}

// checkRecursion refuses a template that calls itself and ends in another context than it began in. For these html/template
// looks for a fixed point: it takes the escapers from reading the template as if it began where it ends.
func (s *set) checkRecursion(out *seen, pairs []pair, bad *refusals) {
	for _, p := range pairs {
		below := out.below(p)
		if out.visits[p].end == p.context || !slices.Contains(below, p) || !slices.ContainsFunc(below, s.hasAsync) {
			continue
		}
		bad.add(s.templates[p.template].start(), "template %q calls itself and ends in another context than it begins in, "+
			"so that the place of an async in it is not certain; close in it what it opens", p.template)
		return
	}
}

// below returns every pair that p calls, directly or not, once; p itself only if it is called again.
func (s *seen) below(p pair) []pair {
	var all []pair
	done := make(map[pair]bool)
	var walk func(pair)
	walk = func(p pair) {
		if s.visits[p] == nil {
			return
		}
		for _, q := range s.visits[p].calls {
			if !done[q] {
				done[q] = true
				all = append(all, q)
				walk(q)
			}
		}
	}
	walk(p)
	return all
}

func (s *set) hasAsync(p pair) bool {
	src := s.templates[p.template]
	return src != nil && slices.ContainsFunc(src.calls, func(c call) bool { return c.action != nil })
}
