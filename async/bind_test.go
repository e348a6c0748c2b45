package async

import (
	"bytes"
	"context"
	"html/template"
	"math"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

// bound parses and binds one set.
func bound(t *testing.T, g *Group, text string, o Options) *Set {
	t.Helper()
	return boundWith(t, g, nil, text, o)
}

// boundWith is bound, with template functions of the test's own.
func boundWith(t *testing.T, g *Group, funcs template.FuncMap, text string, o Options) *Set {
	t.Helper()
	tmpl, err := template.New("page").Funcs(g.Funcs()).Funcs(funcs).Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	o.Group = g
	s, err := Bind(tmpl, o)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func execute(t *testing.T, s *Set, data any) (string, Report) {
	t.Helper()
	var b bytes.Buffer
	r, err := s.Execute(&b, "page", data)
	if err != nil {
		t.Fatal(err)
	}
	return b.String(), r
}

// shows executes the page and compares.
func shows(t *testing.T, s *Set, data any, want string, wantReport Report) {
	t.Helper()
	got, r := execute(t, s, data)
	if got != want {
		t.Errorf("page shows %q\n       want %q", got, want)
	}
	if r != wantReport {
		t.Errorf("report %+v, want %+v", r, wantReport)
	}
}

func register[K comparable, V any](t *testing.T, g *Group, name string, p Policy, fn func(context.Context, K) (V, error)) *Handle[K, V] {
	t.Helper()
	h, err := Register(g, name, fn, p)
	if err != nil {
		t.Fatal(err)
	}
	return h
}

func closeGroup(t *testing.T, g *Group) {
	t.Helper()
	if err := g.Close(t.Context()); err != nil {
		t.Errorf("Close: %v", err)
	}
}

func TestStatesOfAHole(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := quietGroup()
		var fail atomic.Bool
		h := register(t, g, "ps", Policy{MaxAge: time.Minute, StaleWhileRevalidate: -1, StaleIfError: time.Minute, Jitter: -1}, func(ctx context.Context, host string) (string, error) {
			pause(ctx, time.Second/2)
			Progress(ctx, 0.25, "connecting")
			if err := pause(ctx, time.Second/2); err != nil {
				return "", err
			}
			if fail.Load() {
				return "", errSource
			}
			return host + " <up>", nil
		})
		s := bound(t, g, `<p>{{async "ps" .}}</p>
{{- define "ps:view"}}<b>{{.}}</b>{{end}}
{{- define "ps:default"}}wait {{.Key}} {{.Running}} {{.Progress}} {{.Note}}{{end}}
{{- define "ps:error"}}no answer: {{.Reason}} {{.Failures}}{{end}}
{{- define "ps:stale"}}<i>{{.Value}} {{.Duration}}</i>{{end}}`, Options{})

		shows(t, s, "web1", `<p>wait web1 true 0 </p>`, Report{Pending: 1})
		advance(time.Second / 2)
		shows(t, s, "web1", `<p>wait web1 true 0.25 connecting</p>`, Report{Pending: 1})
		advance(time.Second / 2)
		shows(t, s, "web1", `<p><b>web1 &lt;up&gt;</b></p>`, Report{Ready: 1})
		fail.Store(true)
		advance(time.Minute)
		shows(t, s, "web1", `<p><i>web1 &lt;up&gt; 1s</i></p>`, Report{Ready: 1, Stale: 1})
		advance(2 * time.Second)
		shows(t, s, "web1", `<p><i>web1 &lt;up&gt; 1s</i></p>`, Report{Ready: 1, Stale: 1})
		advance(time.Minute)
		shows(t, s, "web1", `<p>no answer: error 2</p>`, Report{Failed: 1})
		fail.Store(false) // for the run that this look has started
		advance(time.Second)
		shows(t, s, "web1", `<p><b>web1 &lt;up&gt;</b></p>`, Report{Ready: 1})
		h.Forget("web1")
		shows(t, s, "web1", `<p>wait web1 true 0 </p>`, Report{Pending: 1})
		advance(time.Minute)
		closeGroup(t, g)
	})
}

type slowHost struct{ Name string }

// Up is a slow method, as a template fragment makes it asynchronous.
func (h slowHost) Up() string {
	sleep(time.Second)
	return h.Name + " is up"
}

