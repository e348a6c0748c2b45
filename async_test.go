// Package async_test is the contract of package async, seen from outside: pages of a real server, read as a browser reads them.
package async_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"html/template"
	"io"
	"net/http"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/fstest"
	"time"

	"github.com/infill-go/infill/async"
)

// process is a value that needs a view.
type process struct {
	PID int
	Cmd string
}

// slowly registers the fragment "v". Its run for the key "k" ends with the value when finish is called.
func slowly[V any](value V) func(t testing.TB, g *async.Group) (finish func()) {
	return func(t testing.TB, g *async.Group) func() {
		src := newSource[V]()
		h := register(t, g, "v", async.Policy{}, src.fetch)
		return func() {
			t.Helper()
			src.answer(t, value)
			arrive(t, h, "k")
		}
	}
}

// TestDefaultThenValue is the whole idea: the first load shows the default, a load after the run the value.
func TestDefaultThenValue(t *testing.T) {
	const (
		wait    = `<main>{{async "v" "k" "wait"}}</main>`
		nothing = `<main>{{async "v" "k"}}</main>`
		view    = wait + `{{define "v:view"}}<b>{{.PID}}</b> {{.Cmd}}{{end}}`
	)
	for _, c := range []struct {
		name          string
		register      func(testing.TB, *async.Group) (finish func())
		page          string
		before, after string
		onlyBound     bool
	}{
		{"string", slowly(`<b>&"'`), wait, "wait", `&lt;b&gt;&amp;&#34;&#39;`, false},
		{"empty string", slowly(""), wait, "wait", "", false},
		{"int", slowly(42), wait, "wait", "42", false},
		{"zero int", slowly(0), wait, "wait", "0", false},
		{"bool", slowly(true), wait, "wait", "true", false},
		{"HTML", slowly(template.HTML("<b>up</b>")), wait, "wait", "<b>up</b>", false},
		{"nil", slowly[any](nil), wait, "wait", "", false},
		{"nil error", slowly[error](nil), wait, "wait", "", false},
		{"error as a value", slowly(errors.New("<down>")), wait, "wait", "&lt;down&gt;", false},
		{"slice", slowly([]string{"a", "<b>"}), wait, "wait", "[a &lt;b&gt;]", false},
		{"pointer", slowly(&[]int{7}[0]), wait, "wait", "7", false},
		{"struct", slowly(process{1, "init"}), wait, "wait", "{1 init}", false},
		{"struct through a view", slowly(process{1, "<init>"}), view, "wait", "<b>1</b> &lt;init&gt;", true},
		{"pointer through a view", slowly(&process{1, "init"}), view, "wait", "<b>1</b> init", true},
		{"slice through a view", slowly([]string{"a", "b"}), wait + `{{define "v:view"}}<ul>{{range .}}<li>{{.}}</li>{{else}}none{{end}}</ul>{{end}}`,
			"wait", "<ul><li>a</li><li>b</li></ul>", true},
		{"nil slice through a view", slowly[[]string](nil), wait + `{{define "v:view"}}{{range .}}{{.}}{{else}}none{{end}}{{end}}`, "wait", "none", true},
		{"empty view", slowly(1), wait + `{{define "v:view"}}{{end}}`, "wait", "", true},
		{"no default", slowly(1), nothing, "", "1", false},
		{"default to be escaped", slowly(1), `<main>{{async "v" "k" "<wait>"}}</main>`, "&lt;wait&gt;", "1", false},
		{"default is nil", slowly(1), `<main>{{async "v" "k" nil}}</main>`, "", "1", false},
		{"default is computed", slowly(1), `<main>{{async "v" "k" (print 1 2)}}</main>`, "1 2", "1", false},
		{"default view", slowly(1), nothing + `{{define "v:default"}}<i>{{.Name}} {{.Key}} {{.Running}}</i>{{end}}`, "<i>v k true</i>", "1", true},
		{"DEFAULT before default view", slowly(1), wait + `{{define "v:default"}}not this{{end}}`, "wait", "1", false},
		{"key through a pipe", slowly(1), `<main>{{"k" | async "v"}}</main>`, "", "1", false},
		{"trimmed", slowly(1), "<main>\n {{- async \"v\" \"k\" \"wait\" -}} \n</main>", "wait", "1", false},
		{"twice", slowly(1), `<main>{{async "v" "k" "a"}}{{async "v" "k" "b"}}</main>`, "ab", "11", false},
		{"in a condition", slowly(1), `<main>{{if true}}{{async "v" "k" "wait"}}{{else}}no{{end}}</main>`, "wait", "1", false},
		{"in a called template", slowly(1), `<main>{{template "t" "k"}}</main>{{define "t"}}<p>{{async "v" . "wait"}}</p>{{end}}`, "<p>wait</p>", "<p>1</p>", false},
		{"a whole svg", slowly("<1>"), `<main>{{async "v" "k" "wait"}}</main>{{define "v:view"}}<svg><text>{{.}}</text></svg>{{end}}`, "wait", "<svg><text>&lt;1&gt;</text></svg>", true},
		{"HTML in svg", slowly("<1>"), `<main><svg><foreignObject><p>{{async "v" "k" "wait"}}</p></foreignObject></svg></main>`,
			"<svg><foreignObject><p>wait</p></foreignObject></svg>", "<svg><foreignObject><p>&lt;1&gt;</p></foreignObject></svg>", false},
		{"asyncvalue in svg", slowly("<1>"), `<main><svg><text>{{asyncvalue "v" "k" "wait"}}</text></svg></main>`,
			"<svg><text>wait</text></svg>", "<svg><text>&lt;1&gt;</text></svg>", false},
		{"attribute", slowly(`"<b>`), `<main><p title="{{async "v" "k" "wait"}}"></p></main>`, `<p title="wait"></p>`, `<p title="&#34;&lt;b&gt;"></p>`, false},
		{"attribute without DEFAULT", slowly(`x`), `<main><p title="{{async "v" "k"}}"></p></main>`, `<p title=""></p>`, `<p title="x"></p>`, false},
		{"attribute without quotes", slowly(`a b`), `<main><p title={{async "v" "k" "wait"}}></p></main>`, `<p title="wait"></p>`, `<p title="a b"></p>`, false},
		{"HTML in an attribute", slowly(template.HTML("<b>up</b>")), `<main><p title="{{async "v" "k"}}"></p></main>`, `<p title=""></p>`, `<p title="up"></p>`, false},
		{"view is not for attributes", slowly(7), `<main><p title="{{async "v" "k"}}"></p></main>{{define "v:view"}}<b>{{.}}</b>{{end}}`, `<p title=""></p>`, `<p title="7"></p>`, false},
		{"link", slowly("javascript:alert(1)"), `<main><a href="{{async "v" "k" "/wait"}}"></a></main>`, `<a href="/wait"></a>`, `<a href="#ZgotmplZ"></a>`, false},
		{"query", slowly("a&b=c d"), `<main><a href="/?q={{async "v" "k" "wait"}}"></a></main>`, `<a href="/?q=wait"></a>`, `<a href="/?q=a%26b%3dc%20d"></a>`, false},
		{"textarea", slowly("</textarea>"), `<main><textarea>{{async "v" "k" "wait"}}</textarea></main>`, "<textarea>wait</textarea>", "<textarea>&lt;/textarea&gt;</textarea>", false},
		{"asyncvalue", slowly("<b>"), `<main>{{asyncvalue "v" "k" "wait"}}</main>`, "wait", "&lt;b&gt;", false},
		{"asyncvalue without DEFAULT", slowly(5), `<main>{{asyncvalue "v" "k"}}</main>`, "0", "5", false},
		{"asyncvalue in if", slowly(5), `<main>{{if asyncvalue "v" "k"}}yes{{else}}no{{end}}</main>`, "no", "yes", false},
		{"asyncvalue compared", slowly(5), `<main>{{if gt (asyncvalue "v" "k") 4}}high{{else}}low{{end}}</main>`, "low", "high", false},
		{"asyncvalue in with", slowly(process{1, "init"}), `<main>{{with asyncvalue "v" "k"}}{{.PID}} {{.Cmd}}{{end}}</main>`, "0 ", "1 init", false},
		{"asyncvalue in range", slowly([]int{1, 2}), `<main>{{range asyncvalue "v" "k"}}<i>{{.}}</i>{{else}}none{{end}}</main>`, "none", "<i>1</i><i>2</i>", false},
		{"asyncvalue in a variable", slowly(5), `<main>{{$v := asyncvalue "v" "k"}}{{$v}}{{$v}}</main>`, "00", "55", false},
		{"asyncvalue as an argument", slowly(5), `<main>{{template "t" (asyncvalue "v" "k")}}</main>{{define "t"}}<b>{{.}}</b>{{end}}`, "<b>0</b>", "<b>5</b>", false},
		{"asyncvalue in a pipe", slowly(5), `<main>{{asyncvalue "v" "k" | printf "%03d"}}</main>`, "000", "005", false},
		{"asyncvalue in a script", slowly("</script>"), `<main><script>var v = {{asyncvalue "v" "k"}};</script></main>`,
			`<script>var v = "";</script>`, `<script>var v = "\u003c/script\u003e";</script>`, false},
		{"asyncvalue in an event handler", slowly(`'"`), `<main><p onclick="f({{asyncvalue "v" "k"}})"></p></main>`,
			`<p onclick="f(&#34;&#34;)"></p>`, `<p onclick="f(&#34;&#39;\&#34;&#34;)"></p>`, false},
		{"asyncvalue in a style", slowly("red; x: y"), `<main><p style="color: {{asyncvalue "v" "k"}}"></p></main>`, `<p style="color: "></p>`, `<p style="color: ZgotmplZ"></p>`, false},
		{"asyncscript and asyncstatus", slowly(1), `<main>{{asyncscript}}{{asyncstatus}}{{async "v" "k"}}</main>`, "", "1", false},
		{"asyncscript and asyncstatus twice", slowly(1), `<main>{{range 2}}{{asyncscript}}<i>{{asyncstatus}}</i>{{end}}{{async "v" "k"}}</main>`, "<i></i><i></i>", "<i></i><i></i>1", false},
		{"asyncscript and asyncstatus in called templates", slowly(1), `{{define "s"}}{{asyncscript}}{{end}}{{define "b"}}<p>{{asyncstatus}}{{.}}</p>{{end}}<head>{{template "s"}}</head><main>{{template "b" "x"}}{{async "v" "k"}}</main>`,
			"<p>x</p>", "<p>x</p>1", false},
	} {
		for _, mode := range []struct {
			name    string
			execute func(testing.TB, *async.Group, string) page
		}{{"bound", bound}, {"unbound", unbound}} {
			if c.onlyBound && mode.name != "bound" {
				continue
			}
			t.Run(c.name+"/"+mode.name, func(t *testing.T) {
				g, _ := newGroup(t)
				finish := c.register(t, g)
				s := serve(t, mode.execute(t, g, c.page), always(nil))
				s.shows(c.before)
				s.shows(c.before)
				finish()
				s.shows(c.after)
				s.shows(c.after)
			})
		}
	}
}

