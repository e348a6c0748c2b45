package async

import (
	"context"
	"math"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

const psPage = `[{{async "ps" .}}]{{define "ps:view"}}<b>{{.}}</b>{{end}}{{define "ps:default"}}…{{end}}
{{- define "ps:error"}}({{.Reason}}{{.Failures}}){{end}}{{define "ps:stale"}}<i>{{.Value}}</i>{{end}}`

// TestLateStates: what a page shows at first, whether the place stays open, and what
// comes into it.
func TestLateStates(t *testing.T) {
	for _, c := range []struct {
		name   string
		policy Policy
		before func(f *gated) // the page
		first  string
		open   int
		during func(f *gated)
		last   string
		told   string // of the errors that the page hears of
	}{
		{name: "pending, and good", first: "…", open: 1,
			during: func(f *gated) { f.good("k") }, last: "<b>&lt;k&gt;</b>"},
		{name: "pending, and failed", first: "…", open: 1,
			during: func(f *gated) { f.bad("k") }, last: "(error1)", told: "source is down"},
		{name: "ready", before: func(f *gated) { f.Put("k", "v") }, first: "<b>v</b>", last: "<b>v</b>"},
		{name: "stale, with its refresh", policy: Policy{MaxAge: time.Minute, Jitter: -1},
			before: func(f *gated) { f.Put("k", "v"); advance(2 * time.Minute) },
			first:  "<i>v</i>", during: func(f *gated) { f.end("k", "new", nil) }, last: "<i>v</i>"},
		{name: "failed, in its back-off", before: func(f *gated) { f.Get("k"); f.bad("k") },
			first: "(error1)", last: "(error1)", told: "source is down"},
		{name: "failed, with its retry, and good", before: func(f *gated) { f.Get("k"); f.bad("k"); advance(time.Minute) },
			first: "(error1)", open: 1, during: func(f *gated) { f.end("k", "v", nil) }, last: "<b>v</b>"},
		{name: "failed, with its retry, and failed", before: func(f *gated) { f.Get("k"); f.bad("k"); advance(time.Minute) },
			first: "(error1)", open: 1, during: func(f *gated) { f.bad("k") }, last: "(error2)", told: "source is down"},
		{name: "failed without a back-off", policy: Policy{Backoff: -1},
			first: "…", open: 1, during: func(f *gated) { f.bad("k") }, last: "(error1)", told: "source is down"},
		{name: "expired, and good", policy: Policy{MaxAge: time.Minute, StaleWhileRevalidate: -1, Jitter: -1},
			before: func(f *gated) { f.Put("k", "v"); advance(2 * time.Minute) },
			first:  "…", open: 1, during: func(f *gated) { f.end("k", "new", nil) }, last: "<b>new</b>"},
		{name: "refused by a limit", policy: Policy{MaxRuns: 1, MaxWaiting: 1}, before: func(f *gated) { f.Get("a"); f.Get("b") },
			first: "…", last: "…", told: "it was not started"},
		{name: "in line", policy: Policy{MaxRuns: 1}, before: func(f *gated) { f.Get("a") },
			first: "…", open: 1, during: func(f *gated) { f.good("a"); f.end("k", "v", nil) }, last: "<b>v</b>"},
		{name: "larger than may be kept", policy: Policy{MaxBytes: 1000}, first: "…", open: 1,
			during: func(f *gated) { f.end("k", strings.Repeat("x", 2000), nil) }, last: "(limit1)", told: "Policy.MaxBytes"},
		{name: "Put", first: "…", open: 1, during: func(f *gated) { f.Put("k", "v") }, last: "<b>v</b>"},
		{name: "Put twice", first: "…", open: 1, during: func(f *gated) { f.Put("k", "v"); f.Put("k", "w") }, last: "<b>w</b>"},
		{name: "Forget, and the successor", first: "…", open: 1,
			during: func(f *gated) { synctest.Wait(); f.Forget("k"); f.end("k", "new", nil) }, last: "<b>new</b>"},
		{name: "Forget, and the successor fails", first: "…", open: 1,
			during: func(f *gated) { synctest.Wait(); f.Forget("k"); f.bad("k") }, last: "(error1)", told: "source is down"},
		{name: "Refresh behind the run", first: "…", open: 1,
			during: func(f *gated) { synctest.Wait(); f.Refresh("k"); f.end("k", "v", nil) }, last: "<b>v</b>"},
		{name: "Close", first: "…", open: 1, during: func(f *gated) { f.frag.group.Close(canceled()) }, last: "(closed1)", told: "the group is closed"},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				g := quietGroup()
				f := gate(t, g, "ps", c.policy)
				s := bound(t, g, psPage, Options{})
				if c.before != nil {
					c.before(f)
					synctest.Wait()
				}
				p := respond(t, s, "k")
				p.shows("["+c.first+"]", c.open)
				if c.during != nil {
					c.during(f)
				}
				p.settle()
				p.shows("["+c.last+"]", 0)
				if told := strings.Join(p.told, "\n"); !strings.Contains(told, c.told) || c.told == "" && told != "" {
					t.Errorf("the page hears of %q, want %q", told, c.told)
				}
				p.response.End()
				advance(time.Hour) // the deadlines of what still runs
				g.Close(context.Background())
				if n := watchesOf(g); n != 0 {
					t.Errorf("%d watches are left", n)
				}
			})
		})
	}
}

