package e2e_test

import (
	"slices"
	"strings"

	"github.com/infill-go/infill/async/page"
	"github.com/infill-go/infill/e2e/internal/browser"
)

// testAccessibility: what is loading is busy within its place and nowhere else, and one polite status tells of it all.
func testAccessibility(v *viewer, p *browser.Page) {
	s := startSite(v.T, page.Options{})
	s.releaseScript()
	v.visit(s.URL + "/board")
	v.see(`!!document.querySelector("#last")`)
	waiting := []string{"waiting for first", "waiting for second", "waiting", "waiting", "waiting for twice", "waiting for twice", "waiting for failing"}
	v.checkAccessible(p, waiting, "11 sections are loading")
	for _, one := range append(spots, inner) {
		one.releaseIn(s)
	}
	v.see(loaded)
	if v.Fills() {
		v.checkAccessible(p, nil, "All sections are loaded")
	} else {
		v.checkAccessible(p, waiting, "11 sections are loading")
	}
	v.checkQuiet(s)
}

// checkAccessible makes sure that elements with these texts are busy, and that the one live region is a status with this one.
func (v *viewer) checkAccessible(p *browser.Page, busy []string, status string) {
	v.Helper()
	all, err := p.Accessibles()
	v.must(err)
	var gotBusy []string
	var live []browser.Accessible
	for _, one := range all {
		// Chromium calls the document busy as long as its response is open.
		if one.Busy && one.Role != "RootWebArea" {
			gotBusy = append(gotBusy, one.Text)
		}
		if one.Live != "" {
			live = append(live, one)
		}
	}
	if !slices.Equal(gotBusy, busy) {
		v.Errorf("busy are %q, want %q", gotBusy, busy)
	}
	if len(live) != 1 || live[0].Role != "status" || live[0].Live != "polite" || !strings.HasPrefix(live[0].Text, status) {
		v.Errorf("live regions are %+v, want one polite status %q", live, status)
	}
}
