package async

import (
	"bytes"
	"context"
	"html/template"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

func TestUnbound(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := quietGroup()
		register(t, g, "load", Policy{}, func(ctx context.Context, host string) (int, error) { return 7, pause(ctx, time.Second) })
		for _, c := range []struct{ text, before, after string }{
			{`{{async "load" .}}`, ``, `7`},
			{`{{async "load" . "…"}}`, `…`, `7`},
			{`{{asyncvalue "load" .}}`, `0`, `7`},
			{`{{asyncvalue "load" . -1}}`, `-1`, `7`},
			{`<p title="{{async "load" . "<"}}">`, `<p title="&lt;">`, `<p title="7">`},
			{`<script>var x = {{asyncvalue "load" .}}</script>`, `<script>var x =  0 </script>`, `<script>var x =  7 </script>`},
			{`{{if asyncvalue "load" .}}busy{{else}}calm{{end}}`, `calm`, `busy`},
			{`{{async "load" .Nope "bad key"}}{{asyncscript}}{{asyncstatus}}`, `bad key`, `bad key`},
		} {
			tmpl := template.Must(template.New("").Funcs(g.Funcs()).Parse(c.text))
			show := func() string {
				var b bytes.Buffer
				var data any = c.text // a key of its own
				if strings.Contains(c.text, ".Nope") {
					data = map[string]any{}
				}
				if err := tmpl.Execute(&b, data); err != nil {
					t.Fatal(err)
				}
				return b.String()
			}
			if got := show(); got != c.before {
				t.Errorf("%s shows %q at first, want %q", c.text, got, c.before)
			}
			advance(time.Second)
			if got := show(); got != c.after {
				t.Errorf("%s shows %q then, want %q", c.text, got, c.after)
			}
		}
		closeGroup(t, g)
	})
}

func TestUnboundErrors(t *testing.T) {
	g := quietGroup()
	register(t, g, "load", Policy{}, func(ctx context.Context, host string) (int, error) { return 7, nil })
	for text, want := range map[string]string{
		`{{async "nope" .}}`:       `async "nope": no fragment of this name is registered; Register it before the template is executed, or Bind the set if it is a template`,
		`{{asyncvalue "nope" .}}`:  `asyncvalue "nope": no fragment`,
		`{{async "load" . 1 2}}`:   `async "load" has 4 arguments; it takes NAME KEY [DEFAULT]`,
		`{{async "load"}}`:         `wrong number of args`,
		`{{asyncvalue "load" 1 }}`: ``,
	} {
		err := template.Must(template.New("").Funcs(g.Funcs()).Parse(text)).Execute(new(bytes.Buffer), "web1")
		switch {
		case want == "" && err != nil:
			t.Errorf("%s: %v", text, err)
		case want != "" && (err == nil || !strings.Contains(err.Error(), want)):
			t.Errorf("%s: %v, want %s", text, err, want)
		}
	}
	closeGroup(t, g)
}

// TestValuesInTextPlaces: in a response as of now, in what is captured waited for.
func TestValuesInTextPlaces(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := quietGroup()
		register(t, g, "load", Policy{}, func(ctx context.Context, host string) (float64, error) { return 0.5, pause(ctx, time.Second) })
		register(t, g, "down", Policy{}, func(ctx context.Context, host string) (float64, error) { return 0, errSource })
		s := bound(t, g, `<title>{{async "load" . "…"}}</title><p title="{{async "load" .}}">{{if asyncvalue "load" .}}busy{{end}} {{async "card" .}}</p>
{{- define "card"}}<i title="{{async "load" .}}|{{async "down" . "?"}}">{{asyncvalue "load" .}} {{asyncvalue "down" .}}</i>{{end}}
{{- define "card:default"}}…{{end}}`, Options{})
		shows(t, s, "a", `<title>…</title><p title=""> …</p>`, Report{Pending: 1})
		advance(time.Second)
		shows(t, s, "a", `<title>0.5</title><p title="0.5">busy <i title="0.5|?">0.5 0</i></p>`, Report{Ready: 1})
		closeGroup(t, g)
	})
}

// TestWhatLacksAValueIsMadeAgain: a value that was not to be had when a view or a
// template fragment was captured is in it soon after it is there, although neither
// is due for a refresh.
func TestWhatLacksAValueIsMadeAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := quietGroup()
		var up atomic.Bool
		register(t, g, "load", Policy{}, func(ctx context.Context, host string) (int, error) {
			if !up.Load() {
				return 0, errSource
			}
			return 7, nil
		})
		name := register(t, g, "name", Policy{}, func(ctx context.Context, host string) (string, error) { return host, nil })
		s := bound(t, g, `{{async "name" .}} {{async "card" .}}
{{- define "name:view"}}<b title="{{async "load" . "?"}}">{{.}}</b>{{end}}
{{- define "card"}}<i title="{{async "load" . "?"}}">{{template "card-text"}}</i>{{end}}{{define "card-text"}}card{{end}}`,
			Options{Policy: Policy{MaxAge: time.Hour, Jitter: -1}})
		execute(t, s, "a")
		synctest.Wait()
		shows(t, s, "a", `<b title="?">a</b> <i title="?">card</i>`, Report{Ready: 2})
		up.Store(true)
		for range 3 {
			advance(2 * time.Second)
			execute(t, s, "a")
			synctest.Wait()
		}
		shows(t, s, "a", `<b title="7">a</b> <i title="7">card</i>`, Report{Ready: 2})
		if n := name.frag.counts.runs.Load(); n != 1 {
			t.Errorf("%d runs of a function whose view alone was lacking", n)
		}
		closeGroup(t, g)
	})
}
