package e2e_test

import (
	"fmt"
	"time"

	"github.com/infill-go/infill/async/page"
	"github.com/infill-go/infill/e2e/internal/cut"
)

// testScriptComesLate: what was sent before the script is filled when it arrives, and what is sent after it as ever.
func testScriptComesLate(v *viewer) {
	s := startSite(v.T, page.Options{})
	v.visit(s.URL + "/open")
	v.see(first.before + ` && ` + second.before)
	first.releaseIn(s)
	v.arrives(first)
	s.releaseScript()
	if v.Fills() {
		v.see(first.after)
	}
	second.releaseIn(s)
	v.see(loaded)
	v.checkFilled(first, second)
	v.checkTidy()
	v.checkVisits(s, 1)
	v.checkQuiet(s)
}

// arrives sees a fragment that was sent to a page without its script: in its place, where the browser fills by itself.
func (v *viewer) arrives(one spot) {
	v.Helper()
	if v.Native {
		v.see(one.after)
		return
	}
	v.see(fmt.Sprintf(`document.querySelector("template[for]")?.content.textContent === %q`, one.value))
	v.check(one.before)
}

// checkFilled makes sure that all are filled if the visitor is one who sees it in this response, and that none is else.
func (v *viewer) checkFilled(all ...spot) {
	v.Helper()
	for _, one := range all {
		if v.Fills() {
			v.check(one.after)
		} else {
			v.check(one.before)
		}
	}
}

// halfway is where connections are cut: in the middle of a fragment.
const halfway = "half"

// firstOf and secondOf are the places of the page in its n-th load.
func firstOf(n int) spot  { return text("#first", fmt.Sprint("first ", n), "one") }
func secondOf(n int) spot { return text("#second", fmt.Sprint("second ", n), halfway+" and half") }

// testCutOnce: a page that was cut off is loaded again.
func testCutOnce(v *viewer) {
	s := v.visitAndCut(1)
	if v.Scripts {
		v.seeAgain()
		firstOf(2).releaseIn(s)
		v.see(firstOf(2).after)
		secondOf(2).releaseIn(s)
		v.see(loaded)
		v.check(firstOf(2).after + ` && ` + secondOf(2).after)
		v.checkTidy()
	}
	v.checkLoads(s)
}

// testCutTwice: if it is cut off again it stays as it is.
func testCutTwice(v *viewer) {
	s := v.visitAndCut(2)
	if v.Scripts {
		v.seeAgain()
		v.releaseAndCut(s, 2)
	}
	v.checkLoads(s)
}

// testReplaced: MiniBrowser keeps nothing of a page that has lost its connection within a chunk of the response, nor its
// script. Pages that end between two chunks are loaded again in WebKit, too: the tests of the script alone have them.
func testReplaced(v *viewer) {
	s := v.visitAndCut(1)
	v.see(`document.body.textContent === "Connection terminated unexpectedly"`)
	v.checkVisits(s, 1)
}

// visitAndCut opens a page whose connection is lost in the middle of a fragment, so often. The script does not come before
// the first time is over, so that it cannot lose its patience before.
func (v *viewer) visitAndCut(times int) *site {
	v.Helper()
	s := startSite(v.T, page.Options{})
	proxy, err := cut.Start(s.address(), halfway, times)
	v.must(err)
	v.Cleanup(func() { v.must(proxy.Close()) })
	s.cut = proxy.Broken()
	v.visit(proxy.URL + "/cut")
	v.see(firstOf(1).before + ` && ` + secondOf(1).before)
	firstOf(1).releaseIn(s)
	v.arrives(firstOf(1))
	v.releaseAndCut(s, 1)
	s.releaseScript()
	return s
}

// seeAgain sees the page loaded again.
func (v *viewer) seeAgain() {
	v.Helper()
	v.see(reloaded + ` && ` + firstOf(2).before + ` && ` + secondOf(2).before)
	v.painted()
}

// releaseAndCut waits until the n-th load has lost its connection.
func (v *viewer) releaseAndCut(s *site, n int) {
	v.Helper()
	secondOf(n).releaseIn(s)
	select {
	case <-s.cut:
	case <-time.After(viewTimeout):
		v.Fatal("the page has not come so far that its connection could be cut")
	}
}

// checkLoads makes sure that the script has loaded the page again, once.
func (v *viewer) checkLoads(s *site) {
	v.Helper()
	want := 1
	if v.Scripts {
		want = 2
		v.must(v.tab.Eval(`void unhurried(() => (self.passed = 1), 1000)`, nil)) // see hurry.js
		v.see(`self.passed === 1`)
	} else {
		v.checkFilled(firstOf(1))
		// Where the browser fills by itself half a fragment is shown, or none: with the connection it may lose what came last.
		v.check(secondOf(1).before + ` || ` + fmt.Sprint(v.Native) + ` && ` + shows("#second", halfway))
	}
	v.checkVisits(s, want)
	v.checkQuiet(s, cutOff...)
}