// TestLateWithoutAView: a value that was put is shown as soon as its view is rendered,
// although no run is under way; and one that needs no view at once.
func TestLateWithoutAView(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := quietGroup()
		f := gate(t, g, "ps", Policy{})
		f.Put("k", "v")
		views := make(chan string)
		s := boundWith(t, g, map[string]any{"view": func(v string) string { return v + <-views }},
			`[{{async "ps" .}}]{{define "ps:view"}}{{view .}}{{end}}{{define "ps:default"}}…{{end}}`, Options{})
		plain := bound(t, g, `[{{async "ps" .}}]`, Options{})
		p, q := respond(t, s, "k"), respond(t, plain, "k")
		p.shows("[…]", 1)
		q.shows("[v]", 0)
		p.settle()
		p.shows("[…]", 1)
		f.Put("k", "w") // the render is overtaken, and has a successor
		p.settle()
		p.shows("[…]", 1)
		close(views)
		p.settle()
		p.shows("[w]", 0)
		q.shows("[v]", 0)
		if n := f.ran("k"); n != 0 {
			t.Errorf("%d runs", n)
		}
		q.response.End()
		p.end(g)
	})
}

// TestLateViewFails: what is shown is the error view, once.
func TestLateViewFails(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		for name, policy := range map[string]Policy{"back-off": {}, "none": {Backoff: -1}} {
			g := quietGroup()
			f := gate(t, g, "ps", policy)
			s := boundWith(t, g, map[string]any{"view": func(v string) string { panic("oh no") }},
				`[{{async "ps" .}}]{{define "ps:view"}}{{view .}}{{end}}{{define "ps:error"}}({{.Reason}}){{end}}`, Options{})
			p := respond(t, s, "k")
			f.end("k", "v", nil)
			p.settle()
			p.shows("[(view)]", 0)
			if told := strings.Join(p.told, "\n"); !strings.Contains(told, "oh no") || strings.Count(told, "\n") > 0 {
				t.Errorf("%s: the page hears of %q", name, told)
			}
			p.end(g)
		}
	})
}

