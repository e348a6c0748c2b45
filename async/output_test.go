package async

import (
	"context"
	"errors"
	"fmt"
	"html/template"
	"io"
	"math"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

func TestRecursion(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := quietGroup()
		register(t, g, "count", Policy{}, func(ctx context.Context, n int) (int, error) { return n + 1, nil })
		s := bound(t, g, `{{async "self" .}}|{{async "deep" .}}
{{- define "self"}}<{{"b"}}>{{async "self" .}}{{end}}{{define "self:error"}}({{.Reason}}){{end}}
{{- define "deep"}}{{.}},{{async "deep" (asyncvalue "count" .)}}{{end}}{{define "deep:error"}}({{.Reason}}){{end}}`, Options{MaxDepth: 3})
		for range 6 {
			execute(t, s, 1)
			advance(time.Second)
		}
		shows(t, s, 1, `&lt;b>(cycle)|1,2,3,4,(cycle)`, Report{Ready: 5, Failed: 2})
		closeGroup(t, g)
	})
}

// TestHolesInTheErrorViewOfACircle are left out: they might be the same again.
func TestHolesInTheErrorViewOfACircle(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := quietGroup()
		s := bound(t, g, `{{async "x" .}}{{define "x"}}x{{async "x" .}}{{end}}{{define "x:error"}}({{.Reason}}{{async "x" .Key}}){{end}}`, Options{})
		execute(t, s, "k")
		synctest.Wait()
		shows(t, s, "k", "x(cycle)", Report{Ready: 1, Failed: 1})
		closeGroup(t, g)
	})
}

func TestMaxOutput(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := quietGroup()
		bomb := make([]struct{}, 1e6)
		register(t, g, "bomb", Policy{}, func(ctx context.Context, key string) ([]struct{}, error) { return bomb, nil })
		s := bound(t, g, `{{async "bomb" .}}{{async "twice" .}}
{{- define "bomb:view"}}{{range .}}boom{{end}}{{end}}{{define "bomb:error"}}({{.Reason}}){{end}}
{{- define "twice"}}{{async "half" .}}{{async "half" .}}{{async "half" .}}{{end}}
{{- define "half"}}{{printf "%0400d" 0}}{{end}}{{define "half:error"}}({{.Reason}}){{end}}`, Options{MaxOutput: 1000})
		execute(t, s, "k")
		advance(time.Second)
		half := fmt.Sprintf("%0400d", 0)
		shows(t, s, "k", `(view)`+half+half+`(limit)`, Report{Ready: 3, Failed: 2})
		closeGroup(t, g)
	})
}

// TestMaxOutputOfDefaultsAndErrors: what stands around them has used the most of
// it, so they are left out, and logged. Those that fit are shown.
func TestMaxOutputOfDefaultsAndErrors(t *testing.T) {
	for _, c := range []struct{ name, hole, views, want string }{
		{"default view", `{{async "slow" .}}`, `{{define "slow:default"}}{{filler 500}}{{end}}`, ""},
		{"default view that fits", `{{async "slow" .}}`, `{{define "slow:default"}}{{filler 5}}{{end}}`, "xxxxx"},
		{"error view", `{{async "down" .}}`, `{{define "down:error"}}{{filler 500}}{{end}}`, ""},
		{"error view that fits", `{{async "down" .}}`, `{{define "down:error"}}{{filler 5}}{{end}}`, "xxxxx"},
		{"view within a default view", `{{async "slow" .}}`, `{{define "slow:default"}}{{async "down" .Key}}{{end}}{{define "down:error"}}{{filler 500}}{{end}}`, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var log strings.Builder
				g := &Group{Logger: textLogger(&log)}
				register(t, g, "slow", Policy{}, func(ctx context.Context, key string) (int, error) { return 7, pause(ctx, time.Second) })
				register(t, g, "down", Policy{}, func(ctx context.Context, key string) (int, error) { return 0, errSource })
				s := boundWith(t, g, template.FuncMap{"filler": func(n int) string { return strings.Repeat("x", n) }},
					`{{async "outer" .}}{{define "outer"}}{{filler 600}}`+c.hole+`{{end}}`+c.views, Options{MaxOutput: 1000})
				execute(t, s, "k")
				synctest.Wait()
				execute(t, s, "k")
				synctest.Wait()
				log.Reset()
				got, r := execute(t, s, "k")
				if want := strings.Repeat("x", 600) + c.want; got != want {
					t.Errorf("page shows %d bytes, want %d", len(got), len(want))
				}
				if r.Ready != 1 {
					t.Errorf("report %+v", r)
				}
				if told := strings.Contains(log.String(), "Options.MaxOutput"); told != (c.want == "") {
					t.Errorf("the log says %q", log.String())
				}
				advance(time.Second)
				closeGroup(t, g)
			})
		})
	}
}

