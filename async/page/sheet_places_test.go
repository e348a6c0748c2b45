package page

import (
	"context"
	"errors"
	"html/template"
	"io"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/infill-go/infill/async"
	"github.com/infill-go/infill/async/internal/holes"
)

// namedHole is a hole that is its own key.
type namedHole struct {
	fill    func() error
	decided bool
	slot    holes.Slot
}

func (h *namedHole) Key() holes.Key       { return h }
func (h *namedHole) Fill() error          { return h.fill() }
func (h *namedHole) Look() bool           { return h.decided }
func (h *namedHole) Usual() time.Duration { return 0 }
func (h *namedHole) Slot() *holes.Slot    { return &h.slot }

// opened puts a hole on the sheet whose default write writes.
func opened(s *sheet, write func()) *namedHole {
	h := new(namedHole)
	s.Open(h)
	write()
	s.Close()
	return h
}

func writes(s *sheet, text string) func() {
	return func() { _, _ = io.WriteString(s, text) }
}

func fills(s *sheet, text string) func() error {
	return func() error { writes(s, text)(); return nil }
}

func shownOn(s *sheet) string {
	if s.root.to == 0 { // what comes later is written behind it
		s.root.to = len(s.text)
	}
	m := marker{sheet: s}
	return string(m.piece(nil, &s.root))
}

// place fills what is decided, and says how many places were filled.
func (h *namedHole) place(s *sheet) (n int) {
	h.decided = true
	for _, one := range s.decided(h) {
		if !one.closed {
			_ = s.fill(one)
			n++
		}
	}
	return n
}

// TestPlacesInADefault go with it: they are neither waited for nor counted nor filled
// any more, at whatever depth they stand.
func TestPlacesInADefault(t *testing.T) {
	s := new(sheet)
	var inner, innermost, sibling *namedHole
	outer := opened(s, func() {
		writes(s, "(")()
		inner = opened(s, func() {
			innermost = opened(s, writes(s, "…"))
		})
		writes(s, ")")()
	})
	sibling = opened(s, writes(s, "-"))
	shownOn(s)
	outer.fill, inner.fill, innermost.fill, sibling.fill = fills(s, "O"), fills(s, "I"), fills(s, "J"), fills(s, "S")
	if s.pending != 4 || expectedOn(s) != 4 {
		t.Errorf("%d places are pending, %d keys are expected", s.pending, expectedOn(s))
	}
	if n := innermost.place(s); n != 1 || s.pending != 3 || shownOn(s) != "(J)-" {
		t.Errorf("%d filled, %d pending, %q", n, s.pending, shownOn(s))
	}
	if n := outer.place(s); n != 1 || s.pending != 1 || expectedOn(s) != 1 || shownOn(s) != "O-" {
		t.Errorf("%d filled, %d pending, %d expected, %q", n, s.pending, expectedOn(s), shownOn(s))
	}
	if n := inner.place(s); n != 0 {
		t.Error("a place was filled that has gone")
	}
	if n := sibling.place(s); n != 1 || s.pending != 0 || expectedOn(s) != 0 || shownOn(s) != "OS" {
		t.Errorf("%d filled, %d pending, %d expected, %q", n, s.pending, expectedOn(s), shownOn(s))
	}
}

// TestPlacesOfOneKey in and outside of each other's defaults: one that goes leaves the
// others.
func TestPlacesOfOneKey(t *testing.T) {
	s := new(sheet)
	inner := &namedHole{fill: fills(s, "I")}
	put := func() { s.Open(inner); writes(s, "…")(); s.Close() }
	outer := opened(s, put)
	outer.fill = func() error { writes(s, "O")(); put(); return nil }
	put()
	shownOn(s)
	if s.pending != 3 || expectedOn(s) != 2 {
		t.Errorf("%d places are pending, %d keys are expected", s.pending, expectedOn(s))
	}
	outer.place(s)
	if s.pending != 2 || shownOn(s) != "O……" {
		t.Errorf("%d pending, %q", s.pending, shownOn(s))
	}
	if n := inner.place(s); n != 2 || s.pending != 0 || shownOn(s) != "OII" {
		t.Errorf("%d filled, %d pending, %q", n, s.pending, shownOn(s))
	}
}

// TestWhatHasGoneIsNotSent, although another place of its key is.
func TestWhatHasGoneIsNotSent(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := new(async.Group)
		for name, slow := range map[string]time.Duration{"outer": 100 * time.Millisecond, "inner": 200 * time.Millisecond} {
			if _, err := async.Register(g, name, func(ctx context.Context, key string) (string, error) {
				<-time.After(slow)
				return strings.ToUpper(name), nil
			}, async.Policy{}); err != nil {
				t.Fatal(err)
			}
		}
		text := `{{async "outer" .}}{{async "inner" .}}{{define "outer:default"}}({{async "inner" .Key}}){{end}}{{define "inner:default"}}…{{end}}`
		pages := Must(Bind(template.Must(template.New("page").Funcs(g.Funcs()).Parse(text)), Options{Options: async.Options{Group: g}}))
		w := httptest.NewRecorder()
		pages.Render(w, httptest.NewRequest("GET", "/", nil), "page", "k")
		html := w.Body.String()
		if strings.Count(html, startMarker) != 3 || strings.Count(html, patchStart) != 2 || strings.Count(html, "OUTER") != 1 || strings.Count(html, "INNER") != 1 {
			t.Errorf("sent: %s", html)
		}
		if n := pages.Stats(); n.Late != 2 || n.Unfilled != 0 {
			t.Errorf("%+v", n)
		}
		if err := g.Close(t.Context()); err != nil {
			t.Error(err)
		}
	})
}

// TestToldErrorsAreComments, whatever is in them, and nothing where they are not told.
func TestToldErrorsAreComments(t *testing.T) {
	for _, tells := range []bool{true, false} {
		s := &sheet{tells: tells}
		s.Failed(errors.New("--><script>alert(1)</script><!--"))
		html := shownOn(s)
		if tells && (strings.Count(html, ">") != 1 || !strings.HasPrefix(html, "<!-- ") || !strings.HasSuffix(html, " -->")) || !tells && html != "" || s.errors != 1 {
			t.Errorf("told %t: %q", tells, html)
		}
	}
}

// expectedOn counts the keys that something on the sheet waits for.
func expectedOn(s *sheet) (n int) {
	for _, e := range s.expects {
		if !e.over {
			n++
		}
	}
	return n
}
