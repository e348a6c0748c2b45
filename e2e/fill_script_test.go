package e2e_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/infill-go/infill/e2e/internal/wire"
)

const (
	reloaded = `performance.getEntriesByType("navigation")[0]?.type === "reload"`
	loaded   = `document.readyState === "complete"`
	link     = `<p><a id=go href="/slow/">go</a></p>`
)

// The script's patience with a silent response. It counts in the browser, so that these are real times.
const (
	short = 200 * time.Millisecond
	ample = 3 * time.Second // longer than a busy machine needs from one step of a test to the next
)

// cutOff is what browsers say of a response that a test has cut, and of what is still being loaded when the page is loaded
// again.
var cutOff = []string{"ERR_INCOMPLETE_CHUNKED_ENCODING", "Loading failed for the <script>"}

// testLateScript: what has come before the script is filled when it arrives, but not the template that is still arriving.
func testLateScript(t *testing.T, v wire.Visitor, open openTab) {
	s := visit(t, v, open, wire.Page{Body: place("a") + place("b"), Hold: true})
	s.painted()
	half, rest, _ := strings.Cut(step("b").send, "e</b>")
	s.send(step("a").send + half)
	if v.Native {
		s.see(step("a").filled)
	} else {
		s.see(`document.querySelector("template[for=b]")?.content.textContent === "don"`)
		if s.is(`!` + shows("#a", "wait")) {
			t.Error("filled without the script")
		}
	}
	s.server.ReleaseScript()
	if v.Fills() {
		s.see(step("a").filled)
	}
	if v.Scripts {
		s.see(`!!customElements.get("async-fill")`)
	}
	if !v.Native && !s.is(shows("#b", "wait")) {
		t.Error("a template was used that is still arriving")
	}
	s.end("e</b>" + rest + wire.End)
	s.see(loaded)
	if s.is(step("b").filled) != v.Fills() {
		t.Errorf("at the end %v: %s", !v.Fills(), step("b").filled)
	}
	s.checkClean(true)
	s.checkVisits(1)
	s.checkQuiet()
}

func testScriptAfterTheEnd(t *testing.T, v wire.Visitor, open openTab) {
	s := visit(t, v, open, wire.Page{Body: place("a") + place("b"), Hold: true})
	s.end(step("b").send + step("a").send + wire.End)
	s.see(`document.readyState !== "loading"`)
	s.server.ReleaseScript()
	s.see(loaded)
	if s.is(step("a").filled+` && `+step("b").filled) != v.Fills() {
		t.Errorf("at the end %v: both are filled", !v.Fills())
	}
	s.checkClean(true)
	s.checkVisits(1)
	s.checkQuiet()
}

// testFirstPaint: the script, out of the browser's cache for one, is there before the first paint, after which WebKit has to
// be reminded of it.
func testFirstPaint(t *testing.T, v wire.Visitor, open openTab) {
	if !v.Scripts {
		return
	}
	s := visit(t, v, open, wire.Page{Head: `<link rel=stylesheet href="/slow/a.css">`, Body: place("a")})
	s.must(s.server.WaitForSlow())
	s.see(`performance.getEntriesByType("resource").some((e) => e.name.endsWith("/fill.js") && e.responseEnd > 0)`)
	s.server.ReleaseSlow()
	s.painted()
	s.send(step("a").send)
	s.see(step("a").filled)
	s.end(wire.End)
	s.see(loaded)
	s.checkClean(true)
	s.checkVisits(1)
	s.checkQuiet()
}

// testCut: a page that was cut off is loaded again, and if that is cut off too stays as it is. The script comes when the
// connection is lost already, so that its patience cannot end before.
func testCut(t *testing.T, v wire.Visitor, open openTab) {
	s := visit(t, v, open, wire.Page{Body: place("a") + place("b"), Hold: true, Patience: short})
	s.cutHalf(v.Native)
	s.server.ReleaseScript()
	want := 1
	if v.Scripts {
		want = 2
		s.see(reloaded + ` && ` + arrived)
		s.cutHalf(v.Fills())
		s.pass(2 * short)
	}
	if !v.Native && !s.is(shows("#b", "wait")) {
		t.Error("half a fragment was used")
	}
	s.checkVisits(want)
	s.checkQuiet(cutOff...)
}

