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

// checkCycles refuses fragments that would wait for each other. A fragment in element content is a hole in the HTML around it
// and is not waited for; a value in an attribute or from asyncvalue is, when that HTML is made.
func (s *set) checkCycles(out *seen, fragments []Fragment, bad *refusals) {
	waits := make(map[string][]wait)
	for _, f := range fragments {
		look := f.Name
		if f.Registered {
			look += ":" + viewSuffix
		}
		waits[f.Name] = s.waits(out, pair{template: look})
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
			told[w.name] = true
			names = append(names, fmt.Sprintf("%q", w.name))
		}
		each := "each would wait for the next"
		if len(cycle) == 1 {
			each = "it would wait for itself"
		}
		bad.add(cycle[0].at, "the values of fragments form a cycle, %q -> %s: %s; put one of them in element content, as async alone",
			f.Name, strings.Join(names, " -> "), each)
	}
}

// waits returns what the HTML of a template contains as text, in the template itself and in those it calls.
func (s *set) waits(out *seen, look pair) []wait {
	var all []wait
	for _, p := range append([]pair{look}, out.below(look)...) {
		v := out.visits[p]
		if v == nil {
			continue
		}
		for i, c := range s.templates[p.template].calls {
			if !c.broken && (c.action == nil || v.place(i) == Text) {
				all = append(all, wait{c.name, c.at})
			}
		}
	}
	return all
}

// place returns the kind of place of the i-th use; a refused one counts as text.
func (v *visit) place(i int) Place {
	st, err := parseContext(v.sites[i].context).standing()
	if err != nil || st.refused != "" {
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