// TestMaxOutputOfDEFAULT: one that is printed in a page, and one that is printed
// in a run, which has failed with it.
func TestMaxOutputOfDEFAULT(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := quietGroup()
		h := register(t, g, "slow", Policy{}, func(ctx context.Context, key string) (int, error) { return 7, pause(ctx, time.Second) })
		s := boundWith(t, g, template.FuncMap{"filler": func(n int) string { return strings.Repeat("<", n) }},
			`{{async "slow" . (filler 1001)}}|{{async "slow" . (filler 251)}}|{{async "slow" . (filler 2)}}|{{async "x" . "first"}}
{{- define "x"}}{{async "slow" . (filler 251)}}{{end}}{{define "x:error"}}{{.Reason}}{{end}}`, Options{MaxOutput: 1000})
		shows(t, s, "k", "||&lt;&lt;|first", Report{Pending: 4})
		if n := h.frag.counts.viewErrors.Load(); n != 2 {
			t.Errorf("%d counted", n)
		}
		synctest.Wait()
		shows(t, s, "k", "||&lt;&lt;|limit", Report{Pending: 3, Failed: 1})
		advance(time.Second)
		closeGroup(t, g)
	})
}

// TestDefaultsThatMultiply: seven levels of eight each are two million holes, on the
// goroutine of a request.
func TestDefaultsThatMultiply(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := quietGroup()
		var text strings.Builder
		text.WriteString(`{{async "d0" .}}`)
		for level := range 8 {
			register(t, g, fmt.Sprint("d", level), Policy{}, func(ctx context.Context, key string) (int, error) { return 7, pause(ctx, time.Second) })
			fmt.Fprintf(&text, `{{define "d%d:default"}}x`, level)
			if level < 7 {
				text.WriteString(strings.Repeat(fmt.Sprintf(`{{async "d%d" .Key}}`, level+1), 8))
			}
			text.WriteString(`{{end}}`)
		}
		s := bound(t, g, text.String(), Options{MaxOutput: 1000})
		page, r := execute(t, s, "k")
		if n := len(page); n == 0 || n > 1000 {
			t.Errorf("the page has %d bytes", n)
		}
		if n := r.Holes(); n > 200 || r.Failed == 0 {
			t.Errorf("%d holes: %+v", n, r)
		}
		advance(time.Second)
		closeGroup(t, g)
	})
}

// TestMaxOutputIsEachSetsOwn, also of sets that share the printed value.
func TestMaxOutputIsEachSetsOwn(t *testing.T) {
	for name, v := range map[string]any{"string": strings.Repeat("x", 50), "slice": []string{strings.Repeat("x", 50)}} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				g := quietGroup()
				h := register(t, g, "v", Policy{}, func(ctx context.Context, key string) (any, error) { return v, nil })
				small := bound(t, g, `{{async "v" .}}{{define "v:error"}}{{.Reason}}{{end}}`, Options{MaxOutput: 10})
				large := bound(t, g, `{{async "v" .}}`, Options{})
				h.Wait(t.Context(), "k")
				synctest.Wait()
				shows(t, small, "k", "limit", Report{Failed: 1})
				shows(t, large, "k", fmt.Sprint(v), Report{Ready: 1})
				closeGroup(t, g)
			})
		})
	}
}