// cutHalf sends a fragment and half of another, and ends the connection.
func (s *sight) cutHalf(fills bool) {
	s.t.Helper()
	s.painted()
	s.send(step("a").send + `<template for="b">half`)
	if s.visitor.Native {
		s.see(shows("#b", "half"))
	} else {
		s.see(`document.querySelector("template[for=b]")?.content.textContent === "half"`)
	}
	if fills {
		s.see(step("a").filled)
	}
	s.must(s.server.Cut(""))
}

// testGoodReload: the same when the script is there in time and the second load is good.
func testGoodReload(t *testing.T, v wire.Visitor, open openTab) {
	if !v.Scripts {
		return // nothing could load the page again
	}
	s := visit(t, v, open, wire.Page{Body: place("a"), Patience: ample})
	s.loseAndReload()
	s.checkClean(true)
	s.checkVisits(2)
	s.checkQuiet(cutOff...)
}

// loseAndReload ends the response too early and sees the page loaded again, and filled.
func (s *sight) loseAndReload() {
	s.t.Helper()
	s.must(s.server.Cut(""))
	s.see(reloaded + ` && ` + arrived)
	s.end(step("a").send + wire.End)
	s.see(loaded + ` && ` + step("a").filled)
}

// testLeave: the visitor has followed a link whose page is slow when the response ends too early. Loading the page again
// would take the visitor back.
func testLeave(t *testing.T, v wire.Visitor, open openTab) {
	s := visit(t, v, open, wire.Page{Body: place("a") + link, Patience: ample})
	s.begin()
	// While it waits for another page Chromium evaluates nothing: the page itself tells when its patience is over.
	s.must(s.tab.Eval(fmt.Sprintf(`void setTimeout(() => navigator.sendBeacon("/slow/over"), %d)`, (ample+short).Milliseconds()), nil))
	s.must(s.tab.Eval(`void document.getElementById("go").click()`, nil))
	s.must(s.server.WaitForSlow())
	if err := s.server.Cut(""); err != nil && !errors.Is(err, wire.ErrLeft) {
		t.Fatal(err)
	}
	if v.Scripts {
		s.must(s.server.WaitForSlow())
	}
	s.server.ReleaseSlow()
	s.see(`document.title === "slow"`)
	if got := s.server.Visits(); got != 1 {
		t.Errorf("the page was asked for %d times, want once", got)
	}
	s.checkQuiet(cutOff...)
}

// begin sends the first fragment, from which on the script's patience counts.
func (s *sight) begin() {
	s.t.Helper()
	s.painted()
	s.send(step("a").send)
	if s.visitor.Fills() {
		s.see(step("a").filled)
	}
	if s.visitor.Scripts {
		s.see(`!!customElements.get("async-fill")`)
	}
}

// testStop: the visitor has pressed the button that stops the loading.
func testStop(t *testing.T, v wire.Visitor, open openTab) {
	if !v.Scripts {
		return // nothing could load the page again
	}
	s := visit(t, v, open, wire.Page{Body: place("a") + place("b"), Patience: ample})
	s.begin()
	s.must(s.tab.Eval(`void window.stop()`, nil))
	s.pass(ample + short)
	s.checkVisits(1)
	s.checkQuiet(cutOff...)
}

// testBack: a page that was loaded again and left is as good as any when the visitor comes back, from the browser's cache
// or from the server.
func testBack(t *testing.T, v wire.Visitor, open openTab) {
	if !v.Scripts {
		return // nothing could load the page again
	}
	s := visit(t, v, open, wire.Page{Body: place("a") + link, Patience: ample})
	s.loseAndReload()
	s.server.ReleaseSlow()
	s.must(s.tab.Eval(`void document.getElementById("go").click()`, nil))
	s.see(`document.title === "slow" && ` + loaded)
	s.must(s.tab.Eval(`void history.back()`, nil))
	s.see(`location.href === "` + s.server.URL + `" && ` + arrived)
	want := s.server.Visits()
	if want > 2 {
		s.end(step("a").send + wire.End)
	}
	s.see(loaded + ` && ` + step("a").filled)
	s.pass(ample + short)
	s.checkVisits(want)
	s.checkQuiet(cutOff...)
}