// TestTitle: a title is outside of <main>.
func TestTitle(t *testing.T) {
	g, _ := newGroup(t)
	finish := slowly("a < b")(t, g)
	s := serve(t, bound(t, g, `<title>{{async "v" "k" "wait"}}</title>`), always(nil))
	if got := s.load("/").Find("title").Text(); got != "wait" {
		t.Errorf("title %q before", got)
	}
	finish()
	if got := s.load("/").Find("title").Text(); got != "a < b" {
		t.Errorf("title %q after", got)
	}
}

var errSource = errors.New("the source's secret: it is down")

// TestFailures: whatever becomes of a run spoils its own hole at most, tells nobody why, and can be tried again.
func TestFailures(t *testing.T) {
	exits := []struct {
		name, reason string
		end          func(context.Context) (string, error)
		check        func(error) bool
	}{
		{"error", "error", func(context.Context) (string, error) { return "half a value", errSource },
			func(err error) bool { return errors.Is(err, errSource) }},
		{"panic", "panic", func(context.Context) (string, error) { panic(errSource) }, func(err error) bool {
			var p *async.PanicError
			return errors.As(err, &p) && p.Value == errSource && bytes.Contains(p.Stack, []byte("async_test.go")) && errors.Is(err, errSource)
		}},
		{"Goexit", "exit", func(context.Context) (string, error) { runtime.Goexit(); return "", nil },
			func(err error) bool { return strings.Contains(err.Error(), "Goexit") }},
		{"deadline", "timeout", func(ctx context.Context) (string, error) { <-ctx.Done(); return "", ctx.Err() },
			func(err error) bool {
				return errors.Is(err, context.DeadlineExceeded) && strings.Contains(err.Error(), "Policy.Timeout")
			}},
	}
	looks := []struct{ name, page, before, after, up string }{
		{"error view", `{{async "v" "k"}}{{define "v:error"}}<i>no answer: {{.Reason}}, {{.Failures}}</i>{{end}}`, "", "<i>no answer: %s, 1</i>", "up"},
		{"error view and DEFAULT", `{{async "v" "k" "wait"}}{{define "v:error"}}<i>no answer: {{.Reason}}, {{.Failures}}</i>{{end}}`, "wait", "<i>no answer: %s, 1</i>", "up"},
		{"DEFAULT", `{{async "v" "k" "wait"}}`, "wait", "wait", "up"},
		{"default view", `{{async "v" "k"}}{{define "v:default"}}<i>{{.Key}} {{.Running}} {{.Failures}} {{.Reason}}</i>{{end}}`, "<i>k true 0 </i>", "<i>k false 1 %s</i>", "up"},
		{"nothing", `{{async "v" "k"}}`, "", "", "up"},
		{"attribute", `<p title="{{async "v" "k" "wait"}}"></p>`, `<p title="wait"></p>`, `<p title="wait"></p>`, `<p title="up"></p>`},
	}
	for _, exit := range exits {
		for _, look := range looks {
			t.Run(exit.name+"/"+look.name, func(t *testing.T) {
				g, log := newGroup(t)
				src := newSource[string]()
				p := async.Policy{Backoff: time.Hour}
				if exit.name == "deadline" {
					p.Timeout = 50 * time.Millisecond
				}
				h := register(t, g, "v", p, src.fetch)
				sibling := register(t, g, "sibling", async.Policy{}, func(context.Context, string) (string, error) { return "fine", nil })
				arrive(t, sibling, "k")
				text, views, _ := strings.Cut(look.page, "{{define")
				if views != "" {
					views = "{{define" + views
				}
				s := serve(t, bound(t, g, `<main>`+text+`|{{async "sibling" "k"}}</main>`+views), always(nil))
				s.shows(look.before + "|fine")
				src.end(t, exit.end)
				if _, err := wait(t, h, "k"); err == nil || !exit.check(err) || !strings.Contains(err.Error(), `v("k")`) {
					t.Errorf("Wait: %v", err)
				}
				want := look.after
				if strings.Contains(want, "%s") {
					want = fmt.Sprintf(want, exit.reason)
				}
				s.shows(want + "|fine")
				if _, body := s.status("/"); strings.Contains(body, "secret") {
					t.Errorf("the page tells the error's text: %s", body)
				}
				eventually(t, func() bool { return strings.Contains(log.String(), "reason="+exit.reason) },
					func() string { return "the log does not say reason=" + exit.reason + ":\n" + log.String() })
				if n := src.runs.Load(); n != 1 {
					t.Errorf("%d runs during the back-off", n)
				}
				h.Refresh("k")
				src.answer(t, "up")
				arrive(t, h, "k")
				s.shows(look.up + "|fine")
			})
		}
	}
}

// TestBackoffOfTheNextRequest: without a pause the next load tries again.
func TestBackoffOfTheNextRequest(t *testing.T) {
	g, _ := newGroup(t)
	src := newSource[string]()
	register(t, g, "v", async.Policy{Backoff: -1}, src.fetch)
	s := serve(t, bound(t, g, `<main>{{async "v" "k" "wait"}}</main>`), always(nil))
	s.shows("wait")
	src.end(t, func(context.Context) (string, error) { return "", errSource })
	eventually(t, func() bool { s.shows("wait"); return src.runs.Load() == 2 }, func() string { return "no second run" })
	src.answer(t, "up")
	s.becomes("up")
}

// TestFunctionThatIgnoresItsContext: the deadline decides; the key stays taken; a late good value counts.
func TestFunctionThatIgnoresItsContext(t *testing.T) {
	g, _ := newGroup(t)
	release := make(chan struct{})
	var runs atomic.Int64
	h := register(t, g, "v", async.Policy{Timeout: 30 * time.Millisecond, Backoff: time.Hour}, func(context.Context, string) (string, error) {
		runs.Add(1)
		<-release
		return "late", nil
	})
	sibling := register(t, g, "sibling", async.Policy{}, func(context.Context, string) (string, error) { return "fine", nil })
	s := serve(t, bound(t, g, `<main>{{async "v" "k" "wait"}}|{{async "sibling" "k"}}</main>{{define "v:view"}}<b>{{.}}</b>{{end}}{{define "v:error"}}{{.Reason}}{{end}}`), always(nil))
	arrive(t, sibling, "k")
	s.shows("wait|fine")
	if _, err := wait(t, h, "k"); !errors.Is(err, context.DeadlineExceeded) || !strings.Contains(err.Error(), "Policy.Timeout") {
		t.Errorf("Wait: %v", err)
	}
	for range 5 {
		s.shows("timeout|fine")
	}
	if n := runs.Load(); n != 1 {
		t.Errorf("%d runs of one key at a time", n)
	}
	close(release)
	s.becomes("<b>late</b>|fine")
	if n := runs.Load(); n != 1 {
		t.Errorf("%d runs: the late value was dropped, and made again", n)
	}
}

// TestStaleWhileRevalidate: the old value is shown until the new one is there.
func TestStaleWhileRevalidate(t *testing.T) {
	for _, c := range []struct{ name, views, first, second string }{
		{"plain", "", "one", "two"},
		{"view", `{{define "v:view"}}<b>{{.}}</b>{{end}}`, "<b>one</b>", "<b>two</b>"},
		{"stale view", `{{define "v:view"}}<b>{{.}}</b>{{end}}{{define "v:stale"}}<i>{{.Name}} {{.Key}} {{.Value}} {{not .Completed.IsZero}}</i>{{end}}`,
			"<i>v k one true</i>", "<i>v k two true</i>"},
	} {
		t.Run(c.name, func(t *testing.T) {
			g, _ := newGroup(t)
			src := newSource[string]()
			register(t, g, "v", async.Policy{MaxAge: 1}, src.fetch) // stale from the beginning
			s := serve(t, bound(t, g, `<main>{{async "v" "k" "wait"}}</main>`+c.views), always(nil))
			s.shows("wait")
			src.answer(t, "one")
			s.becomes(c.first)
			for range 5 {
				s.shows(c.first)
			}
			if n := src.runs.Load(); n > 2 {
				t.Errorf("%d runs, want one refresh at a time", n)
			}
			src.answer(t, "two")
			eventually(t, func() bool {
				got := s.main()
				if got != c.first && got != c.second {
					t.Fatalf("the page shows %q between two values", got)
				}
				return got == c.second
			}, func() string { return "the new value does not come" })
			src.end(t, func(context.Context) (string, error) { return "", errSource })
			for range 5 {
				s.shows(c.second) // the good value stays
			}
		})
	}
}

