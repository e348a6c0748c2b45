package e2e_test

import (
	"net/url"
	"time"

	"github.com/infill-go/infill/async/page"
	"github.com/infill-go/infill/e2e/internal/need"
	"github.com/infill-go/infill/e2e/internal/nginx"
)

// testWindowEnds: what has not come is asked for by loading the page again, by every visitor.
func testWindowEnds(v *viewer) {
	s := startSite(v.T, page.Options{Window: time.Millisecond})
	s.releaseScript()
	v.visit(s.URL + "/open")
	v.see(loaded)
	v.check(first.before + ` && ` + second.before)
	first.releaseIn(s)
	second.releaseIn(s)
	v.see(loaded + ` && ` + first.after + ` && ` + second.after)
	if v.Scripts {
		v.checkTidy()
	}
	v.check(`!document.querySelector("meta[http-equiv=refresh i]")`)
	if s.visits.Load() < 2 {
		v.Error("it was filled in the first load")
	}
	v.checkQuiet(s)
}

// testOpenParagraph: the end tag of a paragraph may be left out, and what is sent later must not get into it.
func testOpenParagraph(v *viewer) {
	s := startSite(v.T, page.Options{})
	s.releaseScript()
	v.visit(s.URL + "/open")
	v.see(first.before + ` && ` + second.before)
	second.releaseIn(s)
	if v.Fills() {
		v.see(second.after)
	}
	first.releaseIn(s)
	v.see(loaded)
	v.checkFilled(first, second)
	v.check(`document.querySelector("body > #last > #second") === document.querySelector("#last").lastElementChild`)
	v.checkTidy()
	v.checkVisits(s, 1)
	v.checkQuiet(s)
}

// testFetched: what a script fetches and puts into its page has its defaults at once, and no trace of what a stream needs.
func testFetched(v *viewer) {
	if v.Scripts {
		s := v.fetchBoard(`{}`)
		s.releaseScript()
		v.see(loaded)
		v.checkQuiet(s)
	}
}

// testBoosted: so it is for htmx, which takes what it has fetched for a page, address and all. It then is loaded as one.
func testBoosted(v *viewer) {
	if !v.Scripts {
		return
	}
	s := v.fetchBoard(`{"HX-Request": "true", "HX-Boosted": "true"}`)
	for _, one := range append(spots, inner) {
		one.releaseIn(s)
	}
	s.releaseScript()
	v.see(`!document.querySelector("#into") && ` + loaded)
	for _, one := range append(spots, inner) {
		v.check(one.after)
	}
	v.checkQuiet(s)
}

// fetchBoard opens a page whose script fetches another with these headers.
func (v *viewer) fetchBoard(headers string) *site {
	v.Helper()
	s := startSite(v.T, page.Options{})
	// As long as the page is loading, of which its script is a part, nothing asks for the next.
	v.must(v.tab.Goto(s.URL + "/boost#" + url.PathEscape(headers)))
	v.see(`!!document.querySelector("#into > #last")`)
	for _, one := range spots[1:] { // a title in the body is none
		v.check(one.before)
	}
	v.check(`!` + markers + ` && !document.querySelector("template, async-fill, div[hidden]")`)
	v.checkVisits(s, 1)
	return s
}

// testBehindProxy: Debian's nginx, as it is, holds nothing of a page back.
func testBehindProxy(v *viewer) {
	_, err := nginx.Find()
	need.Found(v.T, err)
	s := startSite(v.T, page.Options{})
	s.releaseScript()
	proxy, err := nginx.Start(s.URL)
	v.must(err)
	v.Cleanup(func() { v.must(proxy.Close()) })
	v.visit(proxy.URL + "/board")
	v.see(`!!document.querySelector("#last")`)
	for _, one := range spots {
		v.check(one.before)
	}
	for _, one := range append(spots, inner) {
		one.releaseIn(s)
		if one.key != inner.key && v.Fills() {
			v.see(one.after)
		}
	}
	v.see(loaded)
	v.checkBoard()
	v.checkVisits(s, 1)
	v.checkQuiet(s)
}
