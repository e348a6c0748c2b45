package e2e_test

import (
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/infill-go/infill/e2e/internal/wire"
)

// openTab gives a tab to one test, and closes it with the test.
type openTab func(t *testing.T) wire.Tab

// seeTimeout is ample: what is waited for is there within milliseconds, unless the machine is busy.
const seeTimeout = 20 * time.Second

// testFill plays all streamed pages to one kind of visitor.
func testFill(t *testing.T, v wire.Visitor, open openTab) {
	for _, c := range fillCases {
		t.Run(c.name, func(t *testing.T) { c.play(t, visit(t, v, open, wire.Page{Head: c.head, Body: c.body})) })
	}
	for name, test := range map[string]func(*testing.T, wire.Visitor, openTab){
		"script comes late":              testLateScript,
		"script before the first paint":  testFirstPaint,
		"script comes after the end":     testScriptAfterTheEnd,
		"response is cut off":            testCut,
		"cut off page is good again":     testGoodReload,
		"visitor stops a page":           testStop,
		"visitor leaves a page half way": testLeave,
		"visitor comes back":             testBack,
	} {
		t.Run(name, func(t *testing.T) { test(t, v, open) })
	}
}

// sight is one page before one visitor. Its methods end the test when something fails.
type sight struct {
	t       *testing.T
	visitor wire.Visitor
	server  *wire.Server
	tab     wire.Tab
}

// visit serves a page and opens it.
func visit(t *testing.T, v wire.Visitor, open openTab, page wire.Page) *sight {
	t.Helper()
	script, err := os.ReadFile("../async/page/fill.min.js")
	if err != nil {
		t.Fatal(err)
	}
	page.Script = script
	s := &sight{t: t, visitor: v, server: wire.Serve(page)}
	t.Cleanup(s.server.Close)
	s.tab = open(t)
	s.must(s.tab.Goto(s.server.URL))
	// A tab that is used again still has the page before. The fence is the last of what is sent at once.
	s.see(`location.href === "` + s.server.URL + `" && ` + arrived)
	return s
}

// arrived says that the page has been parsed up to what is sent later, also where the script has removed the fence or where
// the parser has put it elsewhere.
const arrived = `document.body !== null && document.body.textContent.includes("fragments. ")`

func (s *sight) must(err error) {
	s.t.Helper()
	if err != nil {
		s.t.Fatal(err)
	}
}

func (s *sight) see(expression string) {
	s.t.Helper()
	s.must(s.tab.WaitFor(expression, seeTimeout))
}

func (s *sight) is(expression string) bool {
	s.t.Helper()
	var value bool
	s.must(s.tab.Eval(`!!(`+expression+`)`, &value))
	return value
}

// painted waits for the first paint, before which WebKit runs no script that is not waited for.
func (s *sight) painted() {
	s.t.Helper()
	if s.visitor.Scripts {
		s.see(`performance.getEntriesByType("paint").length > 0`)
	}
}

func (s *sight) send(text string) { s.t.Helper(); s.must(s.server.Send(text)) }
func (s *sight) end(text string)  { s.t.Helper(); s.must(s.server.End(text)) }

// checkQuiet makes sure that the browser complained of nothing, but for what the test has done on purpose.
func (s *sight) checkQuiet(expected ...string) {
	s.t.Helper()
	expected = append(expected, "/favicon.ico") // which a browser may want, and the policy may refuse
	problems := s.tab.Problems()
	if s.visitor.Scripts {
		var own []string
		s.must(s.tab.Eval(`self.problems || []`, &own))
		problems = append(problems, own...)
	}
next:
	for _, problem := range problems {
		for _, e := range expected {
			if strings.Contains(problem, e) {
				continue next
			}
		}
		s.t.Errorf("the browser complains: %s", problem)
	}
}

// checkVisits makes sure that the page was asked for so often and will not be asked for again by itself: what the page does
// at its end comes before the answers to the requests that are made then.
func (s *sight) checkVisits(want int) {
	s.t.Helper()
	if s.visitor.Scripts {
		s.must(s.tab.Eval(`void fetch("/fill.js").then(() => fetch("/ran.js")).then(() => (self.trips = 1))`, nil))
		s.see(`self.trips === 1`)
	}
	if got := s.server.Visits(); got != want {
		s.t.Errorf("the page was asked for %d times, want %d", got, want)
	}
}

// checkClean makes sure that the script has left nothing of its own. The fence may stay, empty and hidden, where the parser
// has put other elements into it.
func (s *sight) checkClean(fence bool) {
	s.t.Helper()
	if !s.visitor.Scripts {
		return
	}
	s.see(`!document.querySelector("async-fill") && document.querySelectorAll("script[src='/fill.js']").length === 1`)
	if fence {
		s.see(`!document.querySelector("div[hidden]")`)
	}
}

// pass waits in the page until the time is over.
func (s *sight) pass(d time.Duration) {
	s.t.Helper()
	s.must(s.tab.Eval(fmt.Sprintf(`void setTimeout(() => (self.passed = 1), %d)`, d.Milliseconds()), nil))
	s.see(`self.passed === 1`)
}
