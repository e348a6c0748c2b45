package bind

import "text/template/parse"

// stateSet is every state in which the text may be at one point, over all branches.
type stateSet map[scanState]struct{}

func (a stateSet) add(b stateSet) (grown bool) {
	for s := range b {
		if _, ok := a[s]; !ok {
			a[s] = struct{}{}
			grown = true
		}
	}
	return grown
}

// each applies a transition to every state.
func (a stateSet) each(next func(scanState) scanState) stateSet {
	out := make(stateSet, len(a))
	for s := range a {
		out[next(s)] = struct{}{}
	}
	return out
}

// union returns the states of both, and changes neither.
func union(a, b stateSet) stateSet {
	out := make(stateSet, len(a)+len(b))
	out.add(a)
	out.add(b)
	return out
}

// entry is a template that is called in a state.
type entry struct {
	template string
	in       scanState
}

// flow follows the text through branches, loops and calls and notes in which states each action may stand. It is an
// abstract interpretation: the states only grow, until nothing new turns up.
type flow struct {
	set     *set
	at      map[*parse.ActionNode]stateSet
	out     map[entry]stateSet // what a call is known to end in
	entered map[entry]bool     // in this pass
	grown   bool               // in this pass
	steps   int                // so far
	lost    bool               // there were more states or steps than may be followed
	lostIn  string
	loops   []loop
}

// loop collects the states in which a loop's body is left early.
type loop struct{ breaks, continues stateSet }

// What is followed at most: states at one point, of which a page that is written by hand has a few, and steps altogether, of
// which a set of 200 large templates needs some ten thousand.
const (
	mostStates = 500
	mostSteps  = 2_000_000
)

// follow reads every template that can be executed by itself, and what they call. It fails with the template that has too many
// states.
func (s *set) follow(out *seen) (at map[*parse.ActionNode]stateSet, tooMany *source) {
	f := &flow{set: s, at: make(map[*parse.ActionNode]stateSet), out: make(map[entry]stateSet)}
	for f.grown = true; f.grown; {
		f.grown, f.entered = false, make(map[entry]bool)
		for _, name := range s.names {
			if out.failed[name] == nil {
				f.call(entry{template: name})
			}
		}
		if f.lost {
			return nil, s.templates[f.lostIn]
		}
	}
	return f.at, nil
}

// call returns the states behind a call, as far as they are known in this pass.
func (f *flow) call(e entry) stateSet {
	if !f.entered[e] {
		f.entered[e] = true
		end := f.list(f.set.templates[e.template].tree.Root, stateSet{e.in: {}})
		if f.lost && f.lostIn == "" {
			f.lostIn = e.template
		}
		if f.out[e] == nil {
			f.out[e] = stateSet{}
		}
		f.grown = f.out[e].add(end) || f.grown
	}
	return f.out[e]
}

func (f *flow) list(l *parse.ListNode, in stateSet) stateSet {
	if l == nil {
		return in
	}
	for _, n := range l.Nodes {
		f.steps += len(in)
		if f.lost = f.lost || len(in) > mostStates || f.steps > mostSteps; f.lost {
			return stateSet{}
		}
		in = f.node(n, in)
	}
	return in
}

func (f *flow) node(n parse.Node, in stateSet) stateSet {
	switch n := n.(type) {
	case *parse.ListNode:
		return f.list(n, in)
	case *parse.TextNode:
		return in.each(func(s scanState) scanState { return s.read(n) })
	case *parse.ActionNode:
		if len(n.Pipe.Decl) > 0 {
			return in
		}
		if f.at[n] == nil {
			f.at[n] = stateSet{}
		}
		f.at[n].add(in)
		return in.each(scanState.action)
	case *parse.IfNode:
		return union(f.list(n.List, in), f.list(n.ElseList, in))
	case *parse.WithNode:
		return union(f.list(n.List, in), f.list(n.ElseList, in))
	case *parse.RangeNode:
		return union(f.loop(n.List, in), f.list(n.ElseList, in))
	case *parse.BreakNode:
		f.loops[len(f.loops)-1].breaks.add(in)
		return stateSet{}
	case *parse.ContinueNode:
		f.loops[len(f.loops)-1].continues.add(in)
		return stateSet{}
	case *parse.TemplateNode:
		return f.template(n.Name, in)
	}
	return in
}

// loop returns the states behind one round or more of a loop's body.
func (f *flow) loop(body *parse.ListNode, in stateSet) stateSet {
	start, end := union(in, nil), stateSet{}
	for {
		this := loop{breaks: stateSet{}, continues: stateSet{}}
		f.loops = append(f.loops, this)
		after := union(f.list(body, start), this.continues)
		f.loops = f.loops[:len(f.loops)-1]
		end.add(after)
		end.add(this.breaks)
		if !start.add(after) {
			return end
		}
	}
}

func (f *flow) template(name string, in stateSet) stateSet {
	if f.set.templates[name] == nil {
		return in // html/template has refused it, unless it is never reached
	}
	out := stateSet{}
	for s := range in {
		out.add(f.call(entry{name, s}))
	}
	return out
}
