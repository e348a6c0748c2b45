package e2e_test

import (
	"strings"
	"testing"
	"time"

	"github.com/infill-go/infill/e2e/internal/wire"
)

// viewTimeout is ample, as seeTimeout is. WebKit's driver may take 20 s to notice that a page has gone while it was asked for
// something.
const viewTimeout = 60 * time.Second

// viewer looks at the pages of a site, for one test. Its methods end the test when something fails.
type viewer struct {
	*testing.T
	wire.Visitor
	tab    wire.Tab
	before int // how many problems the tab had
}

func look(t *testing.T, v wire.Visitor, tab wire.Tab) *viewer {
	return &viewer{T: t, Visitor: v, tab: tab, before: len(tab.Problems())}
}

// visit opens a page of a site, and sees its text.
func (v *viewer) visit(url string) {
	v.Helper()
	v.must(v.tab.Goto(url))
	v.see(`location.href === "` + url + `" && ` + about)
	v.painted()
}

// painted waits for the first paint. WebKit runs no async script before it: a fragment that is sent earlier stands in its
// place when the next one comes, or the end, and a test would wait for it in vain.
func (v *viewer) painted() {
	v.Helper()
	if v.Scripts {
		v.see(`performance.getEntriesByType("paint").length > 0`)
	}
}

// about is true when the page's first text is there, which stands before all fragments.
const about = `!!document.querySelector("#about")`

func (v *viewer) must(err error) {
	v.Helper()
	if err != nil {
		v.Fatal(err)
	}
}

func (v *viewer) see(expression string) {
	v.Helper()
	if err := v.tab.WaitFor(expression, viewTimeout); err != nil {
		var document string
		_ = v.tab.Eval(`document.readyState + " " + document.documentElement.outerHTML`, &document)
		v.Fatalf("%v\n%s", err, document)
	}
}

func (v *viewer) is(expression string) bool {
	v.Helper()
	var value bool
	v.must(v.tab.Eval(`!!(`+expression+`)`, &value))
	return value
}

// check fails the test if the expression is not true now.
func (v *viewer) check(expression string) {
	v.Helper()
	if !v.is(expression) {
		v.Errorf("not so: %s", expression)
	}
}

// checkQuiet makes sure that neither the browser nor the policy has complained of anything, but for what the test has done
// on purpose.
func (v *viewer) checkQuiet(s *site, expected ...string) {
	v.Helper()
	problems := append(v.tab.Problems()[v.before:], s.seenViolations()...)
	if v.Scripts {
		var own []string
		v.must(v.tab.Eval(`self.problems || ["watch.js has not run"]`, &own))
		problems = append(problems, own...)
	}
	expected = append(expected, "favicon.ico") // which a browser may want, and the policy refuses
next:
	for _, problem := range problems {
		for _, e := range expected {
			if strings.Contains(problem, e) {
				continue next
			}
		}
		v.Errorf("the browser complains: %s", problem)
	}
}

func (v *viewer) checkVisits(s *site, want int) {
	v.Helper()
	if got := int(s.visits.Load()); got != want {
		v.Errorf("the page was asked for %d times, want %d", got, want)
	}
}

// checkTidy makes sure that nothing is left of what was sent beside the page itself.
func (v *viewer) checkTidy() {
	v.Helper()
	if v.Fills() {
		v.check(`!` + markers)
		v.check(`!document.querySelector("template")`)
	}
	if v.Scripts {
		v.see(`!document.querySelector("async-fill, div[hidden]")`)
	}
}

// markers is true when a place on the page is marked: parsers make a processing instruction of a mark, or a comment.
const markers = `((walker) => {
	for (let node; (node = walker.nextNode()); ) if (/^(start|end)$/.test(node.target) || /^\?(start|end)/.test(node.data)) return true;
	return false;
})(document.createTreeWalker(document, NodeFilter.SHOW_COMMENT | NodeFilter.SHOW_PROCESSING_INSTRUCTION))`
