package bind

import (
	"cmp"
	"errors"
	"fmt"
	"html/template"
	"slices"
	"strings"
	"text/template/parse"
)

// set is a private copy of the user's set, and what its templates call. Its trees are never changed: every step works on a
// copy of its own.
type set struct {
	own       *template.Template
	templates map[string]*source
	names     []string // of the templates, sorted
}

// source is one template as the user wrote it.
type source struct {
	name    string
	tree    *parse.Tree
	index   *index
	calls   []call     // one for each use of the index
	callees []position // one for each {{template}} of the index
}

// call is one use of a function that was found to be well formed, unless broken is set.
type call struct {
	fn, name   string // a page part has no name
	at         position
	action     *parse.ActionNode // of the source's tree; nil for asyncvalue
	hasDefault bool
	broken     bool // refused for itself: neither its place nor its name is looked at
}

// cloneOf returns a copy of the set, which nobody else has.
func cloneOf(t *template.Template) (own *template.Template, err error) {
	if t == nil {
		return nil, errors.New("the template set is nil; parse it first and pass what template.Must returns")
	}
	// A Template that no constructor made has no name space, and Clone does not expect that.
	defer func() {
		if recover() != nil {
			own, err = nil, errors.New("the template set is a zero Template; make it with template.New")
		}
	}()
	own, err = t.Clone()
	if err != nil {
		return nil, fmt.Errorf("the template set was executed before it was bound (%w); "+
			"Bind before the first Execute, and execute the bound set instead", err)
	}
	return own, nil
}

// readSet reads the calls of every template that has a body.
func readSet(own *template.Template, bad *refusals) *set {
	s := &set{own: own, templates: make(map[string]*source)}
	for _, t := range own.Templates() {
		if t.Tree != nil && t.Tree.Root != nil {
			s.templates[t.Name()] = readSource(t, bad)
			s.names = append(s.names, t.Name())
		}
	}
	slices.Sort(s.names)
	return s
}

func readSource(t *template.Template, bad *refusals) *source {
	src := &source{name: t.Name(), tree: t.Tree, index: indexOf(t.Tree.Root)}
	for _, u := range src.index.uses {
		src.calls = append(src.calls, src.readCall(u, bad))
	}
	for _, c := range src.index.calls {
		src.callees = append(src.callees, positionOf(t.Tree, c))
	}
	if strings.Contains(src.name, mangleMark) {
		bad.add(src.start(), "template name %q contains %q, which html/template keeps for itself; rename it", src.name, mangleMark)
	}
	return src
}

// start is the position of a template's body.
func (s *source) start() position { return positionOf(s.tree, s.tree.Root) }

func (s *source) readCall(u use, bad *refusals) call {
	c := call{fn: u.ident.Ident, at: positionOf(s.tree, u.ident)}
	var err error
	if c.isPagePart() {
		err = checkPagePart(u)
	} else {
		err = c.readFragment(u)
	}
	if err != nil {
		bad.add(c.at, "%s", err)
		c.broken = true
		return c
	}
	if c.fn != asyncvalueFunc {
		c.action = u.action
	}
	return c
}

// readFragment reads what a call of a fragment has behind the function.
func (c *call) readFragment(u use) error {
	name, err := callName(u)
	if err != nil {
		return err
	}
	c.name, c.hasDefault = name, len(u.call.Args) > 3
	return cmp.Or(checkArguments(u, name), checkAlone(u, name))
}

// callName returns the name that a call gives, which must be known before anything runs.
func callName(u use) (string, error) {
	fn := u.ident.Ident
	if u.call == nil || len(u.call.Args) < 2 {
		return "", fmt.Errorf("%s without the name of a fragment; write %s \"name\" KEY, in parentheses where it is an argument", fn, fn)
	}
	literal, ok := u.call.Args[1].(*parse.StringNode)
	if !ok {
		return "", fmt.Errorf("%s with the name %s, which is known only at run time; write the name as a string literal", fn, u.call.Args[1])
	}
	switch name := literal.Text; {
	case name == "":
		return "", fmt.Errorf("%s with an empty name; name a fragment", fn)
	case strings.Contains(name, ":"):
		return "", fmt.Errorf("%s %q: a name with a colon is a view's; use the part before the colon", fn, name)
	default:
		return name, nil
	}
}

// checkArguments checks KEY and DEFAULT.
func checkArguments(u use, name string) error {
	fn, args := u.ident.Ident, u.call.Args[2:]
	if u.piped && len(args) > 0 {
		return fmt.Errorf("%s %q gets an argument and another one through a pipe, so that it is hard to see which of them is the key; "+
			"write %s %q KEY DEFAULT without a pipe", fn, name, fn, name)
	}
	if u.piped {
		return nil
	}
	switch len(args) {
	case 0:
		return fmt.Errorf("%s %q without a key; write %s %q KEY, where KEY may be the dot", fn, name, fn, name)
	case 1, 2:
	default:
		return fmt.Errorf("%s %q with %d arguments behind the name; write %s %q KEY DEFAULT, with parentheses around what belongs together",
			fn, name, len(args), fn, name)
	}
	if args[0].Type() == parse.NodeNil {
		return fmt.Errorf("%s %q with the key nil; give a key, such as \"\" for a fragment that needs none", fn, name)
	}
	return nil
}

// checkAlone refuses async whose result goes anywhere but to the page: what it returns there is no value.
func checkAlone(u use, name string) error {
	if u.ident.Ident != asyncFunc || u.action != nil {
		return nil
	}
	return fmt.Errorf("async %q is part of %s; async must be alone in its action, use asyncvalue here", name, u.part)
}