// TestFreshIsNotStale: NAME:stale is for what is past its MaxAge only.
func TestFreshIsNotStale(t *testing.T) {
	g, _ := newGroup(t)
	h := register(t, g, "v", async.Policy{MaxAge: time.Hour}, func(context.Context, string) (int, error) { return 1, nil })
	s := serve(t, bound(t, g, `<main>{{async "v" "k"}}</main>{{define "v:stale"}}old {{.Value}}{{end}}`), always(nil))
	arrive(t, h, "k")
	s.becomes("1")
}

// showingOne is a page that has filled in with "one", and what it came from.
func showingOne(t *testing.T) (*async.Handle[string, string], *source[string], *site) {
	t.Helper()
	g, _ := newGroup(t)
	src := newSource[string]()
	h := register(t, g, "v", async.Policy{}, src.fetch)
	s := serve(t, bound(t, g, `<main>{{async "v" "k" "wait"}}</main>`), always(nil))
	s.shows("wait")
	src.answer(t, "one")
	arrive(t, h, "k")
	s.shows("one")
	return h, src, s
}

// TestForget: the default is back, and a run that was under way never shows.
func TestForget(t *testing.T) {
	h, src, s := showingOne(t)
	h.Forget("k")
	s.shows("wait")
	begun := make(chan struct{})
	src.end(t, func(ctx context.Context) (string, error) {
		close(begun)
		<-ctx.Done()
		return "forgotten", nil // it ignores that it was cancelled
	})
	<-begun
	h.Forget("k")
	src.answer(t, "three") // the one successor, for those who wait
	eventually(t, func() bool {
		got := s.main()
		if got == "forgotten" || got == "one" {
			t.Fatalf("the page shows %q after Forget", got)
		}
		return got == "three"
	}, func() string { return "no successor" })
	if n := src.runs.Load(); n != 3 {
		t.Errorf("%d runs, want 3", n)
	}
}

// TestPut: the value is there at once, and a run under way does not replace it.
func TestPut(t *testing.T) {
	g, _ := newGroup(t)
	src := newSource[string]()
	h := register(t, g, "v", async.Policy{}, src.fetch)
	s := serve(t, bound(t, g, `<main>{{async "v" "k" "wait"}}</main>`), always(nil))
	s.shows("wait")
	overtaken := make(chan struct{})
	src.end(t, func(ctx context.Context) (string, error) {
		defer close(overtaken)
		<-ctx.Done() // Put cancels it
		return "overtaken", nil
	})
	if err := h.Put("k", "put"); err != nil {
		t.Fatal(err)
	}
	s.shows("put")
	<-overtaken
	for range 5 {
		s.shows("put")
	}
	if v, ok := h.Get("k"); v != "put" || !ok {
		t.Errorf("Get = %q, %v", v, ok)
	}
	if n := src.runs.Load(); n != 1 {
		t.Errorf("%d runs, want 1", n)
	}
}

// TestPutThroughAView: the old value's view stays until the new one's is made.
func TestPutThroughAView(t *testing.T) {
	g, _ := newGroup(t)
	h := register(t, g, "v", async.Policy{}, func(context.Context, string) (process, error) { return process{1, "run"}, nil })
	s := serve(t, bound(t, g, `<main>{{async "v" "k" "wait"}}</main>{{define "v:view"}}<b>{{.PID}}</b>{{end}}`), always(nil))
	arrive(t, h, "k")
	s.becomes("<b>1</b>")
	for pid := 2; pid < 50; pid++ {
		if err := h.Put("k", process{pid, "put"}); err != nil {
			t.Fatal(err)
		}
		want := fmt.Sprintf("<b>%d</b>", pid)
		eventually(t, func() bool {
			got := s.main()
			if got == "wait" {
				t.Fatal("Put brought the default back")
			}
			return got == want
		}, func() string { return "not " + want })
	}
}

// TestRefresh: the old value shows while the function runs again; any number of calls during a run has one successor.
func TestRefresh(t *testing.T) {
	h, src, s := showingOne(t)
	h.Refresh("k")
	eventually(t, func() bool { return src.runs.Load() == 2 }, func() string { return "Refresh did not run" })
	for range 3 {
		h.Refresh("k")
		s.shows("one")
	}
	src.answer(t, "two")
	s.becomes("two")
	src.answer(t, "three")
	s.becomes("three")
	if n := src.runs.Load(); n != 3 {
		t.Errorf("%d runs, want 3", n)
	}
}

// TestKeep: a kept key has its value before anyone asks.
func TestKeep(t *testing.T) {
	g, _ := newGroup(t)
	src := newSource[string]()
	h := register(t, g, "v", async.Policy{MaxAge: time.Millisecond}, src.fetch)
	s := serve(t, bound(t, g, `<main>{{async "v" "k" "wait"}}</main>`), always(nil))
	stop := h.Keep("k")
	src.answer(t, "one")
	src.answer(t, "two") // nobody has asked for it
	stop()
	stop()
	s.becomes("two")
}

// TestNested: template fragments in template fragments, each shown as soon as it is there; the inner one's default is never
// kept with the outer one's HTML.
func TestNested(t *testing.T) {
	g, _ := newGroup(t)
	var slow gates
	s := bind(t, `<main>{{async "a" .}}</main>
		{{- define "a"}}<section>{{pass "a"}}{{.}}: {{async "b" .}}</section>{{end}}{{define "a:default"}}a…{{end}}
		{{- define "b"}}<p>{{pass "b"}}b {{async "c" . "c…"}}</p>{{end}}{{define "b:default"}}b…{{end}}
		{{- define "c"}}<i>{{pass "c"}}c</i>{{end}}`,
		async.Options{Group: g, Policy: async.Policy{MaxAge: time.Hour}},
		template.FuncMap{"pass": func(name string) (string, error) { return "", slow.pass(t.Context(), name) }})
	at := serve(t, pageOf(s), always("web1"))
	at.shows("a…")
	slow.open("a")
	at.becomes("<section>web1: b…</section>")
	slow.open("b")
	at.becomes("<section>web1: <p>b c…</p></section>")
	slow.open("c")
	at.becomes("<section>web1: <p>b <i>c</i></p></section>")
	for _, name := range []string{"a", "b", "c"} {
		if n := slow.of(name).entered.Load(); n != 1 {
			t.Errorf("%s ran %d times", name, n)
		}
	}
}

// TestNestedInAView: a registered fragment in the view of another one.
func TestNestedInAView(t *testing.T) {
	g, _ := newGroup(t)
	inner := newSource[string]()
	outer := register(t, g, "v", async.Policy{}, func(context.Context, string) (string, error) { return "k2", nil })
	innerHandle := register(t, g, "inner", async.Policy{}, inner.fetch)
	s := serve(t, bound(t, g, `<main>{{async "v" "k"}}</main>{{define "v:view"}}<b>{{async "inner" . "wait"}}</b>{{end}}`), always(nil))
	arrive(t, outer, "k")
	s.becomes("<b>wait</b>")
	inner.answer(t, "<in>")
	arrive(t, innerHandle, "k2")
	s.shows("<b>&lt;in&gt;</b>")
	innerHandle.Refresh("k2")
	inner.answer(t, "new")
	s.becomes("<b>new</b>")
}

// TestNestedDefaultIsNotFrozenIntoStale: what stands in NAME:stale of a template fragment is the old value with what its holes
// show now, not what they showed when the old value was made.
func TestNestedDefaultIsNotFrozenIntoStale(t *testing.T) {
	g, _ := newGroup(t)
	inner := newSource[string]()
	h := register(t, g, "inner", async.Policy{}, inner.fetch)
	var runs atomic.Int64
	var slow gates
	s := bind(t, `<main>{{async "outer" .}}</main>
		{{- define "outer"}}{{hold}}outer {{async "inner" . "wait"}}{{end}}
		{{- define "outer:stale"}}<i>{{.Value}}</i>{{end}}`,
		async.Options{Group: g, Policy: async.Policy{MaxAge: 1}},
		template.FuncMap{"hold": func() (string, error) {
			if runs.Add(1) == 1 {
				return "", nil
			}
			return "", slow.pass(t.Context(), "refresh")
		}})
	at := serve(t, pageOf(s), always("k"))
	at.becomes("<i>outer wait</i>")
	inner.answer(t, "inner")
	arrive(t, h, "k")
	at.shows("<i>outer inner</i>")
	slow.open("refresh")
}

// TestNestedDefaultIsNotFrozenByAsyncvalue: asyncvalue of a template fragment inside another fragment is waited for with all that
// is nested in it, since it stays in the outer one's HTML as it is.
func TestNestedDefaultIsNotFrozenByAsyncvalue(t *testing.T) {
	g, _ := newGroup(t)
	inner := newSource[string]()
	register(t, g, "inner", async.Policy{}, inner.fetch)
	s := bind(t, `<main>{{async "outer" . "…"}}</main>
		{{- define "outer"}}outer {{asyncvalue "mid" .}}{{end}}
		{{- define "mid"}}{{async "inner" . "wait"}}{{end}}`,
		async.Options{Group: g, Policy: async.Policy{MaxAge: time.Hour}}, nil)
	at := serve(t, pageOf(s), always("k"))
	at.shows("…")
	inner.answer(t, "inner")
	at.becomes("outer inner")
}

// TestViewThatFailsForANewerValue: what was shown stays until something better can be shown.
func TestViewThatFailsForANewerValue(t *testing.T) {
	for _, c := range []struct{ name, views string }{
		{"default view", `{{define "v:default"}}wait{{end}}`},
		{"error view", `{{define "v:error"}}no answer{{end}}`},
	} {
		t.Run(c.name, func(t *testing.T) {
			g, _ := newGroup(t)
			src := newSource[[]int]()
			h := register(t, g, "v", async.Policy{Backoff: -1}, src.fetch)
			s := serve(t, bound(t, g, `<main>{{async "v" "k"}}</main>{{define "v:view"}}{{index . 0}}{{end}}`+c.views), always(nil))
			s.main()
			src.answer(t, []int{1})
			arrive(t, h, "k")
			s.becomes("1")
			h.Refresh("k")
			src.answer(t, nil)
			eventually(t, func() bool {
				s.shows("1")
				v, _ := h.Get("k")
				return t.Failed() || v == nil
			}, func() string { return "the new value does not come" })
			s.shows("1")
			h.Refresh("k")
			src.answer(t, []int{3})
			s.becomes("3")
		})
	}
}

