package bind

import (
	"slices"
	"strings"
)

// Browsers read what fills a hole as HTML, whatever stands around the hole: a <circle> that comes for the children of an <svg>
// is an unknown HTML element, and nothing is drawn. So the text is followed through foreign content as the HTML standard has
// browsers do it (13.2.6, the tree construction dispatcher, and 13.2.6.5), without all the elements that are open: of these
// only the ones below are kept, as if the others were nested rightly. Where that is not certain, such as where a tag's name is
// computed, foreign content counts as ended: to refuse a page that works is worse than to accept a drawing that does not.

// foreignRoots are the elements that begin foreign content, with those whose content is HTML again. <title> in an <svg> is one
// as well, and html/template lets only text stand there. Of <annotation-xml> it depends on its encoding; it counts as HTML.
var foreignRoots = map[string][]string{
	"svg":  {"desc", "foreignobject"},
	"math": {"mi", "mo", "mn", "ms", "mtext", "annotation-xml"},
}

// endingForeign are the HTML elements whose tags end foreign content. The standard has <font> only with some attributes. Of end
// tags it has </p> and </br>; the others end the element that the <svg> stands in, and with it the <svg>, whose end tag is missing.
var endingForeign = strings.Fields("b big blockquote body br center code dd div dl dt em embed font h1 h2 h3 h4 h5 h6 head hr i img li " +
	"listing menu meta nobr ol p pre ruby s small span strike strong sub sup table tt u ul var")

// deepestForeign bounds the nesting of <svg>, <foreignObject> and the like that is followed.
const deepestForeign = 8

// foreign is a place in foreign content. The zero value is a place outside of it.
type foreign struct {
	path   string // what is open, such as "/svg/foreignobject/svg"
	opened origin // of the outermost
}

// among reports whether the place is among the children of an element that is not HTML's, and which of the two roots it is in.
func (f foreign) among() (root string, ok bool) {
	root = f.path[strings.LastIndexByte(f.path, '/')+1:]
	_, ok = foreignRoots[root]
	return root, ok
}

// isForeign reports whether the tag's name is that of an element that is kept in a path.
func isForeign(tag string) bool {
	_, ok := foreignRoots[tag]
	return ok || slices.Contains(foreignRoots["svg"], tag) || slices.Contains(foreignRoots["math"], tag)
}

// endOfForeignTag reads the end of a tag whose element matters in foreign content. What is in a <template> or <noscript> of HTML
// does nothing outside of it; those in an <svg> are elements like others.
func (s *scanState) endOfForeignTag(tag string, start origin, closing, slash bool) {
	_, among := s.foreign.among()
	switch {
	case s.isInert() && !among:
	case closing:
		s.foreign = s.foreign.close(tag)
	case !slash:
		s.foreign = s.foreign.open(tag, start)
	}
}

// readTagName is called at the end of a tag's name. A browser that ends an <svg> there goes on in what is around it. If that is an
// <svg> again, the end tags that follow are one too many, and what they end is not certain.
func (f foreign) readTagName(tag string, printed bool) foreign {
	if _, among := f.among(); printed || among && slices.Contains(endingForeign, tag) {
		return foreign{}
	}
	return f
}

// open returns the place behind a start tag. In HTML in an <svg> it keeps <foreignObject> and the like as well, which are HTML
// there, for their end tags.
func (f foreign) open(tag string, at origin) foreign {
	root, among := f.among()
	_, isRoot := foreignRoots[tag]
	switch {
	case !isRoot && (f.path == "" || among && !slices.Contains(foreignRoots[root], tag)):
		return f
	case strings.Count(f.path, "/") == deepestForeign:
		return foreign{}
	case f.path == "":
		f.opened = at
	}
	f.path += "/" + tag
	return f
}

// close returns the place behind an end tag, which closes whatever is open inside the element. None of the names begins another.
func (f foreign) close(tag string) foreign {
	i := strings.LastIndex(f.path, "/"+tag)
	if i == 0 {
		return foreign{}
	}
	if i > 0 {
		f.path = f.path[:i]
	}
	return f
}

// refusedInForeign returns why a call of fn cannot stand in the state because of foreign content, or nil. The remedy names the
// outermost element: a fragment that has all of that has its own place in HTML.
func (s *set) refusedInForeign(fn string, state scanState) *misplacement {
	if _, among := state.foreign.among(); !among || state.kind != inData {
		return nil
	}
	outermost, _, _ := strings.Cut(state.foreign.path[1:], "/")
	why := ", where browsers read what fills a hole as HTML and do not draw it"
	if fn != asyncFunc {
		why = ", where no HTML can stand"
	}
	return &misplacement{why: "stands inside <" + outermost + ">" + s.tagAt("opened", state.foreign.opened) + why,
		instead: "put the whole <" + outermost + "> into the fragment, or use asyncvalue"}
}