func TestTemplateFragments(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := quietGroup()
		s := bound(t, g, `<table>{{range .}}<tr>{{async "row" .}}</tr>{{end}}</table>
{{- define "row"}}<td>{{.Up}}</td>{{async "inner" .Name "…"}}{{end}}
{{- define "row:default"}}<td>…</td>{{end}}
{{- define "inner"}}<td title="{{async "attr" .}}">{{.}}</td>{{end}}
{{- define "attr"}}say "{{.}}"{{end}}`, Options{})
		hosts := []slowHost{{"a"}, {"b"}, {"a"}}
		shows(t, s, hosts, `<table><tr><td>…</td></tr><tr><td>…</td></tr><tr><td>…</td></tr></table>`, Report{Pending: 3})
		advance(2 * time.Second)
		shows(t, s, hosts, `<table><tr><td>a is up</td><td title="say &#34;a&#34;">a</td></tr><tr><td>b is up</td><td title="say &#34;b&#34;">b</td></tr><tr><td>a is up</td><td title="say &#34;a&#34;">a</td></tr></table>`, Report{Ready: 6})
		closeGroup(t, g)
	})
}

// TestAKeyThatIsNone: it spoils its own hole, and says where.
func TestAKeyThatIsNone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var log bytes.Buffer
		g := &Group{Logger: textLogger(&log)}
		register(t, g, "ps", Policy{}, func(ctx context.Context, host string) (string, error) { return host, nil })
		s := bound(t, g, `{{async "ps" .A}} {{async "ps" .B}} {{async "ps" .B "dash"}} {{async "tmpl" .B}}
{{- define "ps:error"}}[{{.Reason}}]{{end}}{{define "tmpl"}}{{.}}{{end}}`, Options{})
		var nobody *slowHost
		data := map[string]any{"A": "web1", "B": nobody}
		execute(t, s, data)
		advance(time.Second)
		shows(t, s, data, `web1 [key] [key] `, Report{Ready: 1, Failed: 3})
		for _, want := range []string{"page:1:21", "fragment=ps", "*async.slowHost", "reason=key"} {
			if !strings.Contains(log.String(), want) {
				t.Errorf("the log does not say %q:\n%s", want, log.String())
			}
		}
		closeGroup(t, g)
	})
}

func TestBindRefuses(t *testing.T) {
	g := quietGroup()
	register(t, g, "ps", Policy{}, func(ctx context.Context, host string) (string, error) { return host, nil })
	parse := func(text string) *template.Template {
		return template.Must(template.New("page").Funcs(g.Funcs()).Parse(text))
	}
	executed := parse(`{{async "ps" .}}`)
	if err := executed.Execute(&bytes.Buffer{}, "x"); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name string
		t    *template.Template
		o    Options
		want []string
	}{
		{"executed", executed, Options{}, []string{"xecute"}},
		{"nil", nil, Options{}, []string{"nil"}},
		{"unknown name", parse(`{{async "pss" .}}`), Options{}, []string{`page:1:`, `"pss"`, `"ps"`}},
		{"both", parse(`{{async "ps" .}}{{define "ps"}}x{{end}}`), Options{}, []string{"page:1:", `"ps"`}},
		{"in a script", parse(`<script>var x = {{async "ps" .}}</script>`), Options{}, []string{"page:1:19", "asyncvalue"}},
		{"negative depth", parse(`{{async "ps" .}}`), Options{MaxDepth: -1}, []string{"Options.MaxDepth is -1"}},
		{"the name of the Commands", parse(`{{define "Command"}}x{{end}}{{async "Command" .}}`), Options{}, []string{`"Command"`, "rename"}},
		{"a depth that would exhaust the stack", parse(`{{async "ps" .}}`), Options{MaxDepth: 1001}, []string{"Options.MaxDepth is 1001", "1000"}},
		{"negative output", parse(`{{async "ps" .}}`), Options{MaxOutput: -1}, []string{"Options.MaxOutput is -1"}},
		{"policy of nothing", parse(`{{async "ps" .}}`), Options{Policies: map[string]Policy{"ps": {}}}, []string{`Options.Policies has "ps"`}},
		{"cost of a template", parse(`{{async "x" .}}{{define "x"}}x{{end}}`), Options{Policy: Policy{Cost: func(any) int64 { return 1 }}}, []string{`"x"`, "Policy.Cost is set", "leave it nil"}},
		{"cost of one template", parse(`{{async "x" .}}{{define "x"}}x{{end}}`), Options{Policies: map[string]Policy{"x": {Cost: func(any) int64 { return 1 }}}}, []string{`"x"`, "Policy.Cost is set"}},
		{"a view waits for its own run", parse(`{{async "ps" .}}{{define "ps:stale"}}{{asyncvalue "ps" .Key}}{{end}}`), Options{}, []string{"page:1:40", "cycle, \"ps\" -> \"ps\"", "element content"}},
		{"a template waits for its own run", parse(`{{async "x" .}}{{define "x"}}x{{end}}{{define "x:stale"}}{{asyncvalue "x" .Key}}{{end}}`), Options{}, []string{"page:1:60", "cycle, \"x\" -> \"x\"", "element content"}},
		{"impossible policy", parse(`{{async "x" .}}{{define "x"}}x{{end}}`), Options{Policy: Policy{Timeout: -1}}, []string{`"x"`, "Policy.Timeout"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			c.o.Group = g
			_, err := Bind(c.t, c.o)
			if err == nil {
				t.Fatal("bound")
			}
			for _, want := range append(c.want, "async: cannot bind: ") {
				if !strings.Contains(err.Error(), want) {
					t.Errorf("the error does not say %q: %v", want, err)
				}
			}
		})
	}
	bound(t, g, `{{async "taken" .}}{{define "taken"}}x{{end}}`, Options{})
	_, err := Register(g, "taken", func(ctx context.Context, host string) (string, error) { return host, nil }, Policy{})
	if err == nil || !strings.Contains(err.Error(), "template fragment") || !strings.Contains(err.Error(), "bind_test.go:") {
		t.Errorf("a name that a set took was registered: %v", err)
	}
}

