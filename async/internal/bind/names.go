package bind

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"text/template/parse"
)

// The suffixes of the templates that show something for a fragment.
const (
	viewSuffix    = "view"
	defaultSuffix = "default"
	errorSuffix   = "error"
	staleSuffix   = "stale"
)

var suffixes = []string{viewSuffix, defaultSuffix, errorSuffix, staleSuffix}

// defines reports whether the set has a template of this name with something in it. An empty one does not count as a
// fragment: template.New("ps").Parse(…) leaves one where the text consists of definitions only.
func (s *set) defines(name string) bool {
	src := s.templates[name]
	return src != nil && !parse.IsEmptyTree(src.tree.Root)
}

// has reports whether the set has a template of this name, maybe an empty one: an empty NAME:default shows nothing.
func (s *set) has(name string) bool { return s.templates[name] != nil }

// checkNames refuses calls of unknown and of ambiguous fragments, and views of nothing, and returns the fragments that are used.
func (s *set) checkNames(c Config, bad *refusals) []Fragment {
	if c.Registered == nil {
		c.Registered = func(string) bool { return false }
	}
	used := make(map[string]Fragment)
	for _, template := range s.names {
		calls := s.templates[template].calls
		for i := range calls {
			if name := calls[i].name; name != "" {
				used[name] = Fragment{Name: name, Registered: c.Registered(name)}
				s.checkName(&calls[i], used[name], c, bad)
			}
		}
	}
	fragments := s.checkViews(used, c.Registered, bad)
	slices.SortFunc(fragments, func(a, b Fragment) int { return strings.Compare(a.Name, b.Name) })
	return fragments
}

func (s *set) checkName(one *call, f Fragment, c Config, bad *refusals) {
	switch defined := s.defines(f.Name); {
	case one.broken:
		// What is wrong with it comes first: its name may be right once that is mended.
	case f.Registered && defined:
		bad.add(one.at, "%s %q: the fragment %q is registered, and the set defines a template of the same name; "+
			"rename one of them (a template that shows the value is called %q)", one.fn, f.Name, f.Name, f.Name+":"+viewSuffix)
	case !f.Registered && !defined:
		bad.add(one.at, "%s %q: no fragment of this name is registered and no template of this name is defined%s",
			one.fn, f.Name, s.guess(f.Name, c))
		one.broken = true
	}
}

// checkViews fills in which views the used fragments have.
func (s *set) checkViews(used map[string]Fragment, registered func(string) bool, bad *refusals) []Fragment {
	for _, template := range s.names {
		name, suffix, ok := strings.Cut(template, ":")
		if !ok || name == "" {
			continue
		}
		at, known := s.templates[template].start(), slices.Contains(suffixes, suffix)
		f, isUsed := used[name]
		switch {
		case !isUsed && known && !registered(name):
			bad.add(at, "template %q: no fragment %q is registered or used by the set%s", template, name, meant(name, slices.Collect(maps.Keys(used))))
		case !isUsed:
			// Either a view of a fragment that this set does not use, or a name that has nothing to do with fragments.
		case !known:
			bad.add(at, "template %q: the templates of a fragment are %s; rename this one", template, listed(name))
		case suffix == viewSuffix && !f.Registered && s.defines(name):
			bad.add(at, "template %q: the fragment %q is a template itself, which is its look; put this into it, or register a fragment %q",
				template, name, name)
		}
	}
	fragments := make([]Fragment, 0, len(used))
	for name, f := range used {
		f.View, f.Default = s.has(name+":"+viewSuffix), s.has(name+":"+defaultSuffix)
		f.Error, f.Stale = s.has(name+":"+errorSuffix), s.has(name+":"+staleSuffix)
		fragments = append(fragments, f)
	}
	return fragments
}

// listed names the four templates of a fragment.
func listed(name string) string {
	var quoted []string
	for _, suffix := range suffixes {
		quoted = append(quoted, fmt.Sprintf("%q", name+":"+suffix))
	}
	return strings.Join(quoted, ", ")
}

// guess returns the remedy for an unknown name.
func (s *set) guess(name string, c Config) string {
	var candidates []string
	for _, template := range s.names {
		if !strings.Contains(template, ":") && s.defines(template) {
			candidates = append(candidates, template)
		}
	}
	if c.Names != nil {
		candidates = append(candidates, c.Names()...)
	}
	return meant(name, candidates)
}

// meant returns "; did you mean …?" if exactly one candidate is nearest and near, else what to do.
func meant(name string, candidates []string) string {
	const remedy = "; register it (in the group of Options.Group), define it, or correct the name"
	best, nearest := min(2, len(name)/2)+1, ""
	for _, c := range candidates {
		switch d := distance(strings.ToLower(name), strings.ToLower(c)); {
		case d < best:
			best, nearest = d, c
		case d == best && c != nearest:
			nearest = ""
		}
	}
	if nearest == "" {
		return remedy
	}
	return fmt.Sprintf("; did you mean %q?", nearest)
}

// distance counts the letters to insert, delete, replace, or swap with their neighbour, to make b of a.
func distance(a, b string) int {
	x, y := []rune(a), []rune(b)
	var before, last []int
	row := make([]int, len(y)+1)
	for j := range row {
		row[j] = j
	}
	for i := 1; i <= len(x); i++ {
		before, last, row = last, row, make([]int, len(y)+1)
		row[0] = i
		for j := 1; j <= len(y); j++ {
			cost := 1
			if x[i-1] == y[j-1] {
				cost = 0
			}
			row[j] = min(last[j]+1, row[j-1]+1, last[j-1]+cost)
			if i > 1 && j > 1 && x[i-1] == y[j-2] && x[i-2] == y[j-1] {
				row[j] = min(row[j], before[j-2]+1)
			}
		}
	}
	return row[len(y)]
}
