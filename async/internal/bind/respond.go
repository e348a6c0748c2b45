package bind

import (
	"errors"
	"fmt"
	"html/template"
	"strings"
	"text/template/parse"
)

// Responding returns a copy of the set, with these functions, that is escaped already and prints what the functions in element
// content return without escaping it once more, which for an action that prints ready HTML costs more than all the rest.
//
// html/template has no way to say so, but it escapes by adding functions to the actions of its trees, once, before the first
// execution; then nobody looks at the trees again but those who execute them. So the copy is made to escape everything that
// can be executed, and then the escaper is taken away from those actions alone that call a function of an [Element] site
// or of a page part. An action that does not end in just the escaper of element content stays as it is, as do the templates that html/template has
// derived for other contexts, which nobody can reach. If anything is not as expected, the copy is an ordinary clone.
//
// A template that only its callers can be escaped with, since it ends inside a tag, can then be executed by its name. In an
// ordinary clone this depends on the order: executed first it would be refused, and be lost to its callers for ever.
func (r *Result) Responding(funcs template.FuncMap) (*template.Template, error) {
	t, escaped, err := r.escaped(funcs)
	if escaped {
		r.bare(t)
	}
	return t, err
}

// Capturing returns a copy of the set, with these functions, that is escaped already. Executed as it is cloned, a template that
// stands both in element content and in an attribute would be escaped for whichever is executed first, and not for the other:
// html/template derives the second from the first, with the escapers that it has.
func (r *Result) Capturing(funcs template.FuncMap) (*template.Template, error) {
	t, _, err := r.escaped(funcs)
	return t, err
}

// escaped returns a copy that html/template has escaped. If that did not go as expected, it is an ordinary clone.
func (r *Result) escaped(funcs template.FuncMap) (t *template.Template, ok bool, err error) {
	if t, err = r.Set.Clone(); err != nil {
		return nil, false, err
	}
	if r.escape(t.Funcs(funcs)) {
		return t, true, nil
	}
	if t, err = r.Set.Clone(); err != nil {
		return nil, false, err
	}
	return t.Funcs(funcs), false, nil
}

// escape lets html/template escape every template that can be executed by itself, and reports whether that went as expected.
//
// All of them are escaped in one execution. One after the other, html/template would derive the template for an attribute
// from that for element content with its escapers in it, and leave out the attribute's own.
func (r *Result) escape(t *template.Template) bool {
	var text strings.Builder
	text.WriteString("{{" + stopFunc + "}}")
	for _, name := range r.alone {
		fmt.Fprintf(&text, "{{template %q}}", name)
	}
	probe, err := parseProbe(text.String())
	if err != nil {
		return false
	}
	l := &lab{set: t.Funcs(stopFuncs), prefix: r.from.freePrefix()}
	if _, err := t.AddParseTree(l.prefix, probe); err != nil {
		return false
	}
	if err := l.escape(l.prefix); !errors.Is(err, errStop) {
		return false
	}
	for i, call := range indexOf(probe.Root).calls {
		if call.Name != r.alone[i] {
			return false // it is not called from element content
		}
	}
	return true
}

// bare takes the escaper from the actions that are holes or page parts.
func (r *Result) bare(t *template.Template) {
	holes := make(map[string]bool)
	for _, site := range r.Sites {
		holes[site.Call] = site.Place == Element
	}
	for _, part := range r.PageParts {
		holes[part.Call] = true
	}
	for _, one := range t.Templates() {
		if one.Tree != nil {
			eachAction(one.Tree.Root, func(a *parse.ActionNode) { bareAction(a, holes) })
		}
	}
}

// bareAction takes the escaper from the action if it is a hole and then the escaper of element content, and nothing else.
func bareAction(a *parse.ActionNode, holes map[string]bool) {
	last := len(a.Pipe.Cmds) - 1
	if last < 1 || escaperOf(a) != textEscaper || len(a.Pipe.Cmds[last].Args) != 1 {
		return
	}
	call := soleCommand(&parse.PipeNode{Decl: a.Pipe.Decl, Cmds: a.Pipe.Cmds[:last]})
	if call == nil {
		return
	}
	if fn, ok := call.Args[0].(*parse.IdentifierNode); ok && holes[fn.Ident] {
		a.Pipe.Cmds = a.Pipe.Cmds[:last]
	}
}

// eachAction visits the actions below n.
func eachAction(n parse.Node, visit func(*parse.ActionNode)) {
	branch := func(b *parse.BranchNode) {
		eachAction(b.List, visit)
		eachAction(b.ElseList, visit)
	}
	switch n := n.(type) {
	case *parse.ListNode:
		if n != nil {
			for _, inner := range n.Nodes {
				eachAction(inner, visit)
			}
		}
	case *parse.ActionNode:
		visit(n)
	case *parse.IfNode:
		branch(&n.BranchNode)
	case *parse.WithNode:
		branch(&n.BranchNode)
	case *parse.RangeNode:
		branch(&n.BranchNode)
	}
}
