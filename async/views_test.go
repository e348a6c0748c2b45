package async

import (
	"context"
	"html/template"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// TestPutIsShown: with the view's own rendering in between, never the default
// after a value.
func TestPutIsShown(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := quietGroup()
		h := register(t, g, "n", Policy{}, func(ctx context.Context, key string) (int, error) { return 1, pause(ctx, time.Second) })
		slow := template.FuncMap{"slow": func() string { sleep(time.Second); return "" }}
		tmpl := template.Must(template.New("page").Funcs(g.Funcs()).Funcs(slow).Parse(
			`{{async "n" .}}{{define "n:view"}}{{slow}}<b>{{.}}</b>{{end}}{{define "n:default"}}wait{{end}}`))
		s, err := Bind(tmpl, Options{Group: g})
		if err != nil {
			t.Fatal(err)
		}
		if err := h.Put("a", 7); err != nil {
			t.Fatal(err)
		}
		shows(t, s, "a", "wait", Report{Pending: 1})
		advance(time.Second)
		shows(t, s, "a", "<b>7</b>", Report{Ready: 1})
		h.Put("a", 8)
		shows(t, s, "a", "<b>7</b>", Report{Ready: 1})
		if v, ok := h.Get("a"); v != 8 || !ok {
			t.Errorf("Get = %v, %v", v, ok)
		}
		advance(time.Second)
		shows(t, s, "a", "<b>8</b>", Report{Ready: 1})
		if n := h.frag.counts.runs.Load(); n != 0 {
			t.Errorf("%d runs for values that were put", n)
		}
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
