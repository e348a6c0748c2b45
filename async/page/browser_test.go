package page_test

import (
	"fmt"
	"strings"

	"golang.org/x/net/html"
)

// browser is what is left of a browser if one takes away all but the filling of places as the HTML standard has it
// (whatwg/html#11818): <template for=NAME> replaces what stands from <?start name="NAME"> to its <?end>, both included.
type browser struct {
	document *html.Node
	problems []string // patches that have met no place
	waits    bool     // it was told to expect the end
	ended    bool     // and has seen it
	again    bool     // it was asked to load the page anew
}

// browse gives a complete response to a browser.
func browse(response string) *browser {
	document, err := html.Parse(strings.NewReader(response))
	if err != nil {
		return &browser{problems: []string{err.Error()}}
	}
	b := &browser{document: document}
	for _, n := range nodesOf(document) { // as they come, which is the order of the document
		switch {
		case n.Type != html.ElementNode:
		case n.Data == "template" && attribute(n, "for") != "":
			b.patch(n)
		case n.Data == "async-fill":
			b.mark(n)
		case n.Data == "meta" && attribute(n, "http-equiv") == "refresh":
			b.again = true
			n.Parent.RemoveChild(n)
		}
	}
	return b
}

func (b *browser) patch(template *html.Node) {
	name, parent := attribute(template, "for"), template.Parent
	parent.RemoveChild(template)
	start := placeIn(parent, name)
	if start == nil {
		b.problems = append(b.problems, fmt.Sprintf("the template for %q has no place in <%s>", name, parent.Data))
		return
	}
	for depth := 0; ; {
		next := start.NextSibling
		if next == nil {
			b.problems = append(b.problems, fmt.Sprintf("the place %q has no end", name))
			return
		}
		start.Parent.RemoveChild(next)
		switch {
		case isStart(next):
			depth++
		case isEnd(next):
			depth--
		}
		if depth < 0 {
			break
		}
	}
	for template.FirstChild != nil {
		child := template.FirstChild
		template.RemoveChild(child)
		start.Parent.InsertBefore(child, start)
	}
	start.Parent.RemoveChild(start)
}

func (b *browser) mark(n *html.Node) {
	switch {
	case has(n, "wait"):
		b.waits = true
		n = n.Parent // the div
	case has(n, "end"):
		b.ended = true
	}
	n.Parent.RemoveChild(n)
}

// String is the document as it stands.
func (b *browser) String() string {
	var out strings.Builder
	if err := html.Render(&out, b.document); err != nil {
		return err.Error()
	}
	return out.String()
}

// unfilled are the places of fragments that have not been filled.
func (b *browser) unfilled() (names []string) {
	for _, n := range nodesOf(b.document) {
		if isStart(n) && attribute(n.Parent, "role") != "status" {
			names = append(names, n.Data)
		}
	}
	return names
}

// placeIn finds a place in the root, but not within a template, which is no part of the document.
func placeIn(root *html.Node, name string) *html.Node {
	for _, n := range nodesOf(root) {
		if n.Data == `?start name="`+name+`"` && isStart(n) && !inTemplate(n) {
			return n
		}
	}
	return nil
}

func isStart(n *html.Node) bool {
	return n.Type == html.CommentNode && strings.HasPrefix(n.Data, "?start name=")
}

func isEnd(n *html.Node) bool { return n.Type == html.CommentNode && n.Data == "?end" }

func inTemplate(n *html.Node) bool {
	for ; n != nil; n = n.Parent {
		if n.Data == "template" && n.Type == html.ElementNode {
			return true
		}
	}
	return false
}

// nodesOf are the nodes below the root, in the order of the document, as they are now.
func nodesOf(root *html.Node) (nodes []*html.Node) {
	for n := range root.Descendants() {
		nodes = append(nodes, n)
	}
	return nodes
}

func has(n *html.Node, name string) bool {
	for _, a := range n.Attr {
		if a.Key == name {
			return true
		}
	}
	return false
}

func attribute(n *html.Node, name string) string {
	for _, a := range n.Attr {
		if a.Key == name {
			return a.Val
		}
	}
	return ""
}
