package async

import (
	"fmt"
	"html/template"
	"strings"
	"testing"
	"testing/synctest"
)

// TestLateNested: what comes brings holes of its own, in every state.
func TestLateNested(t *testing.T) {
	const text = `{{async "outer" .}}|{{async "other" .}}{{define "outer:default"}}o…{{end}}{{define "outer:view"}}<{{"b"}}>{{async "in" "k"}}{{async "in" "k"}}{{end}}
{{- define "in:default"}}i…{{end}}{{define "in:error"}}i!{{end}}{{define "other:view"}}{{async "in" "k"}}{{end}}`
	for _, c := range []struct {
		name   string
		before func(in *gated)
		middle string
		open   int
		after  func(in *gated)
		last   string
	}{
		{name: "pending", middle: "&lt;b>i…i…", open: 2, after: func(in *gated) { in.end("k", "v", nil) }, last: "&lt;b>vv"},
		{name: "pending, and fails", middle: "&lt;b>i…i…", open: 2, after: func(in *gated) { in.bad("k") }, last: "&lt;b>i!i!"},
		{name: "ready", before: func(in *gated) { in.Put("k", "v") }, middle: "&lt;b>vv", last: "&lt;b>vv"},
		{name: "failed", before: func(in *gated) { in.Get("k"); in.bad("k") }, middle: "&lt;b>i!i!", last: "&lt;b>i!i!"},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				g := quietGroup()
				outer, in := gate(t, g, "outer", Policy{}), gate(t, g, "in", Policy{})
				gate(t, g, "other", Policy{})
				s := bound(t, g, text, Options{})
				p := respond(t, s, "k")
				p.shows("o…|", 2)
				if c.before != nil {
					c.before(in)
				}
				outer.good("k")
				p.settle()
				p.shows(c.middle+"|", 1+c.open)
				if c.after != nil {
					c.after(in)
				}
				p.settle()
				p.shows(c.last+"|", 1)
				p.response.End()
				_ = g.Close(t.Context())
			})
		})
	}
}

// TestLateNestedDecidedMeanwhile: the page waits for a key elsewhere; it is decided, and
// before the page has looked, something comes that has the key in it, too.
func TestLateNestedDecidedMeanwhile(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		for _, fails := range []bool{false, true} {
			g := quietGroup()
			outer, in := gate(t, g, "outer", Policy{}), gate(t, g, "in", Policy{})
			s := bound(t, g, `{{async "outer" .}}|{{async "in" .}}{{define "outer:view"}}o{{async "in" "k"}}{{end}}{{define "in:default"}}…{{end}}{{define "in:error"}}!{{end}}`, Options{})
			p := respond(t, s, "k")
			key := p.places[1].hole.Key()
			outer.good("k")
			want := "o&lt;k&gt;|&lt;k&gt;"
			if fails {
				in.bad("k")
				want = "o!|!"
			} else {
				in.good("k")
			}
			// By hand: the outer first, although both have come.
			if !p.places[0].hole.Key().Look() {
				t.Fatal("nothing has come")
			}
			p.fill(p.places[0])
			if n := len(p.places); n != 2 {
				t.Errorf("the inner one is to be sent after what it stands in: %d places", n)
			}
			if !key.Look() {
				t.Error("the key is not decided")
			}
			p.settle()
			p.shows(want, 0)
			p.end(g)
		}
	})
}

// TestLateInDefault: a fragment in another's default comes, and goes with it; or never
// comes, because that has gone.
func TestLateInDefault(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		for _, innerFirst := range []bool{true, false} {
			g := quietGroup()
			outer, in := gate(t, g, "outer", Policy{}), gate(t, g, "in", Policy{})
			s := bound(t, g, `[{{async "outer" .}}]{{define "outer:default"}}({{async "in" .Key}}){{end}}{{define "in:default"}}…{{end}}`, Options{})
			p := respond(t, s, "k")
			p.shows("[(…)]", 2)
			if innerFirst {
				in.good("k")
				p.settle()
				p.shows("[(&lt;k&gt;)]", 1)
			}
			outer.end("k", "out", nil)
			p.settle()
			p.shows("[out]", 0)
			if !innerFirst {
				in.good("k")
				if p.settle() != 0 {
					t.Error("what has gone was filled")
				}
				p.shows("[out]", 0)
			}
			p.end(g)
		}
	})
}

// TestLateCircle: what stands around a hole is known when it is filled later, and the
// depth is counted from the page.
func TestLateCircle(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := quietGroup()
		f := gate(t, g, "f", Policy{})
		s := bound(t, g, `{{async "f" .}}{{define "f:view"}}{{.}}{{if eq . "1"}}{{async "f" "b"}}{{else if eq . "2"}}{{async "f" "c"}}{{else if eq . "3"}}{{async "f" "a"}}{{end}}{{end}}
{{- define "f:error"}}({{.Reason}}){{end}}{{define "f:default"}}…{{end}}`, Options{})
		p := respond(t, s, "a")
		for key, value := range []string{"1", "2", "3"} {
			f.end(string(rune('a'+key)), value, nil)
			p.settle()
		}
		p.shows("123(cycle)", 0)
		shows(t, s, "a", "123(cycle)", Report{Ready: 3, Failed: 1})
		p.end(g)
	})
}

func TestLateDepth(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := quietGroup()
		f := gate(t, g, "f", Policy{})
		s := boundWith(t, g, template.FuncMap{"next": func(v string) string { return "n" + v }},
			`{{async "f" .}}{{define "f:view"}}{{.}}{{async "f" (next .)}}{{end}}{{define "f:error"}}!{{end}}`, Options{MaxDepth: 3})
		p := respond(t, s, "n")
		want := ""
		for i := range 4 {
			key := strings.Repeat("n", i+1)
			f.end(key, key, nil)
			p.settle()
			want += key
		}
		want += "!"
		p.shows(want, 0)
		shows(t, s, "n", want, Report{Ready: 4, Failed: 1})
		if len(p.told) != 1 || !strings.Contains(p.told[0], fmt.Sprint(errDepth)) {
			t.Errorf("the page hears of %q", p.told)
		}
		p.end(g)
	})
}
