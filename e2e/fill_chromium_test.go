package e2e_test

import (
	"testing"

	"github.com/infill-go/infill/e2e/internal/browser"
	"github.com/infill-go/infill/e2e/internal/browsertest"
	"github.com/infill-go/infill/e2e/internal/wire"
)

// oldParser makes Chromium parse as browsers do that do not know <template for>.
var oldParser = browser.Options{WithoutFeatures: []string{"DocumentPatching", "HTMLProcessingInstruction"}}

func TestFillChromium(t *testing.T) {
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
			for name, scripts := range map[string]bool{"scripts": true, "no scripts": false} {
				t.Run(name, func(t *testing.T) {
					t.Parallel()
					p := browsertest.Open(t, b, "about:blank", browser.View{NoScripts: !scripts})
					visitor := wire.Visitor{Native: parser.native, Scripts: scripts}
					testFill(t, visitor, func(*testing.T) wire.Tab { return chromiumTab{p, len(p.Problems())} })
				})
			}
		})
	}
}

// checkParser makes sure that the two ways of starting Chromium still make the difference.
func checkParser(t *testing.T, b *browser.Browser, native bool) {
	p := browsertest.Open(t, b, "about:blank", browser.View{})
	if got := browsertest.Eval[bool](t, p, `"htmlFor" in HTMLTemplateElement.prototype`); got != native {
		t.Fatalf("that the browser knows <template for> is %v, want %v", got, native)
	}
}

// chromiumTab is a browser.Page as a wire.Tab, from one test on.
type chromiumTab struct {
	*browser.Page
	before int // how many problems there were until then
}

func (p chromiumTab) Problems() []string { return p.Page.Problems()[p.before:] }

// Close does nothing: the page is used by other tests and is closed with them.
func (chromiumTab) Close() error { return nil }
