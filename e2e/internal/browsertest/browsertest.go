// Package browsertest gives tests a browser, and says when there is none.
package browsertest

import (
	"testing"

	"github.com/infill-go/infill/e2e/internal/browser"
	"github.com/infill-go/infill/e2e/internal/need"
)

// Launch starts a Chromium that ends with the test. Without one the test is skipped, by the name of what is
// missing; where CI is "true" it fails, because a skip there would be taken for a proof.
func Launch(t *testing.T, o browser.Options) *browser.Browser {
	t.Helper()
	_, err := browser.Find()
	need.Found(t, err)
	b, err := browser.Launch(o)
	if err != nil {
		t.Fatal(err)
	}
	closeWith(t, b.Close)
	return b
}

// Open opens an address in a new tab and prints the browser's complaints when the test fails.
func Open(t *testing.T, b *browser.Browser, url string, view browser.View) *browser.Page {
	t.Helper()
	p, err := b.Open(view)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if t.Failed() {
			t.Logf("problems that the browser told of: %q", p.Problems())
		}
		p.Close()
	})
	if err := p.Goto(url); err != nil {
		t.Fatal(err)
	}
	return p
}

// Eval is browser.Eval for an expression that must not fail.
func Eval[T any](t *testing.T, p *browser.Page, expression string) T {
	t.Helper()
	value, err := browser.Eval[T](p, expression)
	if err != nil {
		t.Fatal(err)
	}
	return value
}
