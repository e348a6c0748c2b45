package async

import (
	"context"
	"runtime"
	"testing"
)

// TestDroppedSetsAreNotRenderedFor although results that are kept have views of them
// with holes for their template fragments.
func TestDroppedSetsAreNotRenderedFor(t *testing.T) {
	g := quietGroup()
	h := register(t, g, "f", Policy{}, func(ctx context.Context, key string) (string, error) { return key, nil })
	for range 10 {
		s := bound(t, g, `{{async "f" "k"}}{{define "f:view"}}{{.}}{{async "inner" .}}{{end}}{{define "inner"}}x{{end}}`, Options{})
		for range 2 { // with the value, and then with its view
			execute(t, s, nil)
			if err := waitIdle(g); err != nil {
				t.Fatal(err)
			}
		}
	}
	for range 3 {
		runtime.GC()
	}
	if n := len(h.frag.showing()); n != 0 {
		t.Errorf("%d dropped sets are rendered for", n)
	}
	bound(t, g, `{{async "other" 1}}{{define "other"}}x{{end}}`, Options{})
	g.mu.Lock()
	if n := len(g.ofSets); n > 2*11 {
		t.Errorf("the group has %d pointers to fragments of sets", n)
	}
	g.mu.Unlock()
	closeGroup(t, g)
}

// TestMadeTemplatesAreNotExecuted: a template that stands in element content and in
// attributes has a second copy, which is right only where its callers have it.
func TestMadeTemplatesAreNotExecuted(t *testing.T) {
	g := quietGroup()
	s := bound(t, g, `{{define "part"}}{{async "f" .}}{{end}}{{define "f"}}x{{end}}{{template "part" .}}<p title="{{template "part" .}}">`, Options{})
	made := 0
	for _, one := range s.respond.Templates() {
		if s.names[one.Name()] {
			continue
		}
		made++
		if _, err := s.Execute(discard{}, one.Name(), "k"); err == nil {
			t.Errorf("%q was executed", one.Name())
		}
	}
	if made == 0 {
		t.Error("there is no second copy: the test has nothing to look at")
	}
	closeGroup(t, g)
}
