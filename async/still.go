package async

import (
	"context"
	"text/template/parse"
)

// keepStill executes the default and error views in which there is no action, once
// for all pages: most are a word or a picture, and to execute one takes three times as
// long as all else that a page does for a place that is pending. No code of the user's
// is called.
func (s *Set) keepStill() {
	s.still = make(map[string]*content)
	for _, l := range s.looks {
		for _, name := range []string{l.waiting, l.failed} {
			if name == "" || !isText(s.respond.Lookup(name).Tree) {
				continue
			}
			c := &capturer{set: s, ctx: context.Background(), depth: s.maxDepth}
			// An error is found again by each page that shows the view, and told there.
			if captured, err := c.captured(s.respond, name, State{}); err == nil {
				s.still[name] = captured
			}
		}
	}
}

// isText says whether a template prints the same whatever its dot is.
func isText(t *parse.Tree) bool {
	if t == nil || t.Root == nil {
		return true
	}
	for _, n := range t.Root.Nodes {
		if n.Type() != parse.NodeText && n.Type() != parse.NodeComment {
			return false
		}
	}
	return true
}