// TestTable: fragments in table rows, with other keys, some there and some not.
func TestTable(t *testing.T) {
	g, _ := newGroup(t)
	var slow gates
	load := register(t, g, "load", async.Policy{}, func(ctx context.Context, host string) (string, error) {
		return "load of " + host, slow.pass(ctx, host)
	})
	row := register(t, g, "row", async.Policy{}, func(ctx context.Context, host string) (process, error) {
		return process{7, host}, slow.pass(ctx, host)
	})
	s := serve(t, bound(t, g, `<main><table><tbody>{{range .}}<tr><th>{{.}}</th><td>{{async "load" . "…"}}</td>{{async "row" .}}</tr>{{end}}</tbody></table></main>
		{{- define "row:view"}}<td>{{.PID}}</td><td>{{.Cmd}}</td>{{end}}{{define "row:default"}}<td colspan="2">working on {{.Key}}</td>{{end}}`),
		always([]string{"a", "b"}))
	const (
		before = `<tr><th>%[1]s</th><td>…</td><td colspan="2">working on %[1]s</td></tr>`
		after  = `<tr><th>%[1]s</th><td>load of %[1]s</td><td>7</td><td>%[1]s</td></tr>`
	)
	tbody := func(a, b string) string {
		return "<table><tbody>" + fmt.Sprintf(a, "a") + fmt.Sprintf(b, "b") + "</tbody></table>"
	}
	s.shows(tbody(before, before))
	slow.open("b")
	arrive(t, load, "b")
	arrive(t, row, "b")
	s.shows(tbody(before, after))
	slow.open("a")
	arrive(t, load, "a")
	arrive(t, row, "a")
	s.shows(tbody(after, after))
}

// TestTwiceOnAPage: one run, and one version, even if the value comes while the page is executed.
func TestTwiceOnAPage(t *testing.T) {
	g, _ := newGroup(t)
	src := newSource[string]()
	h := register(t, g, "v", async.Policy{}, src.fetch)
	finish := func() string { src.answer(t, "one"); arrive(t, h, "k"); return "" }
	set := bind(t, `<main>{{async "v" "k" "wait"}}{{finish}}{{async "v" "k" "wait"}}{{range .}}{{async "v" . "wait"}}{{end}}</main>`,
		async.Options{Group: g}, template.FuncMap{"finish": sync.OnceValue(finish)})
	s := serve(t, pageOf(set), always([]string{"k", "k"}))
	s.shows("waitwaitwaitwait")
	s.shows("oneoneoneone")
	if n := src.runs.Load(); n != 1 {
		t.Errorf("%d runs", n)
	}
}

// TestUsers: with the user in the key nobody is ever shown what is another's, whatever happens at the same time.
func TestUsers(t *testing.T) {
	type mine struct{ User, Host string }
	g, _ := newGroup(t)
	register(t, g, "inbox", async.Policy{MaxAge: 1}, func(_ context.Context, k mine) (mine, error) { return k, nil })
	register(t, g, "name", async.Policy{MaxAge: 1}, func(_ context.Context, k mine) (string, error) { return k.User, nil })
	s := serve(t, bound(t, g, `<main>{{async "inbox" . "wait"}}|<p title="{{async "name" . "wait"}}">{{async "own" .}}</p></main>
		{{- define "inbox:view"}}<b>{{.User}} {{async "name" .}} {{async "name" . "wait"}}</b>{{end}}
		{{- define "own"}}<i title="{{async "name" .}}">{{.User}}</i>{{end}}`),
		func(r *http.Request) any { return mine{r.URL.Query().Get("user"), "mail"} })
	users := []string{"alice", "bob", "carol", "dave", "erin"}
	var all sync.WaitGroup
	seen := make([]atomic.Int64, len(users))
	for range 3 {
		for i, user := range users {
			all.Go(func() {
				for range 40 {
					status, body := s.status("/?user=" + user)
					if status != http.StatusOK {
						t.Errorf("status %d", status)
						return
					}
					for _, other := range users {
						if other != user && strings.Contains(body, other) {
							t.Errorf("%s was shown what is %s's: %s", user, other, body)
							return
						}
					}
					if strings.Contains(body, "<b>"+user) && strings.Contains(body, `<i title="`+user+`">`) {
						seen[i].Add(1)
					}
				}
			})
		}
	}
	all.Wait()
	for i, user := range users {
		if seen[i].Load() == 0 {
			t.Errorf("%s has never seen a value: the test has tested nothing", user)
		}
	}
}

// TestOneRun: a thousand visitors, one run.
func TestOneRun(t *testing.T) {
	g, _ := newGroup(t)
	src := newSource[string]()
	h := register(t, g, "v", async.Policy{}, src.fetch)
	s := serve(t, bound(t, g, `<main>{{async "v" "k" "wait"}}</main>{{define "v:view"}}<b>{{.}}</b>{{end}}`), always(nil))
	visit := func(want string) {
		t.Helper()
		var visitors sync.WaitGroup
		var bad atomic.Int64
		for range 40 {
			visitors.Go(func() {
				for range 25 {
					if status, body := s.status("/"); status != http.StatusOK || !strings.Contains(body, want) {
						bad.Add(1)
					}
				}
			})
		}
		visitors.Wait()
		if n := bad.Load(); n > 0 {
			t.Errorf("%d of 1,000 loads did not show %q", n, want)
		}
	}
	visit("wait")
	src.answer(t, "one")
	arrive(t, h, "k")
	s.becomes("<b>one</b>")
	visit("<b>one</b>")
	if n := src.runs.Load(); n != 1 {
		t.Errorf("%d runs for 2,000 loads", n)
	}
}

type requestValue struct{}

// TestNobodysRequest: a run has nothing of the request that happened to start it, and goes on when that is over.
func TestNobodysRequest(t *testing.T) {
	g, _ := newGroup(t)
	started, release := make(chan context.Context, 1), make(chan struct{})
	h := register(t, g, "v", async.Policy{Timeout: time.Hour}, func(ctx context.Context, key string) (string, error) {
		started <- ctx
		select {
		case <-release:
			return "done", nil
		case <-ctx.Done():
			return "", ctx.Err()
		}
	})
	gone := errors.New("the visitor went away")
	waited := make(chan error, 1)
	s := serve(t, func(w io.Writer, data any) error {
		r := data.(*http.Request)
		if r.URL.Path != "/wait" {
			v, _ := h.Get("k")
			_, err := fmt.Fprintf(w, "<main>%s</main>", v)
			return err
		}
		ctx, cancel := context.WithCancelCause(context.WithValue(r.Context(), requestValue{}, "secret"))
		ctx, stop := context.WithTimeout(ctx, time.Minute)
		defer stop()
		go func() {
			_, err := h.Wait(ctx, "k")
			waited <- err
		}()
		run := <-started
		cancel(gone)
		waited <- <-waited
		switch deadline, _ := run.Deadline(); {
		case run.Value(requestValue{}) != nil:
			t.Error("the run has a value of the request")
		case run.Value(http.ServerContextKey) != nil:
			t.Error("the run has the request's server")
		case time.Until(deadline) < 50*time.Minute:
			t.Error("the run has the request's deadline")
		case run.Err() != nil:
			t.Error("the run was cancelled with the request")
		}
		_, err := fmt.Fprint(w, "<main>gone</main>")
		return err
	}, func(r *http.Request) any { return r })
	s.load("/wait")
	if err := <-waited; !errors.Is(err, gone) {
		t.Errorf("Wait: %v", err)
	}
	close(release)
	arrive(t, h, "k")
	s.shows("done")
}

// TestWrongKeys: a value that cannot be a key spoils its own hole.
func TestWrongKeys(t *testing.T) {
	text := "web1"
	for _, c := range []struct {
		name     string
		fragment string // what the page asks for: "name" has string keys, "number" int8, "any" interface
		key      any
		want     []string // in the log
	}{
		{"nil", "name", nil, []string{"nil is no key of type string"}},
		{"pointer", "name", &text, []string{"*string", "pass the value"}},
		{"nil pointer", "name", (*string)(nil), []string{"nil of type *string"}},
		{"map", "name", map[string]int{"a": 1}, []string{"map[string]int", "pass one of its fields"}},
		{"slice", "name", []string{"a"}, []string{"[]string"}},
		{"func", "name", strings.ToUpper, []string{"func(string) string"}},
		{"number for a string", "name", 7, []string{"int is no key of type string", "print"}},
		{"string for a number", "number", "7", []string{"string is no key of type int8"}},
		{"float for a number", "number", 7.5, []string{"float64"}},
		{"out of range", "number", 128, []string{"out of range", "-128 to 127"}},
		{"map in an interface", "any", map[string]int{}, []string{"map"}},
		{"pointer in an interface", "any", &text, []string{"*string"}},
		{"struct with an unexported field", "any", struct{ a int }{1}, []string{"unexported"}},
		{"nil in an interface", "any", nil, []string{"nil"}},
		{"template fragment", "own", &text, []string{"*string"}},
	} {
		for _, mode := range []string{"bound", "unbound"} {
			if mode == "unbound" && c.fragment == "own" {
				continue
			}
			t.Run(c.name+"/"+mode, func(t *testing.T) {
				g, log := newGroup(t)
				name := register(t, g, "name", async.Policy{}, func(_ context.Context, k string) (string, error) { return "for " + k, nil })
				register(t, g, "number", async.Policy{}, func(_ context.Context, k int8) (int8, error) { return k, nil })
				register(t, g, "any", async.Policy{}, func(_ context.Context, k any) (any, error) { return k, nil })
				arrive(t, name, "web1")
				text := fmt.Sprintf(`<main>{{async "name" "web1"}}|{{async %[1]q .Key "wait"}}|{{async "name" "web1"}}|<p title="{{async %[1]q .Key "wait"}}"></p></main>`, c.fragment)
				p, hole, position := unbound(t, g, text), "wait", "an unbound template"
				if mode == "bound" {
					p = bound(t, g, text+fmt.Sprintf(`{{define "%[1]s:error"}}<i>[{{.Reason}}]</i>{{end}}{{define "own"}}{{.}}{{end}}`, c.fragment))
					hole, position = "<i>[key]</i>", "page:1:"
				}
				s := serve(t, p, always(map[string]any{"Key": c.key}))
				for range 2 {
					s.shows(`for web1|` + hole + `|for web1|<p title="wait"></p>`)
				}
				for _, want := range append(c.want, position, "reason=key", "fragment="+c.fragment) {
					if !strings.Contains(log.String(), want) {
						t.Errorf("the log does not say %q:\n%s", want, log)
					}
				}
			})
		}
	}
}