// TestOneVersionOnAPage: the result lands while the page is being executed.
func TestOneVersionOnAPage(t *testing.T) {
	g := quietGroup()
	release := make(chan struct{})
	h := register(t, g, "n", Policy{}, func(ctx context.Context, key string) (int, error) { <-release; return 7, nil })
	tmpl := template.Must(template.New("page").Funcs(g.Funcs()).Funcs(template.FuncMap{"land": func() string {
		close(release)
		h.Wait(context.Background(), "k")
		return "|"
	}}).Parse(`{{async "n" . "wait"}}{{land}}{{async "n" . "wait"}}`))
	s, err := Bind(tmpl, Options{Group: g})
	if err != nil {
		t.Fatal(err)
	}
	shows(t, s, "k", "wait|wait", Report{Pending: 2})
	closeGroup(t, g)
}

// TestANameRegisteredWhileASetIsBound: the set finds it a template, then it is a
// registered fragment, too. None of the set's names is taken then.
func TestANameRegisteredWhileASetIsBound(t *testing.T) {
	g := quietGroup().ready()
	fragments := func(names ...string) (made []*fragment) {
		for _, name := range names {
			made = append(made, newFragment(g, name, "the set", Policy{}))
		}
		return made
	}
	echo := func(ctx context.Context, host string) (string, error) { return host, nil }
	own := fragments("first", "second")
	register(t, g, "second", Policy{}, echo)
	if err := g.take(own); err == nil || !strings.Contains(err.Error(), `"second" was registered at `) || !strings.Contains(err.Error(), "bind_test.go:") {
		t.Errorf("take = %v", err)
	}
	register(t, g, "first", Policy{}, echo)
	closeGroup(t, g)
}

// TestAnAgeOfZeroIsTenSecondsForTemplates, whatever other field is set, and
// whichever option sets it. The longest time is for ever.
func TestAnAgeOfZeroIsTenSecondsForTemplates(t *testing.T) {
	for _, c := range []struct {
		name string
		o    Options
		want int64 // runs in ten looks, a minute apart
	}{
		{"zero", Options{}, 10},
		{"another field of Policy", Options{Policy: Policy{Timeout: time.Minute}}, 10},
		{"another field of Policies", Options{Policies: map[string]Policy{"x": {Timeout: time.Minute}}}, 10},
		{"an age of Policy", Options{Policy: Policy{MaxAge: time.Hour}}, 1},
		{"Policies go before Policy", Options{Policy: Policy{MaxAge: time.Hour}, Policies: map[string]Policy{"x": {Timeout: time.Minute}}}, 10},
		{"for ever", Options{Policy: Policy{MaxAge: math.MaxInt64}}, 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				g := quietGroup()
				s := bound(t, g, `{{async "x" .}}{{define "x"}}hi{{end}}`, c.o)
				for range 10 {
					execute(t, s, "k")
					advance(time.Minute)
				}
				if n := fragmentOf(s, "x").counts.runs.Load(); n != c.want {
					t.Errorf("%d runs in ten minutes, want %d", n, c.want)
				}
				closeGroup(t, g)
			})
		})
	}
}

// TestADroppedSetIsNotRenderedFor: a set that its program has dropped is not rendered
// for any more.
func TestADroppedSetIsNotRenderedFor(t *testing.T) {
	g := quietGroup()
	h := register(t, g, "n", Policy{}, func(ctx context.Context, key string) (int, error) { return 7, nil })
	bound(t, g, `{{async "n" .}}{{define "n:view"}}<b>{{.}}</b>{{end}}`, Options{})
	s := bound(t, g, `{{async "n" .}}{{define "n:view"}}<i>{{.}}</i>{{end}}`, Options{})
	runtime.GC()
	if sets := h.frag.showing(); len(sets) != 1 || sets[0] != s {
		t.Errorf("%d sets are rendered for, want the one in use", len(sets))
	}
	closeGroup(t, g)
}

// fragmentOf is the fragment of this name that the set shows.
func fragmentOf(s *Set, name string) *fragment {
	for f := range s.looks {
		if f.name == name {
			return f
		}
	}
	return nil
}
