package bind

import (
	"errors"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"golang.org/x/net/html"
)

// drawing writes rightly nested HTML with drawings and formulas in it.
type drawing struct {
	rand   *rand.Rand
	b      strings.Builder
	broken bool // also with HTML among the children of an <svg>, which ends it
}

// What may stand in what.
var (
	anyHTML  = []string{"div", "p", "b", "section", "svg", "math", "svg/"}
	anySVG   = []string{"g", "a", "text", "circle/", "svg", "svg/", "foreignObject", "foreignObject/", "desc", "g", "svg", "mi/"}
	anyMath  = []string{"mrow", "mi", "mi/", "mtext", `annotation-xml encoding="text/html"`, "mrow", "math", "desc/"}
	contents = map[string][]string{
		"svg": anySVG, "g": anySVG, "a": anySVG, "text": anySVG,
		"math": anyMath, "mrow": anyMath,
	}
)

func (d *drawing) children(of string, depth int) {
	for range d.rand.IntN(4) {
		d.b.WriteString("\n")
		from := anyHTML
		if list, ok := contents[of]; ok {
			from = list
		}
		if d.broken && d.rand.IntN(4) == 0 {
			from = []string{"p", "div", "b", "br/", "section"}
		}
		d.element(from[d.rand.IntN(len(from))], depth)
	}
	d.b.WriteString("\n")
}

func (d *drawing) element(tag string, depth int) {
	d.b.WriteString("<" + tag + ">")
	if name, _, _ := strings.Cut(tag, " "); !strings.HasSuffix(name, "/") {
		if depth < 7 {
			d.children(name, depth+1)
		}
		d.b.WriteString("</" + name + ">")
	}
}

// TestForeignAsParsed puts a hole at each place of many random pages, always the same ones. A hole is refused only where an HTML
// parser sees an element of SVG or MathML around it, and everywhere there if no HTML ends one.
func TestForeignAsParsed(t *testing.T) {
	refused, accepted := 0, 0
	for seed := range 300 {
		d := &drawing{rand: rand.New(rand.NewPCG(uint64(seed), 2)), broken: seed%2 == 1}
		for d.b.Len() < 40 {
			d.element(anyHTML[d.rand.IntN(len(anyHTML))], 0)
		}
		places := strings.Split(d.b.String(), "\n")
		_, err := Prepare(parseSet(t, strings.Join(places, "\n{{async \"ps\" .}}")), registered)
		got := linesRefused(t, err)
		for i, foreign := range foreignPlaces(t, places) {
			if foreign {
				refused++
			} else {
				accepted++
			}
			if got[i] && !foreign || !got[i] && foreign && !d.broken {
				t.Fatalf("refused is %t in line %d, where a parser sees foreign content: %t\n%s\n%v", got[i], i+2, foreign, d.b.String(), err)
			}
		}
	}
	t.Logf("%d places are foreign, %d are not", refused, accepted)
	if refused < 1_000 || accepted < 1_000 {
		t.Error("too few to tell anything")
	}
}

// linesRefused tells of each hole, the first of which stands in the second line, whether it is refused.
func linesRefused(t *testing.T, err error) map[int]bool {
	t.Helper()
	got := make(map[int]bool)
	if err == nil {
		return got
	}
	for _, line := range lines(err) {
		at, what, _ := strings.Cut(strings.TrimPrefix(line, "x.html:"), ": ")
		_, number, convErr := cutLast("x:" + strings.TrimSuffix(at, ":3"))
		if convErr != nil || !strings.Contains(what, "do not draw it") {
			t.Fatal(errors.Join(err, convErr))
		}
		got[number-2] = true
	}
	return got
}

// foreignPlaces tells what an HTML parser sees at each border of the pieces.
func foreignPlaces(t *testing.T, pieces []string) []bool {
	t.Helper()
	root, err := html.Parse(strings.NewReader(strings.Join(pieces, "<!--hole-->")))
	if err != nil {
		t.Fatal(err)
	}
	var found []bool
	for n := range root.Descendants() {
		if n.Type == html.CommentNode {
			found = append(found, n.Parent.Namespace != "" && !slices.Contains(holdsHTML, n.Parent.Namespace+":"+n.Parent.Data))
		}
	}
	if len(found) != len(pieces)-1 {
		t.Fatalf("the parser has %d of %d holes", len(found), len(pieces)-1)
	}
	return found
}

// holdsHTML are the elements of SVG and MathML whose content is HTML, as the parser writes them.
var holdsHTML = strings.Fields("svg:foreignObject svg:desc math:mi math:mo math:mtext math:annotation-xml")

// elements are those of HTML, also the obsolete ones, without those whose content is raw text, and some of SVG and MathML.
var elements = strings.Fields("a abbr acronym address applet area article aside audio b base basefont bdi bdo bgsound big blink blockquote " +
	"body br button canvas caption center cite code col colgroup data datalist dd del details dfn dialog dir div dl dt em embed " +
	"fieldset figcaption figure font footer form frame frameset h1 h2 h3 h4 h5 h6 h7 head header hgroup hr html i image img input " +
	"ins isindex kbd label legend li link listing main map mark marquee menu menuitem meta meter nav nobr object ol optgroup option " +
	"output p param picture pre progress q rb rp rt rtc ruby s samp search section select slot small source spacer span strike " +
	"strong sub summary sup table tbody td tfoot th thead time tr track tt u ul var video wbr " +
	"circle g path text tspan use mi mtext mglyph math")

// TestTagsEndForeign compares what the tags of each element do in an <svg> with what an HTML parser does.
func TestTagsEndForeign(t *testing.T) {
	for _, name := range elements {
		for _, tags := range []string{"<" + name + ">", "<" + name + " color=red></" + name + ">", "<" + strings.ToUpper(name) + "/>"} {
			pieces := []string{"<svg><g>" + tags, "</g></svg>"}
			_, err := Prepare(parseSet(t, strings.Join(pieces, "\n{{async \"ps\" .}}")), registered)
			want := foreignPlaces(t, pieces)[0]
			if name == "font" {
				want = false // the parser looks at its attributes
			}
			if got := linesRefused(t, err)[0]; got != want {
				t.Errorf("refused is %t behind <svg>%s, where a parser sees foreign content: %t", got, tags, want)
			}
		}
	}
}