// TestKeysOfOtherTypes: a dot of the same underlying kind is a key.
func TestKeysOfOtherTypes(t *testing.T) {
	type host string
	type pair struct{ A, B string }
	type alike struct{ A, B string }
	g, _ := newGroup(t)
	register(t, g, "host", async.Policy{}, func(_ context.Context, k host) (string, error) { return "host " + string(k), nil })
	register(t, g, "number", async.Policy{}, func(_ context.Context, k int64) (int64, error) { return k + 1, nil })
	register(t, g, "pair", async.Policy{}, func(_ context.Context, k pair) (string, error) { return k.A + "/" + k.B, nil })
	register(t, g, "any", async.Policy{}, func(_ context.Context, k any) (string, error) { return fmt.Sprintf("%T", k), nil })
	register(t, g, "time", async.Policy{}, func(_ context.Context, k time.Time) (int, error) { return k.Year(), nil })
	s := serve(t, bound(t, g, `<main>{{async "host" .Text}}|{{async "number" .Small}}|{{async "pair" .Alike}}|{{async "any" 7}}|{{async "any" "7"}}|{{async "time" .Time}}</main>`),
		always(map[string]any{"Text": "web1", "Small": uint8(255), "Alike": alike{"a", "b"}, "Time": time.Date(1999, 1, 1, 0, 0, 0, 0, time.UTC)}))
	s.becomes("host web1|256|a/b|int|string|1999")
}

// TestOneTemplateInTwoContexts: the same template called in element content and in an attribute.
func TestOneTemplateInTwoContexts(t *testing.T) {
	g, _ := newGroup(t)
	finish := slowly(template.HTML("<b>up</b>"))(t, g)
	s := serve(t, bound(t, g, `<main>{{template "cell" "k"}}<p title="{{template "cell" "k"}}"></p><textarea>{{template "cell" "k"}}</textarea>{{template "cell" "k"}}</main>
		{{- define "cell"}}{{async "v" . "<wait>"}}{{end}}`), always(nil))
	s.shows(`&lt;wait&gt;<p title="&lt;wait&gt;"></p><textarea>&lt;wait&gt;</textarea>&lt;wait&gt;`)
	finish()
	s.becomes(`<b>up</b><p title="up"></p><textarea>&lt;b&gt;up&lt;/b&gt;</textarea><b>up</b>`)
}

// TestDelimiters: a set with delimiters of its own is bound like any other.
func TestDelimiters(t *testing.T) {
	g, _ := newGroup(t)
	finish := slowly("up")(t, g)
	tmpl, err := template.New("page").Delims("<<", ">>").Funcs(g.Funcs()).Parse(
		`<main><p title="<<async "v" "k">>"><<async "v" "k">>{{}}</p></main><<define "v:view">><b><<.>></b><<end>><<define "v:default">>wait for <<.Key>><<end>>`)
	if err != nil {
		t.Fatal(err)
	}
	set, err := async.Bind(tmpl, async.Options{Group: g})
	if err != nil {
		t.Fatal(err)
	}
	s := serve(t, pageOf(set), always(nil))
	s.shows(`<p title="">wait for k{{}}</p>`)
	finish()
	s.becomes(`<p title="up"><b>up</b>{{}}</p>`)
}

// TestFiles: a set of several files with a layout and blocks.
func TestFiles(t *testing.T) {
	g, _ := newGroup(t)
	finish := slowly("up")(t, g)
	files := fstest.MapFS{
		"base.html":  {Data: []byte(`<title>{{block "title" .}}Infill{{end}}</title><main>{{block "content" .}}empty{{end}}{{block "foot" .}}<i>{{async "v" . "foot"}}</i>{{end}}</main>`)},
		"host.html":  {Data: []byte(`{{define "title"}}{{async "v" . "wait"}}{{end}}{{define "content"}}<p>{{async "v" .}}</p>{{end}}`)},
		"views.html": {Data: []byte(`{{define "v:view"}}<b>{{.}}</b>{{end}}{{define "v:default"}}wait{{end}}`)},
	}
	tmpl, err := template.New("").Funcs(g.Funcs()).ParseFS(files, "*.html")
	if err != nil {
		t.Fatal(err)
	}
	set, err := async.Bind(tmpl, async.Options{Group: g})
	if err != nil {
		t.Fatal(err)
	}
	s := serve(t, func(w io.Writer, data any) error { _, err := set.Execute(w, "base.html", data); return err }, always("k"))
	s.shows("<p>wait</p><i>foot</i>")
	finish()
	s.becomes("<p><b>up</b></p><i><b>up</b></i>")
	if got := s.load("/").Find("title").Text(); got != "up" {
		t.Errorf("title %q", got)
	}
}

// TestUnknownNames: both ways name the fragment; a bound set also the place and what was meant.
func TestUnknownNames(t *testing.T) {
	g, _ := newGroup(t)
	register(t, g, "ps", async.Policy{}, func(context.Context, string) (string, error) { return "", nil })
	const text = "<p>\n{{async \"pss\" .}}</p>"
	_, err := async.Bind(parse(t, g, text, nil), async.Options{Group: g})
	const want = `async: cannot bind: page:2:3: async "pss": no fragment of this name is registered and no template of this name is defined; did you mean "ps"?`
	if err == nil || err.Error() != want {
		t.Errorf("Bind: %v\nwant  %s", err, want)
	}
	s := serve(t, unbound(t, g, text), always("k"))
	if status, body := s.status("/"); status != http.StatusInternalServerError || !strings.Contains(body, `async "pss": no fragment of this name is registered`) {
		t.Errorf("unbound: %d %s", status, body)
	}
	later := serve(t, unbound(t, g, `<main>{{async "later" .}}</main>`), always("k")) // known by the time it is executed
	h := register(t, g, "later", async.Policy{}, func(context.Context, string) (string, error) { return "now", nil })
	arrive(t, h, "k")
	later.shows("now")
}

// TestTheUsersOwnSet stays as it was, and can be executed after Bind.
func TestTheUsersOwnSet(t *testing.T) {
	g, _ := newGroup(t)
	finish := slowly("up")(t, g)
	tmpl := parse(t, g, `<main>{{async "v" "k" "wait"}}</main>{{define "v:view"}}<b>{{.}}</b>{{end}}`, nil).Option("missingkey=error")
	set, err := async.Bind(tmpl, async.Options{Group: g})
	if err != nil {
		t.Fatal(err)
	}
	ours, theirs := serve(t, pageOf(set), always(nil)), serve(t, tmpl.Execute, always(nil))
	ours.shows("wait")
	theirs.shows("wait")
	finish()
	theirs.shows("up")
	ours.becomes("<b>up</b>")
	if _, err := async.Bind(tmpl, async.Options{Group: g}); err == nil || !strings.Contains(err.Error(), "was executed before it was bound") {
		t.Errorf("Bind of an executed set: %v", err)
	}
}

// TestReport: what is counted, and that headers can be set by it.
func TestReport(t *testing.T) {
	g, _ := newGroup(t)
	src := newSource[string]()
	for _, name := range []string{"ready", "stale", "failed", "silent", "waiting"} {
		p := async.Policy{Backoff: time.Hour}
		if name == "stale" {
			p.MaxAge = 1
		}
		h := register(t, g, name, p, func(ctx context.Context, key string) (string, error) {
			if name == "waiting" {
				return src.fetch(ctx, key)
			}
			if name == "failed" || name == "silent" {
				return "", errSource
			}
			return name, nil
		})
		if name != "waiting" {
			_, _ = wait(t, h, "k")
		}
	}
	set := bind(t, `{{range .}}{{async "ready" .}}{{async "stale" .}}{{async "failed" .}}{{async "silent" .}}{{async "waiting" .}}{{end}}{{asyncvalue "ready" "k"}}<p title="{{async "ready" "k"}}"></p>
		{{- define "failed:error"}}no answer{{end}}`, async.Options{Group: g}, nil)
	want := async.Report{Ready: 4, Stale: 2, Failed: 4, Pending: 2}
	var got async.Report
	eventually(t, func() bool {
		var err error
		if got, err = set.Execute(io.Discard, "page", []string{"k", "k"}); err != nil {
			t.Fatal(err)
		}
		return got == want
	}, func() string { return fmt.Sprintf("report %+v, want %+v", got, want) })
	if n := got.Holes(); n != 10 {
		t.Errorf("%d holes", n)
	}
}

