package bind

import (
	"slices"
	"strings"
)

// computed stands for a name that an action prints a part of.
const computed = "?"

// The names that are looked for. Longer ones are cut, which makes them none of these.
const longestName = len("annotation-xml") + 1

var (
	rawElements   = []string{"script", "style", "title", "textarea", "iframe", "xmp", "noembed", "noframes", "plaintext"}
	inertElements = []string{"template", "noscript"}
	headElements  = []string{"base", "basefont", "bgsound", "link", "meta", "noframes", "noscript", "script", "style", "template", "title"}
)

// readTagName is called at the end of the tag's name.
func (s *scanState) readTagName() {
	switch {
	case s.tag == "head" && !s.printed && !s.closing:
		s.head = s.start
	case s.tag == "head" || s.printed || !s.closing && !slices.Contains(headElements, s.tag):
		s.endHead()
	}
	s.foreign = s.foreign.readTagName(s.tag, s.printed)
	s.tag = s.tagClass()
}

// endHead is called where browsers end <head>, if it is open: its end tag may be left out. Where that is not certain, as at a
// tag whose name is computed, it counts as ended.
func (s *scanState) endHead() {
	if !s.isInert() {
		s.head = origin{}
	}
}

// isInert reports whether the text is inside <noscript> or <template>.
func (s *scanState) isInert() bool { return s.noscript || s.depth > 0 }

// tagClass returns the tag's name if it is one that matters, else "". Where an action has printed a part of it and it could
// become one of those it is computed; <h{{.Level}}> cannot.
func (s *scanState) tagClass() string {
	for _, list := range [][]string{rawElements, inertElements} {
		for _, name := range list {
			if name == s.tag && !s.printed {
				return name
			}
			if s.printed && strings.HasPrefix(name, s.tag) {
				return computed
			}
		}
	}
	if !s.printed && isForeign(s.tag) {
		return s.tag
	}
	return ""
}

// attrClass returns what matters of an attribute's name: that it is srcdoc, style, an event handler's, or not known.
func attrClass(name string) string {
	switch {
	case strings.Contains(name, computed):
		return computed
	case name == "srcdoc" || name == "style":
		return name
	case strings.HasPrefix(name, "on"):
		return "on"
	}
	return ""
}

// lengthen adds a letter to a name, in lower case. A question mark in the source makes a name computed as well: nobody names
// an attribute so.
func lengthen(name string, c byte) string {
	if c == computed[0] {
		return computed
	}
	if len(name) >= longestName {
		return name
	}
	if 'A' <= c && c <= 'Z' {
		c += 'a' - 'A'
	}
	return name + string(rune(c))
}
