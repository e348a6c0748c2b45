package bind

import (
	"fmt"
	"slices"
	"strings"
	"text/template/parse"
)

// group is some probes that are escaped in one execution.
type group struct {
	name   string
	probes []*probe
	ends   []*parse.TemplateNode // behind the text of each probe
}

// add puts a group of probes, one for each step, into the lab.
func (l *lab) add(s *set, steps []*step) (*group, error) {
	g := &group{name: fmt.Sprintf("%s%d", l.prefix, l.groups)}
	l.groups++
	tree := l.stop.Copy()
	for _, at := range steps {
		p := &probe{at: at}
		text, end := p.inline(l, s, at), l.newMark()
		tree.Root.Nodes = append(tree.Root.Nodes, text, end)
		g.probes = append(g.probes, p)
		g.ends = append(g.ends, end)
	}
	_, err := l.set.AddParseTree(g.name, tree)
	return g, err
}

// endsInText reports whether each text begins in element content, because the one before it ends there.
func (g *group) endsInText(l *lab) bool {
	return !slices.ContainsFunc(g.ends, func(end *parse.TemplateNode) bool { return end.Name != l.prefix })
}

func (g *group) steps() []*step {
	var all []*step
	for _, p := range g.probes {
		all = append(all, p.at)
	}
	return all
}

// read keeps what html/template has made of the probes.
func (g *group) read(l *lab, s *set, out *seen) error {
	for _, p := range g.probes {
		v, err := p.read(l, s.templates[p.at.pair.template])
		if err != nil {
			return err
		}
		out.visits[p.at.pair] = v
		out.visited = append(out.visited, p.at.pair)
	}
	return nil
}

// probe is the text of a template in one of its contexts, in a lab.
type probe struct {
	at    *step
	body  *index                      // of the template's text
	marks map[int]*parse.TemplateNode // in front of each async, by the number of the use
	names []string                    // of what the text calls, before html/template renames it
	end   *parse.TemplateNode         // behind the template's text
}

// inline returns the text of the first template of the way with each template of the way in place of its call.
func (p *probe) inline(l *lab, s *set, at *step) *parse.ListNode {
	body := p.instrumented(l, s, at)
	for at.from != nil {
		caller := s.templates[at.from.pair.template].tree.Root.CopyList()
		call := indexOf(caller).calls[at.call]
		splice(caller, map[parse.Node][]parse.Node{call: {body}})
		at, body = at.from, caller
	}
	return body
}

// instrumented returns a copy of the last template's text with marks.
func (p *probe) instrumented(l *lab, s *set, at *step) *parse.ListNode {
	src := s.templates[at.pair.template]
	body := src.tree.Root.CopyList()
	p.body = indexOf(body)
	p.marks = make(map[int]*parse.TemplateNode)
	for _, call := range p.body.calls {
		p.names = append(p.names, call.Name)
	}
	by := make(map[parse.Node][]parse.Node)
	for i, c := range src.calls {
		if c.action != nil {
			p.marks[i] = l.newMark()
			by[p.body.uses[i].action] = []parse.Node{p.marks[i], p.body.uses[i].action}
		}
	}
	splice(body, by)
	p.end = l.newMark()
	body.Nodes = append(body.Nodes, p.end)
	return body
}

// read returns what html/template has made of the text.
func (p *probe) read(l *lab, src *source) (*visit, error) {
	v := &visit{at: p.at, sites: make([]sighting, len(p.body.uses))}
	var err error
	if v.end, err = contextOf(p.end, l.prefix); err != nil {
		return nil, err
	}
	for i, mark := range p.marks {
		context, err := contextOf(mark, l.prefix)
		if err != nil {
			return nil, err
		}
		action := p.body.uses[i].action
		v.sites[i] = sighting{
			// html/template leaves what follows {{break}} and {{continue}} as it is.
			reached: len(action.Pipe.Cmds) > len(src.calls[i].action.Pipe.Cmds),
			context: context,
			escaper: escaperOf(action),
		}
	}
	for i, call := range p.body.calls {
		context, err := contextOf(call, p.names[i])
		if err != nil {
			return nil, err
		}
		v.calls = append(v.calls, pair{p.names[i], context})
	}
	return v, nil
}

// contextOf returns what html/template has put behind the name of the called template.
func contextOf(call *parse.TemplateNode, name string) (string, error) {
	context, ok := strings.CutPrefix(call.Name, name)
	if !ok || context != "" && !strings.HasPrefix(context, mangleMark) {
		return "", fmt.Errorf("html/template of this Go version calls template %q by the name %q; it is not known here", name, call.Name)
	}
	return context, nil
}