// TestLateViewIsTriedAgain: the error view stands there while it is, and then what it
// comes to.
func TestLateViewIsTriedAgain(t *testing.T) {
	for _, fails := range []bool{false, true} {
		synctest.Test(t, func(t *testing.T) {
			g := quietGroup()
			f := gate(t, g, "ps", Policy{})
			views := make(chan error)
			s := boundWith(t, g, map[string]any{"view": func(v string) (string, error) { return v, <-views }},
				`[{{async "ps" .}}]{{define "ps:view"}}{{view .}}{{end}}{{define "ps:error"}}({{.Reason}}{{.Failures}}){{end}}`, Options{})
			f.Put("k", "v")
			views <- errSource
			advance(time.Minute)
			p := respond(t, s, "k")
			p.shows("[(view1)]", 1)
			p.settle()
			p.shows("[(view1)]", 1)
			want := "[v]"
			if fails {
				views <- errSource
				want = "[(view2)]"
			} else {
				views <- nil
			}
			p.settle()
			p.shows(want, 0)
			if told := len(p.told) == 1; told != fails {
				t.Errorf("the page hears of %q", p.told)
			}
			p.end(g)
		})
	}
}

// TestLateDeadline: the error view when the deadline has passed, and nothing more, even
// if the function returns a good result. The next page has that.
func TestLateDeadline(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := quietGroup()
		f := gate(t, g, "ps", Policy{Timeout: 10 * time.Second})
		f.stubborn = true
		s := bound(t, g, psPage, Options{})
		p := respond(t, s, "k")
		advance(10*time.Second - 1)
		p.settle()
		p.shows("[…]", 1)
		advance(1)
		p.settle()
		p.shows("[(timeout1)]", 0)
		q := respond(t, s, "k") // in the back-off
		q.shows("[(timeout1)]", 0)
		advance(5 * time.Second)
		r := respond(t, s, "k") // after it: the key is still taken
		r.shows("[(timeout1)]", 0)
		f.end("k", "late", nil)
		for _, page := range []*openPage{p, q, r} {
			if page.settle() != 0 {
				t.Error("something came after the error view")
			}
			page.shows("[(timeout1)]", 0)
			page.response.End()
		}
		last := respond(t, s, "k")
		last.shows("[<b>late</b>]", 0)
		last.end(g)
	})
}

// TestLateSuccessorBehindAHang: a run that Forget has overtaken and that hangs holds up
// its successor until its deadline only.
func TestLateSuccessorBehindAHang(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := quietGroup()
		f := gate(t, g, "ps", Policy{Timeout: 10 * time.Second})
		f.stubborn = true
		s := bound(t, g, psPage, Options{})
		p := respond(t, s, "k")
		synctest.Wait()
		f.Forget("k")
		p.settle()
		p.shows("[…]", 1)
		advance(10 * time.Second)
		p.settle()
		p.shows("[(timeout1)]", 0)
		f.good("k") // the overtaken one; then the one behind it, for the next page
		f.end("k", "new", nil)
		if p.settle() != 0 {
			t.Error("something came after the error view")
		}
		shows(t, s, "k", "[<b>new</b>]", Report{Ready: 1})
		p.end(g)
	})
}

// TestLateHolesThatAreNone: a key that cannot be one, a circle, and what is too deep
// show their error views at once, and nobody waits for them.
func TestLateHolesThatAreNone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := quietGroup()
		register(t, g, "f", Policy{}, func(ctx context.Context, key string) (string, error) { return "v", nil })
		s := bound(t, g, `{{async "f" .}}|{{async "self" "k"}}|{{async "deep" "k"}}{{define "f:error"}}({{.Reason}}){{end}}
{{- define "self"}}s{{async "self" .}}{{end}}{{define "self:error"}}({{.Reason}}){{end}}
{{- define "deep"}}d{{async "deeper" .}}{{end}}{{define "deeper"}}e{{async "deepest" .}}{{end}}{{define "deepest"}}f{{end}}{{define "deepest:error"}}({{.Reason}}){{end}}`,
			Options{MaxDepth: 1, Policy: Policy{MaxAge: math.MaxInt64}})
		p := respond(t, s, []int{1})
		p.shows("(key)||", 2)
		p.settle()
		want := "(key)|s(cycle)|de(cycle)"
		p.shows(want, 0)
		shows(t, s, []int{1}, want, Report{Ready: 3, Failed: 3})
		p.end(g)
	})
}
