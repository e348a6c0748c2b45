package bind

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"text/template/parse"
)

// position is a place in a template's source. Line and column count from 1, the column in bytes.
type position struct {
	file         string
	line, column int
}

func (p position) String() string { return fmt.Sprintf("%s:%d:%d", p.file, p.line, p.column) }

func (p position) compare(q position) int {
	return cmp.Or(cmp.Compare(p.file, q.file), cmp.Compare(p.line, q.line), cmp.Compare(p.column, q.column))
}

// positionOf returns where n begins. The only public way to a node's line is ErrorContext, whose column counts from 0.
func positionOf(tree *parse.Tree, n parse.Node) (p position) {
	p = position{file: cmp.Or(tree.ParseName, tree.Name), line: 1, column: 1}
	// A tree that was built by hand, not parsed, has no text, and ErrorContext slices beyond its end.
	defer func() { _ = recover() }()
	location, _ := tree.ErrorContext(n)
	location, column, _ := cutLast(location)
	file, line, _ := cutLast(location)
	return position{file, line, column + 1}
}

// cutLast cuts the number behind the last colon off: a file's name may contain colons.
func cutLast(s string) (before string, number int, err error) {
	i := strings.LastIndexByte(s, ':')
	number, err = strconv.Atoi(s[i+1:])
	return s[:i], number, err
}

// after returns the position that follows the text.
func (p position) after(text []byte) position {
	if i := bytes.LastIndexByte(text, '\n'); i >= 0 {
		p.line += bytes.Count(text, []byte("\n"))
		p.column = len(text) - i
		return p
	}
	p.column += len(text)
	return p
}

// refusal is one thing that is wrong with a set.
type refusal struct {
	at   position
	text string
}

func (r refusal) Error() string { return r.at.String() + ": " + r.text }

// refusals collects all that is wrong: who binds a large set for the first time wants to see every place at once.
type refusals []refusal

func (r *refusals) add(at position, format string, args ...any) {
	*r = append(*r, refusal{at, fmt.Sprintf(format, args...)})
}

// sorted joins the refusals by position, each once; without any it returns nil.
func (r refusals) sorted() error {
	slices.SortFunc(r, func(a, b refusal) int {
		return cmp.Or(a.at.compare(b.at), cmp.Compare(a.text, b.text))
	})
	errs := make([]error, 0, len(r))
	for _, one := range slices.Compact(r) {
		errs = append(errs, one)
	}
	return errors.Join(errs...)
}