// TestRegisterRefuses: each error names the name, the place and the remedy.
func TestRegisterRefuses(t *testing.T) {
	g, _ := newGroup(t)
	ok := func(context.Context, string) (string, error) { return "", nil }
	with := func(p async.Policy) func() error {
		return func() error { _, err := async.Register(g, "x", ok, p); return err }
	}
	named := func(name string) func() error {
		return func() error { _, err := async.Register(g, name, ok, async.Policy{}); return err }
	}
	type hidden struct {
		Host string
		port int
	}
	for _, c := range []struct {
		what     string
		register func() error
		want     string
	}{
		{"empty name", named(""), `"": the name is empty`},
		{"colon", named("ps:view"), `"ps:view": the name has a colon, which is for its views, such as "ps:view"; use another character`},
		{"nil function", func() error { _, err := async.Register[string, int](g, "x", nil, async.Policy{}); return err }, `"x": fn is nil`},
		{"pointer key", func() error {
			_, err := async.Register(g, "x", func(context.Context, *process) (int, error) { return 0, nil }, async.Policy{})
			return err
		}, `"x": *async_test.process cannot be a key: it is a pointer, which equals no other pointer to an equal value; use the value, or what identifies it, such as its ID`},
		{"unexported field", func() error {
			_, err := async.Register(g, "x", func(_ context.Context, k hidden) (int, error) { return k.port, nil }, async.Policy{})
			return err
		}, `"x": async_test.hidden cannot be a key: its field port (int) is unexported; export it, or give async_test.hidden the methods MarshalText, and UnmarshalText on the pointer`},
		{"channel key", func() error {
			_, err := async.Register(g, "x", func(context.Context, chan int) (int, error) { return 0, nil }, async.Policy{})
			return err
		}, `"x": chan int cannot be a key: it is a channel, which means nothing outside this run of the program; use a string that names it`},
		{"negative age", with(async.Policy{MaxAge: -1}), `"x": Policy.MaxAge is -1ns: it must not be negative; 0 keeps a result until it is forgotten`},
		{"stale without age", with(async.Policy{StaleWhileRevalidate: time.Second}), `"x": Policy.StaleWhileRevalidate is 1s, but without MaxAge a result never gets stale: set MaxAge`},
		{"stale on errors without age", with(async.Policy{StaleIfError: -1}), `"x": Policy.StaleIfError is -1ns, but without MaxAge a result never gets stale: set MaxAge`},
		{"jitter", with(async.Policy{Jitter: 1.5}), `"x": Policy.Jitter is 1.5: it is a part of MaxAge, at most 1`},
		{"timeout", with(async.Policy{Timeout: -time.Second}), `"x": Policy.Timeout is -1s: it must not be negative; 0 is 30s, and there is no run without a deadline`},
		{"back-off", with(async.Policy{Backoff: time.Hour, MaxBackoff: time.Minute}), `"x": Policy.Backoff is 1h0m0s, longer than MaxBackoff, 1m0s`},
		{"no back-off but a longest", with(async.Policy{Backoff: -1, MaxBackoff: time.Minute}), `"x": Policy.MaxBackoff is 1m0s, but Backoff is negative, so there is no pause: drop one of them`},
		{"runs", with(async.Policy{MaxRuns: 65}), `"x": Policy.MaxRuns is 65, more than the 64 of its group: raise Group.MaxRuns`},
		{"several", with(async.Policy{MaxResults: -1, MaxBytes: -2}), "\"x\": Policy.MaxResults is -1: it must not be negative; 0 is 10000\nPolicy.MaxBytes is -2: it must not be negative; 0 is 67108864"},
	} {
		t.Run(c.what, func(t *testing.T) {
			err := c.register()
			if err == nil {
				t.Fatal("registered")
			}
			place := regexp.MustCompile(`^async: cannot register ("[^"]*") at \S*async_test\.go:\d+: `)
			if got := place.ReplaceAllString(err.Error(), "$1: "); got != c.want {
				t.Errorf("got  %s\nwant %s", got, c.want)
			}
		})
	}
	if _, err := async.Register(g, "x", ok, async.Policy{}); err != nil {
		t.Errorf("a refused registration has taken the name: %v", err)
	}
}

// here is the file:line of its caller.
func here() string {
	_, file, line, _ := runtime.Caller(1)
	return fmt.Sprintf("%s:%d", file, line)
}

// TestNameTaken: the error names both places, so that one knows which two fight.
func TestNameTaken(t *testing.T) {
	g, _ := newGroup(t)
	fn := func(context.Context, string) (string, error) { return "", nil }
	_, err := async.Register(g, "ps", fn, async.Policy{})
	first := here()
	if err != nil {
		t.Fatal(err)
	}
	_, err = async.Register(g, "ps", fn, async.Policy{})
	second := here()
	line := func(place string) string { // the line before
		dir, file := filepath.Split(place)
		name, n, _ := strings.Cut(file, ":")
		var number int
		fmt.Sscan(n, &number)
		return fmt.Sprintf("%s%s:%d", dir, name, number-1)
	}
	want := fmt.Sprintf("async: cannot register %q at %s: the name is taken by the fragment registered at %s; use another name, or one handle in both places", "ps", line(second), line(first))
	if err == nil || err.Error() != want {
		t.Errorf("got  %v\nwant %s", err, want)
	}
	set := parse(t, g, `{{async "row" .}}{{define "row"}}x{{end}}`, nil)
	if _, err = async.Bind(set, async.Options{Group: g}); err != nil {
		t.Fatal(err)
	}
	if _, err = async.Register(g, "row", fn, async.Policy{}); err == nil || !strings.Contains(err.Error(), "async_test.go") || !strings.Contains(err.Error(), "template fragment") {
		t.Errorf("a name that a bound set has: %v", err)
	}
	if _, err := async.Register(new(async.Group), "ps", fn, async.Policy{}); err != nil {
		t.Errorf("the name in another group: %v", err)
	}
}

// TestClosedWhileServing: pages go on, with what is remembered; Close names what was lost.
func TestClosedWhileServing(t *testing.T) {
	g, log := newGroup(t)
	kept := register(t, g, "kept", async.Policy{}, func(context.Context, string) (process, error) { return process{1, "init"}, nil })
	stuck, release := make(chan struct{}), make(chan struct{})
	defer close(release)
	register(t, g, "stuck", async.Policy{}, func(context.Context, string) (string, error) { close(stuck); <-release; return "", nil })
	src := newSource[string]()
	register(t, g, "slow", async.Policy{MaxRuns: 1}, src.fetch)
	s := serve(t, bound(t, g, `<main>{{range .}}{{async "slow" . "wait"}} {{end}}{{async "kept" "k" "wait"}} {{async "stuck" "k" "wait"}}</main>{{define "kept:view"}}<b>{{.Cmd}}</b>{{end}}`), always([]string{"a", "b"}))
	arrive(t, kept, "k")
	s.becomes("wait wait <b>init</b> wait")
	<-stuck
	eventually(t, func() bool { return src.runs.Load() == 1 }, func() string { return "slow does not run" })

	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	var visitors sync.WaitGroup
	stop := make(chan struct{})
	for range 4 {
		visitors.Go(func() {
			for {
				if status, body := s.status("/"); status != http.StatusOK || !strings.Contains(body, "<b>init</b>") {
					t.Errorf("while the group is closed: %d %s", status, body)
				}
				select {
				case <-stop:
					return
				default:
				}
			}
		})
	}
	err := g.Close(ctx)
	close(stop)
	visitors.Wait()
	var lost *async.LostError
	if !errors.As(err, &lost) {
		t.Fatalf("Close: %v", err)
	}
	for i, want := range []string{`^slow\("a"\): cut off after \d+(\.\d+)?m?s$`, `^slow\("b"\): never started$`, `^stuck\("k"\): ignores its context, running for \d+(\.\d+)?m?s$`} {
		if len(lost.Runs) != 3 || !regexp.MustCompile(want).MatchString(lost.Runs[i]) {
			t.Errorf("lost %q, want %s", lost.Runs, want)
		}
	}
	if !strings.HasPrefix(err.Error(), `async: 3 lost when the group was closed: slow("a"): cut off after `) {
		t.Errorf("Close: %v", err)
	}
	s.shows("wait wait <b>init</b> wait")
	if _, err := kept.Wait(t.Context(), "other"); !errors.Is(err, async.ErrClosed) {
		t.Errorf("Wait after Close: %v", err)
	}
	if v, err := kept.Wait(t.Context(), "k"); v.PID != 1 || err != nil {
		t.Errorf("Wait for what is remembered: %v, %v", v, err)
	}
	if !strings.Contains(log.String(), "reason=closed") {
		t.Errorf("the log does not say reason=closed:\n%s", log)
	}
	again, stopWaiting := context.WithTimeout(t.Context(), patience)
	defer stopWaiting()
	if second := g.Close(again); second == nil || second.Error() != err.Error() {
		t.Errorf("second Close: %v", second)
	}
	if _, err := async.Register(g, "new", func(context.Context, int) (int, error) { return 0, nil }, async.Policy{}); !errors.Is(err, async.ErrClosed) {
		t.Errorf("Register after Close: %v", err)
	}
}

// TestCloseWaits: with patience nothing is lost, and no goroutine of the group is left.
func TestCloseWaits(t *testing.T) {
	g, _ := newGroup(t)
	src := newSource[string]()
	h := register(t, g, "v", async.Policy{}, src.fetch)
	h.Keep("k")
	s := serve(t, bound(t, g, `<main>{{async "v" "k" "wait"}}</main>`), always(nil))
	s.shows("wait")
	closed := make(chan error, 1)
	go func() { closed <- g.Close(t.Context()) }()
	attempt := 0
	eventually(t, func() bool {
		attempt++
		_, err := async.Register(g, fmt.Sprint("other", attempt), src.fetch, async.Policy{})
		return errors.Is(err, async.ErrClosed)
	}, func() string { return "the group does not close" })
	src.answer(t, "one")
	if err := <-closed; err != nil {
		t.Errorf("Close: %v", err)
	}
	s.shows("one")
	eventually(t, func() bool {
		return !strings.Contains(goroutines(), "TestCloseWaits.") && !strings.Contains(goroutines(), "async.(*flight)")
	},
		func() string { return "goroutines are left:\n" + goroutines() })
}

