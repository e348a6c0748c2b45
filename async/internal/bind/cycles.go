package bind

import (
	"fmt"
	"slices"
	"strings"
)

// wait is one fragment whose value another one's HTML needs.
type wait struct {
	name string
	at   position
}

// flat is what the name of a fragment ends in where its HTML with all that is nested in it is meant.
const flat = ":flat"

// checkCycles refuses fragments that would wait for each other. A fragment in element content is a hole in the HTML around it
// and is not waited for; a value in an attribute or from asyncvalue is, when that HTML is made. The value of a template fragment
// is HTML that has no holes left, so everything nested in it is waited for with it.
func (s *set) checkCycles(out *seen, fragments []Fragment, bad *refusals) {
	registered := make(map[string]bool)
	for _, f := range fragments {
		registered[f.Name] = f.Registered
	}
	waits := make(map[string][]wait)
	for _, f := range fragments {
		look := f.Name
		if f.Registered {
			look += ":" + viewSuffix
		}
		for _, look := range []string{look, f.Name + ":" + staleSuffix} { // both are made in the run
			for _, w := range s.nested(out, pair{template: look}, Text) {
				waits[f.Name] = append(waits[f.Name], w)
				if !registered[w.name] {
					waits[f.Name] = append(waits[f.Name], wait{w.name + flat, w.at})
				}
			}
			for _, w := range s.nested(out, pair{template: look}, Element) {
				waits[f.Name+flat] = append(waits[f.Name+flat], w, wait{w.name + flat, w.at})
			}
		}
	}
	told := make(map[string]bool)
	for _, f := range fragments {
		if told[f.Name] {
			continue
		}
		cycle := shortestCycle(waits, f.Name)
		if cycle == nil {
			continue
		}
		var names []string
		for _, w := range cycle {
			name := strings.TrimSuffix(w.name, flat)
			told[name] = true
			names = append(names, fmt.Sprintf("%q", name))
		}
		each := "each would wait for the next"
		if len(cycle) == 1 {
			each = "it would wait for itself"
		}
		bad.add(cycle[0].at, "the values of fragments form a cycle, %q -> %s: %s; put one of them in element content, as async alone",
			f.Name, strings.Join(names, " -> "), each)
	}
}

// nested returns what the HTML of a template contains in places of one kind, in the template itself and in those it calls.
func (s *set) nested(out *seen, look pair, in Place) []wait {
	var all []wait
	for _, p := range append([]pair{look}, out.below(look)...) {
		v := out.visits[p]
		if v == nil {
			continue
		}
		for i, c := range s.templates[p.template].calls {
			place := Text
			if c.action != nil {
				place = v.place(i)
			}
			if !c.broken && place == in {
				all = append(all, wait{c.name, c.at})
			}
		}
	}
	return all
}

// place returns the kind of place of the i-th use; a refused one counts as text.
func (v *visit) place(i int) Place {
	st, err := parseContext(v.sites[i].context).standing()
	if err != nil || st.refused != nil {
		return Text
	}
	return st.place
}

// shortestCycle returns the waits that lead from a name back to it, or nil.
func shortestCycle(waits map[string][]wait, from string) []wait {
	ways := [][]wait{nil}
	done := make(map[string]bool)
	for len(ways) > 0 {
		way := ways[0]
		ways = ways[1:]
		last := from
		if len(way) > 0 {
			last = way[len(way)-1].name
		}
		for _, w := range waits[last] {
			next := append(slices.Clip(way), w)
			if w.name == from {
				return next
			}
			if !done[w.name] {
				done[w.name] = true
				ways = append(ways, next)
			}
		}
	}
	return nil
}
