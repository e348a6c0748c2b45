package e2e_test

import (
	"testing"

	"github.com/infill-go/infill/e2e/internal/browser"
	"github.com/infill-go/infill/e2e/internal/browsertest"
	"github.com/infill-go/infill/e2e/internal/firefox"
	"github.com/infill-go/infill/e2e/internal/webkit"
	"github.com/infill-go/infill/e2e/internal/wire"
)

// The pages that package page sends, in every kind of browser. Each has one tab for all of them.

func TestPageChromium(t *testing.T) {
	for _, parser := range []struct {
		name    string
		options browser.Options
		native  bool
	}{
		{"native", browser.Options{}, true},
		{"old", oldParser, false},
	} {
		t.Run(parser.name, func(t *testing.T) {
			t.Parallel() // most of the time is spent on waiting for a browser
			b := browsertest.Launch(t, parser.options)
			checkParser(t, b, parser.native)
			for name, scripts := range onAndOff {
				t.Run(name, func(t *testing.T) {
					t.Parallel()
					p := browsertest.Open(t, b, "about:blank", browser.View{NoScripts: !scripts})
					v := wire.Visitor{Native: parser.native, Scripts: scripts}
					testPages(t, v, chromiumTab{p, 0})
					t.Run("accessibility", func(t *testing.T) { testAccessibility(look(t, v, chromiumTab{p, 0}), p) })
					testCuts(t, v, chromiumTab{p, 0})
				})
			}
		})
	}
}

func TestPageFirefox(t *testing.T) {
	for name, scripts := range onAndOff {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := browsertest.LaunchFirefox(t, firefox.Options{NoScripts: !scripts})
			v, tab := wire.Visitor{Scripts: scripts}, browsertest.OpenFirefox(t, b)
			testPages(t, v, tab)
			testCuts(t, v, tab)
		})
	}
}

// TestPageWebKit has another cut: MiniBrowser puts a text of its own in the place of a page whose connection is lost.
func TestPageWebKit(t *testing.T) {
	for name, scripts := range onAndOff {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := browsertest.LaunchWebKit(t, webkit.Options{NoScripts: !scripts})
			v, tab := wire.Visitor{Scripts: scripts}, browsertest.OpenWebKit(t, b)
			testPages(t, v, tab)
			t.Run("cut off", func(t *testing.T) { testReplaced(look(t, v, tab)) })
		})
	}
}

// onAndOff are visitors who run scripts, and those who do not.
var onAndOff = map[string]bool{"scripts": true, "no scripts": false}

// testPages shows all pages to one visitor.
func testPages(t *testing.T, v wire.Visitor, tab wire.Tab) {
	for _, one := range []struct {
		name string
		test func(*viewer)
	}{
		{"in order", testInOrder},
		{"out of order", testOutOfOrder},
		{"script comes late", testScriptComesLate},
		{"window ends", testWindowEnds},
		{"open paragraph at the end", testOpenParagraph},
		{"fetched by a script", testFetched},
		{"boosted", testBoosted},
		{"behind nginx", testBehindProxy},
	} {
		t.Run(one.name, func(t *testing.T) { one.test(look(t, v, tab)) })
	}
}

// testCuts shows pages whose connections are lost. They come last: that the browser complains of it may be heard later.
func testCuts(t *testing.T, v wire.Visitor, tab wire.Tab) {
	t.Run("cut off, then whole", func(t *testing.T) { testCutOnce(look(t, v, tab)) })
	t.Run("cut off twice", func(t *testing.T) { testCutTwice(look(t, v, tab)) })
}