// goroutines are the stacks of all goroutines but the caller's.
func goroutines() string {
	b := make([]byte, 1<<20)
	b = b[:runtime.Stack(b, true)]
	_, others, _ := bytes.Cut(b, []byte("\n\n"))
	return string(others)
}

// TestCommands: the ancestor's one function.
func TestCommands(t *testing.T) {
	g, _ := newGroup(t)
	src := newSource[string]()
	command := func(def string) string {
		return async.CommandIn(g, "ps web1", def, func(ctx context.Context) (string, error) { return src.fetch(ctx, "") })
	}
	s := serve(t, func(w io.Writer, data any) error {
		_, err := fmt.Fprintf(w, "<main>%s|%s</main>", command("loading"), command("wait"))
		return err
	}, always(nil))
	s.shows("loading|wait")
	src.answer(t, "up")
	s.becomes("up|up")
	s.shows("up|up")
	if n := src.runs.Load(); n != 1 {
		t.Errorf("%d runs", n)
	}
}

// TestCommandsThatFail keep their default, and are tried again.
func TestCommandsThatFail(t *testing.T) {
	g, log := newGroup(t)
	g.Commands.Backoff = -1
	var runs atomic.Int64
	command := func() int {
		return async.CommandIn(g, "flaky", -1, func(context.Context) (int, error) {
			switch n := runs.Add(1); n {
			case 1:
				return 1, errSource
			case 2:
				panic("oh no")
			case 3:
				runtime.Goexit()
				return 3, nil
			default:
				return int(n), nil
			}
		})
	}
	eventually(t, func() bool {
		v := command()
		if v != -1 && v != 4 {
			t.Fatalf("Command = %d", v)
		}
		return v == 4
	}, func() string { return "the fourth run's value does not come" })
	for _, want := range []string{`Command(\"flaky\")`, "reason=error", "reason=panic", "reason=exit", errSource.Error()} {
		if !strings.Contains(log.String(), want) {
			t.Errorf("the log does not say %q:\n%s", want, log)
		}
	}
}

// settle gives every command of the group that was started its value: what is remembered can be read after Close.
func settle(t *testing.T, g *async.Group) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	if err := g.Close(ctx); err != nil {
		t.Fatal(err)
	}
}

func constant[T any](v T) func(context.Context) (T, error) {
	return func(context.Context) (T, error) { return v, nil }
}

// TestCommandPlaces: an empty id is the place of the call. Each place is looked at twice in a loop, not in a function called
// twice: the compiler may inline that, which makes two places of it.
func TestCommandPlaces(t *testing.T) {
	t.Run("direct calls", func(t *testing.T) {
		g, _ := newGroup(t)
		for round, want := range [][]string{{"def", "def", "def"}, {"one", "two", "three"}} {
			got := []string{
				async.CommandIn(g, "", "def", constant("one")),
				async.CommandIn(g, "", "def", constant("two")), async.CommandIn(g, "", "def", constant("three")),
			}
			if !slices.Equal(got, want) {
				t.Errorf("round %d: %q, want %q", round, got, want)
			}
			settle(t, g)
		}
	})
	t.Run("loop", func(t *testing.T) {
		g, _ := newGroup(t)
		var runs atomic.Int64
		for round := range 2 {
			var got []string
			for _, host := range []string{"web1", "web2"} {
				got = append(got, async.CommandIn(g, "", "def", func(context.Context) (string, error) { runs.Add(1); return host, nil }))
			}
			if round == 1 && (got[0] != got[1] || got[0] == "def" || runs.Load() != 1) {
				t.Errorf("%q after %d runs: the documentation says that a loop shares one", got, runs.Load())
			}
			settle(t, g)
		}
	})
	t.Run("helper", func(t *testing.T) {
		g, _ := newGroup(t)
		var runs atomic.Int64
		fn := func(context.Context) (string, error) { runs.Add(1); return "v", nil }
		throughHelper(g, fn)
		throughHelper(g, fn)
		settle(t, g)
		if got := throughHelper(g, fn); got != "v" || runs.Load() != 1 {
			t.Errorf("%q after %d runs: the documentation says that a helper is one place", got, runs.Load())
		}
	})
	t.Run("ids", func(t *testing.T) {
		g, _ := newGroup(t)
		one := func() string { return async.CommandIn(g, "id", "def one", constant("one")) }
		two := func() string { return async.CommandIn(g, "id", "def two", constant("two")) }
		other := func() string { return async.CommandIn(g, "id ", "def other", constant("other")) }
		if a, b, c := one(), two(), other(); a != "def one" || b != "def two" && b != "one" || c != "def other" {
			t.Errorf("first %q, %q, %q", a, b, c)
		}
		settle(t, g)
		if a, b, c := one(), two(), other(); a != "one" || b != "one" || c != "other" {
			t.Errorf("then %q, %q, %q", a, b, c)
		}
	})
	t.Run("groups", func(t *testing.T) {
		g, _ := newGroup(t)
		h, _ := newGroup(t)
		for round := range 2 {
			for i, in := range []*async.Group{g, h} {
				got, want := async.CommandIn(in, "", -1, constant(i)), []int{-1, i}[round]
				if got != want {
					t.Errorf("round %d: group %d has %d", round, i, got)
				}
				settle(t, in)
			}
		}
	})
}

// throughHelper is one place, whoever calls it.
//
//go:noinline
func throughHelper(g *async.Group, fn func(context.Context) (string, error)) string {
	return async.CommandIn(g, "", "def", fn)
}

// TestTwoTypesUnderOneID are two commands.
func TestTwoTypesUnderOneID(t *testing.T) {
	type text string
	g, _ := newGroup(t)
	calls := func() []any {
		return []any{
			async.CommandIn(g, "id", "def", constant("string")),
			async.CommandIn(g, "id", text("def"), constant(text("text"))),
			async.CommandIn(g, "id", 0, constant(7)),
			async.CommandIn(g, "id", any("def"), constant[any](nil)),
			async.CommandIn(g, "id", errSource, constant[error](nil)),
			async.CommandIn(g, "id", nil, constant(&process{PID: 1})),
		}
	}
	if got := fmt.Sprint(calls()...); got != fmt.Sprint("def", text("def"), 0, "def", errSource, (*process)(nil)) {
		t.Errorf("first %s", got)
	}
	settle(t, g)
	got := calls()
	if p, ok := got[5].(*process); !ok || p == nil || p.PID != 1 {
		t.Errorf("pointer %v", got[5])
	}
	if !slices.Equal(got[:5], []any{"string", text("text"), 7, nil, nil}) {
		t.Errorf("then %v", got)
	}
}

// TestRunsThatWaitForOthersWithOneSlot: a run that waits for another one must not keep it from running.
func TestRunsThatWaitForOthersWithOneSlot(t *testing.T) {
	p := async.Policy{Timeout: 500 * time.Millisecond, Backoff: -1}
	t.Run("Wait", func(t *testing.T) {
		g, _ := newGroup(t)
		g.MaxRuns = 1
		inner := register(t, g, "inner", p, func(_ context.Context, k string) (string, error) { return "inner " + k, nil })
		outer := register(t, g, "outer", p, func(ctx context.Context, k string) (string, error) { return inner.Wait(ctx, k) })
		if v, err := wait(t, outer, "k"); v != "inner k" {
			t.Errorf("%q, %v", v, err)
		}
	})
	t.Run("another key", func(t *testing.T) {
		g, _ := newGroup(t)
		var h *async.Handle[int, int]
		p := p
		p.MaxRuns = 1
		h = register(t, g, "factorial", p, func(ctx context.Context, n int) (int, error) {
			if n <= 1 {
				return 1, nil
			}
			before, err := h.Wait(ctx, n-1)
			return n * before, err
		})
		if v, err := wait(t, h, 4); v != 24 {
			t.Errorf("%d, %v", v, err)
		}
	})
	t.Run("several at a time", func(t *testing.T) {
		g, _ := newGroup(t)
		g.MaxRuns = 1
		inner := register(t, g, "inner", p, func(_ context.Context, k int) (int, error) { return k, nil })
		outer := register(t, g, "outer", p, func(ctx context.Context, n int) (int, error) {
			var sum atomic.Int64
			var all sync.WaitGroup
			for k := range n {
				all.Go(func() {
					v, _ := inner.Wait(ctx, k)
					sum.Add(int64(v))
				})
			}
			all.Wait()
			return int(sum.Load()), nil
		})
		if v, err := wait(t, outer, 10); v != 45 {
			t.Errorf("%d, %v", v, err)
		}
	})
	t.Run("view", func(t *testing.T) {
		g, _ := newGroup(t)
		g.MaxRuns = 1
		register(t, g, "inner", p, func(_ context.Context, k string) (string, error) { return "inner", nil })
		outer := register(t, g, "v", p, func(ctx context.Context, k string) (string, error) { return "v", nil })
		s := serve(t, bound(t, g, `<main>{{async "v" "k"}}</main>{{define "v:view"}}<b title="{{async "inner" .}}">{{.}}</b>{{end}}`), always(nil))
		s.main()
		_, _ = wait(t, outer, "k")
		s.becomes(`<b title="inner">v</b>`)
	})
}

// TestDefaultViewsAreBounded: MaxOutput counts what stands in default views, too.
func TestDefaultViewsAreBounded(t *testing.T) {
	g, _ := newGroup(t)
	src := newSource[string]()
	const depth, width = 5, 8
	var text strings.Builder
	text.WriteString(`<main>{{async "d0" "k"}}</main>`)
	for i := range depth {
		register(t, g, fmt.Sprintf("d%d", i), async.Policy{}, src.fetch)
		nested := "default"
		if i+1 < depth {
			nested = strings.Repeat(fmt.Sprintf(`{{async "d%d" .Key}}`, i+1), width)
		}
		fmt.Fprintf(&text, `{{define "d%d:default"}}%s{{end}}`, i, nested)
	}
	set := bind(t, text.String(), async.Options{Group: g, MaxOutput: 1000}, nil)
	var b bytes.Buffer
	report, err := set.Execute(&b, "page", nil)
	if err != nil {
		t.Fatal(err)
	}
	if b.Len() > 1000+len("<main></main>") || report.Holes() > 1000 {
		t.Errorf("MaxOutput is 1000; the page has %d bytes and %+v", b.Len(), report)
	}
}

