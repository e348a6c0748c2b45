package bind

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"text/template/parse"
)

// misplacement is why a call cannot stand where it stands, and the remedies.
type misplacement struct {
	why     string // "stands in …"
	mend    string // what to do about the place, whatever stands there, or ""
	instead string // what else to do where async stands, or ""
}

// refusal is the text for a call of fn.
func (m *misplacement) refusal(fn string) string {
	remedy, also := m.mend, m.instead
	if fn != asyncFunc {
		remedy, also = cmp.Or(m.mend, pagePartRemedy[fn]), ""
	}
	if remedy != "" && also != "" {
		remedy += ", or "
	}
	return m.why + "; " + remedy + also
}

// checkPlaces refuses every call that stands alone in its action where neither a hole nor plain text can stand.
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
				bad.add(c.at, "%s %s", c.title(), why)
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
		v, c := out.visits[p], s.templates[p.template].calls[i]
		if !v.sites[i].reached {
			return "is never reached: a {{break}} or {{continue}} stands before it; remove it", nil
		}
		st, err := c.standing(parseContext(v.sites[i].context))
		if err != nil {
			return "", err
		}
		if st.refused != nil {
			return st.refused.refusal(c.fn) + s.way(v.at), nil
		}
		if err := st.confirm(v.sites[i].escaper); err != nil {
			return "", err
		}
		places = append(places, st.place)
	}
	fn := s.templates[pairs[0].template].calls[i].fn
	if m := s.scanned(fn, places, states); m != nil {
		return m.refusal(fn), nil
	}
	return "", nil
}

// way tells through which call a template has come into a context.
func (s *set) way(at *step) string {
	if at.from == nil {
		return ""
	}
	caller := s.templates[at.from.pair.template]
	return fmt.Sprintf(" (template %q is called there at %s)", at.pair.template, caller.callees[at.call])
}

// scanned returns why a call of fn cannot stand in one of the states of the browser's reading, or nil. Where that reading and html/template's
// differ, as they may where tags are put together from pieces, the place is not certain.
func (s *set) scanned(fn string, places []Place, states stateSet) *misplacement {
	var worst, doubt *misplacement
	found := make(map[Place]bool)
	for state := range states {
		m := cmp.Or(s.refusedIn(state), s.refusedInForeign(fn, state), s.refusedInHead(fn, state))
		if m != nil && (worst == nil || m.why > worst.why) { // whichever it is, it must be the same each time
			worst = m
		}
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
	return cmp.Or(worst, doubt)
}

var uncertain = &misplacement{
	why:  "stands where html/template and browsers may read the tags around it differently",
	mend: "write these tags out in one piece", instead: "use asyncvalue",
}

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

// refusedIn returns why neither a hole nor text may stand in the state, or nil.
func (s *set) refusedIn(state scanState) *misplacement {
	opened := s.tagAt("opened", state.start)
	switch {
	case state.kind == inRaw && state.raw == computed:
		return &misplacement{"stands behind a tag whose name is computed, which may be one with raw text" + opened,
			"write that tag's name out", "use asyncvalue"}
	case state.kind == inRaw && state.raw != "title" && state.raw != "textarea":
		return &misplacement{why: "stands inside <" + state.raw + ">" + opened + ", whose content is not read as elements",
			instead: "move it out, or use asyncvalue"}
	case state.kind == inData && state.noscript:
		return &misplacement{why: "stands inside <noscript>" + s.tagAt("opened", state.inert) + ", whose content is not on a page with scripts",
			instead: "move it out, or use asyncvalue"}
	case state.kind == inData && state.depth > 0:
		return &misplacement{why: "stands inside <template>" + s.tagAt("opened", state.inert) + ", whose content is not part of the page",
			instead: "move it out, or use asyncvalue"}
	case state.kind == inDoctype:
		return &misplacement{why: "stands in the doctype", instead: "move it out"}
	case state.kind == inValue || state.kind == beforeValue:
		return refusedAttribute(state.attr, s.tagAt("of the tag", state.start))
	}
	return nil
}

func refusedAttribute(class, where string) *misplacement {
	where = "stands in an attribute" + where
	switch class {
	case "":
		return nil
	case computed:
		return &misplacement{why: where + " whose name is computed and may be srcdoc or an event handler's",
			instead: "write the name out, or use asyncvalue"}
	case "srcdoc":
		return &misplacement{why: strings.Replace(where, "an attribute", "a srcdoc attribute", 1) + ", whose value is a document of its own",
			instead: "load it with src, or use asyncvalue"}
	}
	return &misplacement{why: where + " that browsers read as " + class + "… because a slash ends a name",
		instead: "put a space in place of the slash, or use asyncvalue"}
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
		if out.visits[p].end == p.context || !slices.Contains(below, p) || !slices.ContainsFunc(below, s.hasPlaced) {
			continue
		}
		bad.add(s.templates[p.template].start(), "template %q calls itself and ends in another context than it begins in, "+
			"so that the places in it are not certain; close in it what it opens", p.template)
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

// hasPlaced reports whether the template has a call whose place matters.
func (s *set) hasPlaced(p pair) bool {
	src := s.templates[p.template]
	return src != nil && slices.ContainsFunc(src.calls, func(c call) bool { return c.action != nil })
}