// TestADEFAULTInCapturedHTML was printed in the run, and goes before the view.
func TestADEFAULTInCapturedHTML(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := quietGroup()
		register(t, g, "slow", Policy{}, func(ctx context.Context, key string) (int, error) { return 7, pause(ctx, time.Second) })
		s := bound(t, g, `{{async "x" .}}{{define "x"}}a{{async "slow" . "<"}}b{{async "slow" .}}c{{end}}{{define "slow:default"}}view{{end}}`, Options{})
		execute(t, s, "k")
		synctest.Wait()
		shows(t, s, "k", "a&lt;bviewc", Report{Ready: 1, Pending: 2})
		advance(time.Second)
		shows(t, s, "k", "a7b7c", Report{Ready: 3})
		closeGroup(t, g)
	})
}

// failingWriter takes so many bytes, fails once, and would take the rest: whoever
// goes on after the failure is found out.
type failingWriter struct{ left int }

var errGone = errors.New("the visitor has left")

func (w *failingWriter) Write(p []byte) (int, error) {
	if w.left -= len(p); w.left < 0 {
		w.left = math.MaxInt
		return 0, errGone
	}
	return len(p), nil
}

// TestAWriterThatFails ends the page with its own error, wherever that comes: in
// the page, in a value, in a default, in what is nested.
func TestAWriterThatFails(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := quietGroup()
		h := register(t, g, "v", Policy{}, func(ctx context.Context, key string) (string, error) { return key, nil })
		s := bound(t, g, `page{{async "v" "value"}}{{async "x" .}}{{async "none" .}}tail
{{- define "x"}}outer{{async "v" "inner"}}end{{end}}{{define "none"}}{{.Nope}}{{end}}{{define "none:error"}}error{{end}}`, Options{})
		h.Wait(t.Context(), "value")
		execute(t, s, "k")
		synctest.Wait()
		const whole = "pagevalueouterinnerenderrortail"
		shows(t, s, "k", whole, Report{Ready: 3, Failed: 1})
		for room := range len(whole) + 1 {
			_, err := s.Execute(&failingWriter{room}, "page", "k")
			if want := room < len(whole); errors.Is(err, errGone) != want {
				t.Errorf("with room for %d bytes the error is %v", room, err)
			}
		}
		if n := len(s.tokens.free); n != len(s.tokens.calls) {
			t.Errorf("%d tokens are still out", len(s.tokens.calls)-n)
		}
		closeGroup(t, g)
	})
}

// TestASetThatWasNotBound says so instead of ending the request in a panic.
func TestASetThatWasNotBound(t *testing.T) {
	for _, s := range []*Set{nil, {}} {
		if _, err := s.Execute(io.Discard, "page", nil); err == nil || !strings.Contains(err.Error(), "Bind") {
			t.Errorf("Execute = %v", err)
		}
	}
}

// byteWriter has no WriteString, as a gzip.Writer has none.
type byteWriter struct{ page []byte }

func (w *byteWriter) Write(p []byte) (int, error) {
	w.page = append(w.page, p...)
	return len(p), nil
}

// TestAWriterOfBytes gets the same page, from the same memory for each hole.
func TestAWriterOfBytes(t *testing.T) {
	g := quietGroup()
	h := register(t, g, "f", Policy{}, func(ctx context.Context, key string) (string, error) { return key, nil })
	s := bound(t, g, `{{async "f" "a"}}, {{async "f" "b"}}`, Options{})
	h.Put("a", "short")
	h.Put("b", strings.Repeat("long", mostBytes))
	if err := waitIdle(g); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		var w byteWriter
		if _, err := s.Execute(&w, "page", nil); err != nil || string(w.page) != "short, "+strings.Repeat("long", mostBytes) {
			t.Fatalf("%v, %.20s…", err, w.page)
		}
	}
	closeGroup(t, g)
}