// TestZeroSet: what only Bind can make says so.
func TestZeroSet(t *testing.T) {
	if _, err := new(async.Set).Execute(io.Discard, "page", nil); err == nil || !strings.Contains(err.Error(), "Bind") {
		t.Errorf("Execute of a zero Set: %v", err)
	}
}

// TestNoGoingBack: once a value was shown the default does not return, whatever becomes of the refreshes.
func TestNoGoingBack(t *testing.T) {
	g, _ := newGroup(t)
	keys := []string{"a", "b", "c", "d"}
	var runs atomic.Int64
	flaky := func(ctx context.Context, key string) (string, error) {
		switch n := runs.Add(1); n % 5 {
		case 0:
			return "", errSource
		case 1:
			panic("oh no")
		case 2: // ignores its deadline
			<-time.After(3 * time.Millisecond)
		case 3:
			<-ctx.Done()
			return "", ctx.Err()
		}
		return "v", nil
	}
	p := async.Policy{MaxAge: 100 * time.Microsecond, Timeout: time.Millisecond, Backoff: 100 * time.Microsecond, MaxBackoff: 100 * time.Microsecond}
	g.Commands = p
	h := register(t, g, "v", p, flaky)
	set := bind(t, `{{async "v" . "default"}}|{{async "own" .}}|<p title="{{async "v" . "default"}}">{{asyncvalue "v" . "default"}}</p>
		{{- define "v:view"}}<b>{{.}}</b>{{end}}{{define "v:error"}}default{{end}}
		{{- define "own"}}<i>{{flaky .}}</i>{{end}}{{define "own:default"}}default{{end}}`,
		async.Options{Group: g, Policy: p}, template.FuncMap{"flaky": func(key string) (string, error) {
			ctx, cancel := context.WithTimeout(t.Context(), time.Millisecond)
			defer cancel()
			return flaky(ctx, key)
		}})
	// Each way to look at a key has the parts that it shows; once a part has been no default it must not be one again.
	ways := []struct {
		name  string
		parts func(key string) []string
	}{
		{"Get", func(key string) []string {
			if v, ok := h.Get(key); ok {
				return []string{v}
			}
			return []string{"default"}
		}},
		{"Command", func(key string) []string {
			return []string{async.CommandIn(g, key, "default", func(ctx context.Context) (string, error) { return flaky(ctx, key) })}
		}},
		{"Execute", func(key string) []string {
			var b bytes.Buffer
			if _, err := set.Execute(&b, "page", key); err != nil {
				t.Error(err)
			}
			return strings.FieldsFunc(b.String(), func(r rune) bool { return r == '|' || r == '"' })
		}},
	}
	done := make(chan struct{})
	var hammer sync.WaitGroup
	var enough []func() bool // there have been values in each way, so that the default can come back
	for _, way := range ways {
		seen := make([][8]atomic.Bool, len(keys)) // by key and part
		for range 3 {
			hammer.Go(func() {
				for i := 0; ; i++ {
					select {
					case <-done:
						return
					default:
					}
					k := i % len(keys)
					var before [8]bool // what was seen before this look began
					for part := range before {
						before[part] = seen[k][part].Load()
					}
					for part, shown := range way.parts(keys[k]) {
						isDefault := strings.Contains(shown, "default")
						if isDefault && before[part] {
							t.Errorf("%s: %q came back for part %d of %s after %d runs", way.name, shown, part, keys[k], runs.Load())
							return
						}
						if !isDefault {
							seen[k][part].Store(true)
						}
					}
				}
			})
		}
		enough = append(enough, func() bool {
			for k := range seen {
				if !seen[k][0].Load() {
					return false
				}
			}
			return true
		})
	}
	enough = append(enough, func() bool { return runs.Load() >= 50 })
	hammer.Go(func() { // the application itself
		for i := 0; ; i++ {
			select {
			case <-done:
				return
			default:
			}
			if key := keys[i%len(keys)]; i%3 == 0 {
				h.Refresh(key)
			} else if err := h.Put(key, "put"); err != nil {
				t.Error(err)
				return
			}
			runtime.Gosched()
		}
	})
	// A second, and longer where the machine is too busy for anything to happen in it.
	for begun, tick := time.Now(), time.NewTicker(50*time.Millisecond); ; <-tick.C {
		all := !slices.ContainsFunc(enough, func(is func() bool) bool { return !is() })
		if took := time.Since(begun); all && took > time.Second {
			break
		} else if took > 30*time.Second {
			t.Errorf("after %v there have been %d runs and not a value of each key in each way: the test has tested nothing", took, runs.Load())
			break
		}
	}
	close(done)
	hammer.Wait()
}

// TestWaitForOneself: runs that would wait for each other in a circle are told at once.
func TestWaitForOneself(t *testing.T) {
	g, _ := newGroup(t)
	var h *async.Handle[int, int]
	h = register(t, g, "next", async.Policy{Timeout: time.Hour}, func(ctx context.Context, n int) (int, error) { return h.Wait(ctx, (n+1)%3) })
	for _, key := range []int{0, 1, 2} {
		if _, err := wait(t, h, key); err == nil || !strings.Contains(err.Error(), "wait for each other") {
			t.Errorf("%d: %v", key, err)
		}
	}
}

var uniqueNames atomic.Int64

// TestDefaultGroup: nil is the same group everywhere.
func TestDefaultGroup(t *testing.T) {
	name := fmt.Sprint("default", uniqueNames.Add(1)) // the default group is that of the process, for -count as well
	h := register(t, nil, name, async.Policy{}, func(_ context.Context, k string) (string, error) { return "for " + k, nil })
	if _, err := async.Register(async.Default(), name, func(context.Context, string) (string, error) { return "", nil }, async.Policy{}); err == nil {
		t.Error("Default() is another group than nil")
	}
	tmpl := template.Must(template.New("page").Funcs(async.Funcs()).Parse(fmt.Sprintf(`<main>{{async %q .}}</main>`, name)))
	set, err := async.Bind(tmpl, async.Options{})
	if err != nil {
		t.Fatal(err)
	}
	arrive(t, h, "k")
	serve(t, pageOf(set), always("k")).shows("for k")
	serve(t, tmpl.Execute, always("k")).shows("for k")
	command := func(g *async.Group) string { return async.CommandIn(g, name, "def", constant("done")) }
	eventually(t, func() bool { return async.Command(name, "def", constant("done")) == "done" }, func() string { return "no value" })
	if a, b := command(nil), command(async.Default()); a != "done" || b != "done" {
		t.Errorf("CommandIn has %q and %q", a, b)
	}
}

// TestStorm: everything at the same time. There is never more than one run of a key, whoever waits gets an answer, and Close
// loses nothing.
func TestStorm(t *testing.T) {
	g, _ := newGroup(t)
	g.MaxRuns = 4
	const keys = 8
	var now, most [keys]atomic.Int64
	h := register(t, g, "v", async.Policy{MaxAge: time.Microsecond, StaleWhileRevalidate: -1, Timeout: time.Second, Backoff: -1, MaxRuns: 2},
		func(ctx context.Context, key int) (int, error) {
			n := now[key].Add(1)
			defer now[key].Add(-1)
			for {
				if old := most[key].Load(); n <= old || most[key].CompareAndSwap(old, n) {
					break
				}
			}
			switch {
			case key == 0:
				return 0, errSource
			case key == 1:
				panic("oh no")
			case ctx.Err() != nil:
				return 0, ctx.Err()
			}
			runtime.Gosched()
			return key, nil
		})
	set := bind(t, `{{async "v" .}}{{async "own" .}}{{define "v:view"}}<b>{{.}}</b>{{end}}{{define "own"}}{{async "v" .}}{{end}}`, async.Options{Group: g}, nil)
	acts := []func(key int){
		func(key int) { h.Get(key) },
		func(key int) { h.Refresh(key) },
		func(key int) { h.Forget(key) },
		func(key int) { _ = h.Put(key, key) },
		func(key int) { h.Keep(key)() },
		func(key int) {
			if _, err := set.Execute(io.Discard, "page", key); err != nil {
				t.Error(err)
			}
		},
		func(key int) {
			ctx, cancel := context.WithTimeout(t.Context(), patience)
			defer cancel()
			v, err := h.Wait(ctx, key)
			switch {
			case ctx.Err() != nil:
				t.Errorf("Wait(%d) had no answer", key)
			case err == nil && v != key:
				t.Errorf("Wait(%d) = %d", key, v)
			case err != nil && key > 1:
				t.Errorf("Wait(%d): %v", key, err)
			}
		},
	}
	done := make(chan struct{})
	var storm sync.WaitGroup
	for _, act := range acts {
		storm.Go(func() {
			for i := 0; ; i++ {
				select {
				case <-done:
					return
				default:
					act(i % keys)
				}
			}
		})
	}
	<-time.After(500 * time.Millisecond)
	close(done)
	storm.Wait()
	ran := false
	for key := range keys {
		n := most[key].Load()
		ran = ran || n > 0
		if n > 1 {
			t.Errorf("%d runs of key %d at a time", n, key)
		}
	}
	if !ran {
		t.Error("nothing has run: the test has tested nothing")
	}
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	if err := g.Close(ctx); err != nil && ctx.Err() != nil {
		t.Errorf("Close: %v", err)
	}
	eventually(t, func() bool { return !strings.Contains(goroutines(), "async.(*") }, func() string { return "goroutines are left:\n" + goroutines() })
}
