package bind

import (
	"fmt"
	"html/template"
	"slices"
	"strconv"
	"strings"
	"text/template/parse"
)

// rewrite returns a copy of the set in which every call calls the function of its place.
//
// A template whose calls stand in different kinds of places, depending on where it is called from, gets a second copy, and its
// callers call the one that fits. Which copies are needed is found as one minimizes an automaton: first the pairs of template
// and context differ that have different places, then those that call pairs that differ.
func (s *set) rewrite(out *seen, fragments []Fragment) (*Result, error) {
	clone, err := s.own.Clone()
	if err != nil {
		return nil, err
	}
	w := &writer{set: s, out: out, clone: clone, functions: make(map[siteKey]string)}
	w.sort()
	w.number()
	for _, c := range w.copies {
		if err := w.write(c); err != nil {
			return nil, err
		}
	}
	return &Result{Set: w.clone, Sites: w.sites, PageParts: w.pageParts, Fragments: fragments, from: s, alone: out.alone(s)}, nil
}

// writer rewrites one set.
type writer struct {
	set       *set
	out       *seen
	clone     *template.Template
	copies    []variant       // in the order of their templates' names, the first of each under its own name
	named     map[pair]string // which copy a pair is
	sites     []Site
	pageParts []PagePart
	functions map[siteKey]string // what each use calls now
}

// variant is one copy of a template, and one of the pairs that it serves.
type variant struct {
	name string
	pair pair
}

// siteKey is the n-th use of a template, in one kind of place.
type siteKey struct {
	template string
	use      int
	place    Place
}

// sort finds the copies.
func (w *writer) sort() {
	pairs := slices.Clone(w.out.visited)
	slices.SortFunc(pairs, func(a, b pair) int {
		return strings.Compare(a.template+"\x00"+a.context, b.template+"\x00"+b.context)
	})
	class := make(map[pair]int)
	for known := -1; ; {
		numbers, next := make(map[string]int), make(map[pair]int)
		for _, p := range pairs {
			key := w.signature(p, class)
			if _, ok := numbers[key]; !ok {
				numbers[key] = len(numbers)
			}
			next[p] = numbers[key]
		}
		class = next
		if len(numbers) == known {
			break
		}
		known = len(numbers)
	}
	w.nameCopies(pairs, class)
}

// signature is equal for two pairs that no difference is known of.
func (w *writer) signature(p pair, class map[pair]int) string {
	var b strings.Builder
	v := w.out.visits[p]
	fmt.Fprintf(&b, "%q %d", p.template, class[p])
	for i, c := range w.set.templates[p.template].calls {
		if c.action != nil {
			fmt.Fprint(&b, " ", v.place(i))
		}
	}
	for _, q := range v.calls {
		fmt.Fprint(&b, " ", class[q])
	}
	return b.String()
}

// nameCopies gives the first copy of a template the template's name. The pairs are sorted, so that this is the one in
// element content, which is the one that is executed by its name.
func (w *writer) nameCopies(pairs []pair, class map[pair]int) {
	w.named = make(map[pair]string)
	names := make(map[int]string)
	count := make(map[string]int)
	for _, p := range pairs {
		name, ok := names[class[p]]
		if !ok {
			count[p.template]++
			name = w.nameCopy(p.template, count[p.template])
			names[class[p]] = name
			w.copies = append(w.copies, variant{name, p})
		}
		w.named[p] = name
	}
}

func (w *writer) nameCopy(name string, number int) string {
	if number == 1 {
		return name
	}
	name += "·" + strconv.Itoa(number)
	for w.set.templates[name] != nil {
		name += "·"
	}
	return name
}

// number gives each use in each kind of place its index: by template name, position, place.
func (w *writer) number() {
	taken := make(map[siteKey]bool)
	for _, c := range w.copies {
		for i := range w.set.templates[c.pair.template].calls {
			taken[w.key(c, i)] = true
		}
	}
	for _, name := range w.set.names {
		for i, c := range w.set.templates[name].calls {
			for _, place := range []Place{Element, Text} {
				key := siteKey{name, i, place}
				if !taken[key] {
					continue
				}
				if c.isPagePart() {
					w.functions[key] = w.addPagePart(c)
				} else {
					w.functions[key] = w.addSite(c, name, place)
				}
			}
		}
	}
}

func (w *writer) addSite(c call, in string, place Place) (function string) {
	function = callOf(c.fn, place, len(w.sites))
	w.sites = append(w.sites, Site{
		Call: function, Func: c.fn, Name: c.name, Template: in,
		Position: c.at.String(), Place: place, HasDefault: c.hasDefault,
	})
	return function
}

func (w *writer) addPagePart(c call) (function string) {
	function = callOf(c.fn, Element, len(w.pageParts))
	w.pageParts = append(w.pageParts, PagePart{Call: function, Func: c.fn, Position: c.at.String()})
	return function
}

func (w *writer) key(c variant, use int) siteKey {
	place := Text
	if w.set.templates[c.pair.template].calls[use].action != nil {
		place = w.out.visits[c.pair].place(use)
	}
	return siteKey{c.pair.template, use, place}
}

// write puts one copy into the clone.
func (w *writer) write(c variant) error {
	src := w.set.templates[c.pair.template]
	tree := w.clone.Lookup(src.name).Tree
	if c.name != src.name {
		tree = src.tree.Copy()
		if _, err := w.clone.AddParseTree(c.name, tree); err != nil {
			return err
		}
	}
	x := indexForWriting(tree.Root)
	for i, u := range x.uses {
		w.writeCall(tree, u, w.functions[w.key(c, i)])
	}
	for i, call := range x.calls {
		if name, ok := w.named[w.out.visits[c.pair].calls[i]]; ok {
			call.Name = name
		}
	}
	return nil
}

// writeCall puts the function in place of async and the fragment's name. The identifier keeps the position in the user's text,
// which run-time errors name.
func (w *writer) writeCall(tree *parse.Tree, u use, function string) {
	u.call.Args[0] = parse.NewIdentifier(function).SetTree(tree).SetPos(u.ident.Pos)
	if len(u.call.Args) > 1 { // a page part has no arguments
		u.call.Args = slices.Delete(u.call.Args, 1, 2)
	}
}

// callOf names the function of a use so that run-time errors, which show it, tell what it is.
func callOf(fn string, place Place, index int) string {
	kind := strings.TrimPrefix(fn, asyncFunc) // value, script, status
	if fn == asyncFunc {
		kind = map[Place]string{Element: "hole", Text: "text"}[place]
	}
	return "_async_" + kind + strconv.Itoa(index)
}
