package bind

import (
	"errors"
	"fmt"
	"html/template"
	"io"
	"strings"
	"text/template/parse"
)

// errStop ends the execution of a probe in front of the text that it is about.
var errStop = errors.New("nothing is executed here")

const stopFunc = "_async_stop"

var stopFuncs = map[string]any{stopFunc: func() (string, error) { return "", errStop }}

// lab is a copy of the set in which probes are escaped.
type lab struct {
	set    *template.Template
	prefix string      // of the names of all probes, and the name of the empty template
	stop   *parse.Tree // {{stop}}
	mark   *parse.Tree // {{template prefix}}
	groups int
}

func (s *set) newLab() (*lab, error) {
	clone, err := s.own.Clone()
	if err != nil {
		return nil, err
	}
	l := &lab{set: clone.Funcs(stopFuncs), prefix: s.freePrefix()}
	empty, err := parseProbe("")
	if err != nil {
		return nil, err
	}
	if _, err = clone.AddParseTree(l.prefix, empty); err != nil {
		return nil, err
	}
	if l.stop, err = parseProbe("{{" + stopFunc + "}}"); err != nil {
		return nil, err
	}
	l.mark, err = parseProbe(fmt.Sprintf("{{template %q}}", l.prefix))
	return l, err
}

// freePrefix is one that no template's name begins with.
func (s *set) freePrefix() string {
	prefix := "\x00"
	for s.taken(prefix) {
		prefix += "\x00"
	}
	return prefix
}

// taken reports whether a template's name begins with the prefix.
func (s *set) taken(prefix string) bool {
	for _, name := range s.names {
		if strings.HasPrefix(name, prefix) {
			return true
		}
	}
	return false
}

// parseProbe parses by itself, because a Parse of the set would expect the set's own delimiters.
func parseProbe(text string) (*parse.Tree, error) {
	const name = "probe"
	trees, err := parse.Parse(name, text, "", "", stopFuncs)
	return trees[name], err
}

// newMark returns a call of the empty template, to be put in front of what is asked about.
func (l *lab) newMark() *parse.TemplateNode {
	return l.mark.Root.Nodes[0].Copy().(*parse.TemplateNode)
}

// escape lets html/template escape a probe. It returns errStop if that went well.
func (l *lab) escape(name string) error {
	return l.set.ExecuteTemplate(io.Discard, name, nil)
}

// selfTest checks that html/template escapes, and that it tells contexts by the names of its calls.
func (l *lab) selfTest() error {
	tree, err := parseProbe(fmt.Sprintf("{{%s}}<title>{{template %q}}</title>", stopFunc, l.prefix))
	if err != nil {
		return err
	}
	name := l.prefix + "self-test"
	if _, err := l.set.AddParseTree(name, tree); err != nil {
		return err
	}
	if err := l.escape(name); !errors.Is(err, errStop) {
		return fmt.Errorf("html/template of this Go version does not escape the self-test: %w", err)
	}
	return l.checkSelfTest(tree)
}

func (l *lab) checkSelfTest(tree *parse.Tree) error {
	stop, call := tree.Root.Nodes[0].(*parse.ActionNode), tree.Root.Nodes[2].(*parse.TemplateNode)
	if escaperOf(stop) != textEscaper {
		return errors.New("no tree was escaped: html/template of this Go version leaves its trees alone, or has other escapers; " +
			"it is not known here")
	}
	context, err := contextOf(call, l.prefix)
	if err == nil && parseContext(context).state != "stateRCDATA" {
		err = fmt.Errorf("html/template of this Go version calls a template in a title %q; it is not known here", call.Name)
	}
	return err
}
