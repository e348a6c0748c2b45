package async

import (
	"bytes"
	"context"
	"html/template"
	"strings"
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

// TestStaleTemplateFragment: NAME:stale gets the old HTML.
func TestStaleTemplateFragment(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := quietGroup()
		s := bound(t, g, `{{async "x" .}}{{define "x"}}<b>{{.}}</b>{{end}}{{define "x:stale"}}old: {{.Value}}{{end}}`,
			Options{Policies: map[string]Policy{"x": {MaxAge: time.Second, Jitter: -1}}})
		shows(t, s, "a", ``, Report{Pending: 1})
		synctest.Wait()
		shows(t, s, "a", `<b>a</b>`, Report{Ready: 1})
		advance(time.Second)
		shows(t, s, "a", `old: <b>a</b>`, Report{Ready: 1, Stale: 1})
		synctest.Wait()
		shows(t, s, "a", `<b>a</b>`, Report{Ready: 1})
		closeGroup(t, g)
	})
}

// TestAFailedView spoils the hole, not the value, and is tried again after a pause.
func TestAFailedView(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := quietGroup()
		h := register(t, g, "n", Policy{}, func(ctx context.Context, key string) (int, error) { return 7, nil })
		broken := true
		tmpl := template.Must(template.New("page").Funcs(g.Funcs()).Funcs(template.FuncMap{"check": func() (string, error) {
			if broken {
				return "", errSource
			}
			return "", nil
		}}).Parse(`{{async "n" .}}{{define "n:view"}}half{{check}}done{{end}}{{define "n:error"}}{{.Reason}}{{.Failures}}{{end}}`))
		s, err := Bind(tmpl, Options{Group: g})
		if err != nil {
			t.Fatal(err)
		}
		execute(t, s, "a")
		synctest.Wait()
		shows(t, s, "a", "view1", Report{Failed: 1})
		if v, ok := h.Get("a"); v != 7 || !ok {
			t.Errorf("Get = %v, %v", v, ok)
		}
		broken = false
		advance(time.Second)
		execute(t, s, "a")
		synctest.Wait()
		shows(t, s, "a", "halfdone", Report{Ready: 1})
		if n := h.frag.counts.runs.Load(); n != 1 {
			t.Errorf("%d runs for one value", n)
		}
		closeGroup(t, g)
	})
}

// TestFailedStateViews leave nothing behind, and the page goes on.
func TestFailedStateViews(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var log strings.Builder
		g := &Group{Logger: textLogger(&log)}
		s := bound(t, g, `a{{async "x" .}}b{{define "x"}}{{.}}{{end}}{{define "x:default"}}half{{.Nope}}{{end}}`, Options{})
		shows(t, s, "k", "ab", Report{Pending: 1})
		if !strings.Contains(log.String(), "view=x:default") {
			t.Errorf("the log does not name the view: %s", log.String())
		}
		synctest.Wait()
		closeGroup(t, g)
	})
}

// TestAMisplacedOldValue: the old HTML cannot stand in a title, so the old value
// is shown as a fresh one, and the log says why.
func TestAMisplacedOldValue(t *testing.T) {
	for _, stale := range []string{`<textarea>{{.Value}}</textarea>`, `{{printf "%s" .Value}}`, `{{index . "Nope"}}`} {
		synctest.Test(t, func(t *testing.T) {
			var log strings.Builder
			g := &Group{Logger: textLogger(&log)}
			s := bound(t, g, `{{async "x" .}}{{define "x"}}<b>{{.}}</b>{{end}}{{define "x:stale"}}`+stale+`{{end}}`,
				Options{Policy: Policy{MaxAge: time.Second, Jitter: -1}})
			execute(t, s, "a")
			advance(time.Second)
			shows(t, s, "a", `<b>a</b>`, Report{Ready: 1, Stale: 1})
			synctest.Wait()
			if !strings.Contains(log.String(), "view=x:stale") {
				t.Errorf("the log does not say why: %s", log.String())
			}
			closeGroup(t, g)
		})
	}
}
