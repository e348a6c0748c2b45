package async

import (
	"bytes"
	"context"
	"slices"
	"testing"
)

const withParts = `<head>{{asyncscript}}</head><p>{{asyncstatus}}{{async "v" "k" "d"}}{{asyncstatus}}</p>{{define "v"}}x{{end}}`

// redeeming is a response that fills nothing and notes what stands where.
type redeeming struct {
	set   *Set
	kinds []callKind
}

func (r *redeeming) Write(p []byte) (int, error) {
	var c call
	if r.set.tokens.redeem(p, &c) {
		r.kinds = append(r.kinds, c.kind)
	}
	return len(p), nil
}

// TestPagePartsReachTheResponse: their tokens arrive as the calls that they are, in
// both copies of the set.
func TestPagePartsReachTheResponse(t *testing.T) {
	g := quietGroup()
	s := bound(t, g, withParts, Options{})
	copied, err := s.copies.take()
	if err != nil {
		t.Fatal(err)
	}
	for name, execute := range map[string]func(*redeeming) error{
		"respond": func(r *redeeming) error { return s.respond.ExecuteTemplate(r, "page", nil) },
		"copy":    func(r *redeeming) error { return copied.templates.ExecuteTemplate(r, "page", nil) },
	} {
		r := &redeeming{set: s}
		if err := execute(r); err != nil {
			t.Fatal(err)
		}
		if want := []callKind{scriptCall, statusCall, holeCall, statusCall}; !slices.Equal(r.kinds, want) {
			t.Errorf("%s: the calls are %v, want %v", name, r.kinds, want)
		}
	}
	closeGroup(t, g)
}

// TestPagePartsOfNoPage: executed without a page they print nothing, and no token
// stays out.
func TestPagePartsOfNoPage(t *testing.T) {
	g := quietGroup()
	s := bound(t, g, withParts, Options{})
	closeGroup(t, g) // so that the default shows
	if page, report := execute(t, s, nil); page != `<head></head><p>d</p>` || report.Holes() != 1 {
		t.Errorf("the page is %q with %d holes", page, report.Holes())
	}
	if all, free := len(s.tokens.calls), len(s.tokens.free); all != free {
		t.Errorf("%d tokens are out", all-free)
	}
}

// TestPagePartsInACapture: Bind refuses them there; if they come nevertheless, they
// are no holes.
func TestPagePartsInACapture(t *testing.T) {
	g := quietGroup()
	s := bound(t, g, withParts, Options{})
	closeGroup(t, g) // so that the default shows
	c := &capturer{set: s, ctx: context.Background()}
	content, err := c.captured(s.respond, "page", nil)
	if err != nil {
		t.Fatal(err)
	}
	var page bytes.Buffer
	r := &response{left: 1000}
	r.begin(s, &page)
	if err := r.expand(content, true); err != nil || page.String() != `<head></head><p>d</p>` || r.report.Holes() != 1 {
		t.Errorf("captured %q with %d holes, %v", page.String(), r.report.Holes(), err)
	}
	if all, free := len(s.tokens.calls), len(s.tokens.free); all != free {
		t.Errorf("%d tokens are out", all-free)
	}
}
