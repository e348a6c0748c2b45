package bind

import "text/template/parse"

// The template functions that this package looks for.
const (
	asyncFunc       = "async"
	asyncvalueFunc  = "asyncvalue"
	asyncscriptFunc = "asyncscript"
	asyncstatusFunc = "asyncstatus"
)

// use is one occurrence of these functions in a tree.
type use struct {
	ident  *parse.IdentifierNode
	call   *parse.CommandNode // nil where the word is an argument without parentheses, or stands before a field
	piped  bool               // the last argument comes through a pipe
	action *parse.ActionNode  // the action that prints this call's result and nothing else, or nil
	part   string             // without action: what the use is a part of
}

// index lists what a tree calls, in an order that is the same for every copy of the tree. The n-th use of one copy is the
// n-th use of the other: this is how what was seen in one copy is done in another.
type index struct {
	uses     []use
	calls    []*parse.TemplateNode
	ownNodes bool

	action *parse.ActionNode
	sole   *parse.CommandNode
	part   string
}

// indexOf reads the tree below root.
func indexOf(root *parse.ListNode) *index {
	x := &index{}
	x.list(root)
	return x
}

// indexForWriting does the same and makes the nodes below field accesses the tree's own. ChainNode.Copy does not copy what
// the fields are taken of, so that otherwise a change of (asyncvalue "x" .).Field would reach the user's own set.
func indexForWriting(root *parse.ListNode) *index {
	x := &index{ownNodes: true}
	x.list(root)
	return x
}

func (x *index) list(l *parse.ListNode) {
	if l == nil {
		return
	}
	for _, n := range l.Nodes {
		x.node(n)
	}
}

func (x *index) node(n parse.Node) {
	switch n := n.(type) {
	case *parse.ListNode:
		x.list(n)
	case *parse.ActionNode:
		x.action, x.sole, x.part = n, soleCommand(n.Pipe), "a longer expression"
		if len(n.Pipe.Decl) > 0 {
			x.part = "an assignment"
		}
		x.pipe(n.Pipe)
		x.action, x.sole = nil, nil
	case *parse.IfNode:
		x.branch(&n.BranchNode, "{{if}}")
	case *parse.WithNode:
		x.branch(&n.BranchNode, "{{with}}")
	case *parse.RangeNode:
		x.branch(&n.BranchNode, "{{range}}")
	case *parse.TemplateNode:
		x.calls = append(x.calls, n)
		x.part = "{{template}}"
		x.pipe(n.Pipe)
	}
}

func (x *index) branch(b *parse.BranchNode, part string) {
	x.part = part
	x.pipe(b.Pipe)
	x.list(b.List)
	x.list(b.ElseList)
}

func (x *index) pipe(p *parse.PipeNode) {
	if p == nil {
		return
	}
	for i, cmd := range p.Cmds {
		for j, arg := range cmd.Args {
			if j == 0 {
				x.operand(arg, cmd, i > 0)
			} else {
				x.operand(arg, nil, false)
			}
		}
	}
}

// operand reads one word of a command; call is the command if the word is its function.
func (x *index) operand(n parse.Node, call *parse.CommandNode, piped bool) {
	switch n := n.(type) {
	case *parse.IdentifierNode:
		switch n.Ident {
		case asyncFunc, asyncvalueFunc, asyncscriptFunc, asyncstatusFunc:
			u := use{ident: n, call: call, piped: piped, part: x.part}
			if call != nil && call == x.sole {
				u.action = x.action
			}
			x.uses = append(x.uses, u)
		}
	case *parse.PipeNode:
		x.pipe(n)
	case *parse.ChainNode:
		if x.ownNodes {
			n.Node = n.Node.Copy()
		}
		x.operand(n.Node, nil, false)
	}
}

// soleCommand returns the command whose result is what the action prints: the last of its pipeline, in any number of
// parentheses. It is nil for an assignment.
func soleCommand(p *parse.PipeNode) *parse.CommandNode {
	for {
		if len(p.Decl) > 0 || len(p.Cmds) == 0 {
			return nil
		}
		last := p.Cmds[len(p.Cmds)-1]
		inner, ok := last.Args[0].(*parse.PipeNode)
		if !ok || len(p.Cmds) > 1 || len(last.Args) > 1 {
			return last
		}
		p = inner
	}
}

// splice replaces nodes in the lists below l.
func splice(l *parse.ListNode, by map[parse.Node][]parse.Node) {
	if l == nil || len(by) == 0 {
		return
	}
	nodes := make([]parse.Node, 0, len(l.Nodes)+len(by))
	for _, n := range l.Nodes {
		if new, ok := by[n]; ok {
			nodes = append(nodes, new...)
			continue
		}
		switch n := n.(type) {
		case *parse.ListNode:
			splice(n, by)
		case *parse.IfNode:
			spliceBranch(&n.BranchNode, by)
		case *parse.WithNode:
			spliceBranch(&n.BranchNode, by)
		case *parse.RangeNode:
			spliceBranch(&n.BranchNode, by)
		}
		nodes = append(nodes, n)
	}
	l.Nodes = nodes
}

func spliceBranch(b *parse.BranchNode, by map[parse.Node][]parse.Node) {
	splice(b.List, by)
	splice(b.ElseList, by)
}
