package async

import (
	"bytes"
	"context"
	"errors"
	"html/template"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"

	"github.com/infill-go/infill/internal/templatetest"
)

// fuzzPieces are what sets are put together from, so that the fuzzer need not invent
// the syntax of templates.
var fuzzPieces = []string{
	"<p>", "</p>", "<b ", "title=", `"`, "'", ">", " ", "text & ", `<a href="/`, `<a href=`, "<title>", "</title>", "<textarea>", "</textarea>",
	"<script>", "</script>", "`", "${", "}", "<style>", "</style>", "<!--", "-->", "<noscript>", "</noscript>", `<p onclick="`, `<p style="`,
	`<iframe srcdoc="`, "<template>", "</template>", "<table><tr><td>", "</table>", "<select><option>", "<svg>", "</svg>", "<foreignObject>",
	`{{async "v" .A}}`, `{{async "v" .A "d<"}}`, `{{async "v" .N}}`, `{{async "n" .N}}`, `{{async "n" .A .A}}`, `{{async "fails" .A}}`,
	`{{async "fails" .A "d"}}`, `{{async "panics" .A}}`, `{{async "t" .A}}`, `{{async "u" .A}}`, `{{asyncvalue "v" .A}}`, `{{asyncvalue "n" .N}}`,
	`{{asyncvalue "fails" .A "d"}}`, `{{$x := asyncvalue "v" .A}}`, `{{if asyncvalue "v" .A}}`, `{{async "v" (user .A)}}`, `{{.A | async "v"}}`,
	`{{asyncscript}}`, `{{.A}}`, `{{.N}}`, `{{user .A}}`, `{{(object).Method}}`, `{{if .A}}`, `{{with .S}}`, `{{range .S}}`, `{{else}}`, `{{end}}`,
	`{{break}}`, `{{template "t" .}}`, `{{template "u" .A}}`, `{{define "t"}}`, `{{define "u"}}`, `{{define "v:view"}}`, `{{define "v:default"}}`,
	`{{define "fails:error"}}`, `{{define "t:stale"}}`, `{{define "v:stale"}}`, `{{.}}`, `{{.Value}}`, `{{.Reason}}`, `{{async "v" .}}`, "\n",
	`{{asyncstatus}}`, "<head>", "</head>", "<body>",
}

// FuzzBind checks what Bind and Execute promise for any set, key and value:
//   - Bind does not panic, calls no function and no method of the user's, starts no run, and leaves the set as it was;
//   - what Execute prints never has a token in it, and no token is still out;
//   - without views and template fragments the bound page is byte for byte the unbound one, where the values are
//     printed in place by html/template itself.
func FuzzBind(f *testing.F) {
	f.Add(`<p title="{{async "v" .A}}">{{async "v" .A "d"}}{{async "n" .N}}</p>`, []byte(nil), "k", "<b>&")
	f.Add(`{{async "t" .A}}{{define "t"}}<i>{{async "v" .}}{{asyncvalue "v" .}}</i>{{end}}{{define "t:default"}}{{.Key}}{{end}}`, []byte(nil), "", "")
	f.Add(`{{async "v" .A}}{{define "v:view"}}<b>{{.}}{{async "n" 7}}</b>{{end}}{{define "v:stale"}}{{.Value}}{{end}}`, []byte(nil), "a", "\xff")
	f.Add(`{{async "fails" .A}}{{define "fails:error"}}{{.Reason}}{{async "fails" "other"}}{{end}}`, []byte(nil), "a", "async:0000000000000000000000000000000000000000")
	f.Add("<script>var x = {{asyncvalue \"v\" .A}}, y = `{{asyncvalue \"v\" .A}}`</script>", []byte(nil), "a", "`</script>")
	f.Add(`{{async "fails" .A .A}}<p title="{{async "panics" .A .S}}">{{(object).Method}}</p>`, []byte(nil), `<b title="x">`, "v")
	for i := range fuzzPieces {
		f.Add("", []byte{byte(i), byte(i * 7), 36, byte(i * 3), 37}, "k", "v")
	}
	f.Fuzz(func(t *testing.T, text string, pieces []byte, key, value string) {
		for _, p := range pieces[:min(len(pieces), 40)] {
			text += fuzzPieces[int(p)%len(fuzzPieces)]
		}
		synctest.Test(t, func(t *testing.T) { (&fuzzedSet{t: t, key: key, value: value}).check(text) })
	})
}

// fuzzedSet is one set and the group with its fragments.
type fuzzedSet struct {
	t          *testing.T
	key, value string
	g          *Group
	binding    atomic.Bool // nothing of the user's may be called
}

// theirs is called by everything that is the user's.
func (f *fuzzedSet) theirs(what string) {
	if f.binding.Load() {
		f.t.Errorf("%s was called by Bind", what)
	}
}

// userObject has a method that a template can call.
type userObject struct{ f *fuzzedSet }

func (o userObject) Method() string {
	o.f.theirs("a method")
	return o.f.value
}

func (f *fuzzedSet) registerAll() {
	f.g = quietGroup()
	register(f.t, f.g, "v", Policy{}, func(_ context.Context, key string) (string, error) { f.theirs("v"); return f.value + key, nil })
	register(f.t, f.g, "n", Policy{}, func(_ context.Context, n int) (template.HTML, error) {
		f.theirs("n")
		return template.HTML(f.value), nil
	})
	register(f.t, f.g, "fails", Policy{}, func(context.Context, string) (int, error) { f.theirs("fails"); return 0, errSource })
	register(f.t, f.g, "panics", Policy{}, func(context.Context, string) (int, error) { f.theirs("panics"); panic(f.value) })
}

func (f *fuzzedSet) parse(text string) (*template.Template, error) {
	return template.New("page").Funcs(f.g.Funcs()).Funcs(template.FuncMap{
		"user":   func(v any) any { f.theirs("a function"); return v },
		"object": func() userObject { f.theirs("a function"); return userObject{f} },
	}).Parse(text)
}

func (f *fuzzedSet) check(text string) {
	t := f.t
	f.registerAll()
	defer closeGroup(t, f.g)
	own, err := f.parse(text)
	if err != nil || templatetest.Endless(own) {
		return
	}
	f.binding.Store(true)
	set, err := Bind(own, Options{Group: f.g})
	f.binding.Store(false)
	if n := len(f.g.sched.airborne()); n > 0 {
		t.Errorf("Bind has started %d runs", n)
	}
	if err != nil || templatetest.Slow(own) {
		return
	}
	if _, err := own.Clone(); err != nil {
		t.Errorf("Bind has executed the set: %v", err)
	}
	for _, name := range templatetest.Names(own) {
		f.checkPage(own, set, name)
	}
	if t.Failed() {
		t.Logf("the templates are\n%s", text)
	}
}

// checkPage executes one template until nothing new starts, and compares.
func (f *fuzzedSet) checkPage(own *template.Template, set *Set, name string) {
	t := f.t
	data := map[string]any{"A": f.key, "N": len(f.value), "S": []string{f.key, f.value}}
	var page, plain limited
	var err, plainErr error
	for range 4 { // a value may decide about the next
		page.Reset()
		plain.Reset()
		_, err = set.Execute(&page, name, data)
		plainErr = own.ExecuteTemplate(&plain, name, data)
		synctest.Wait()
		f.checkTokens(set, page.String())
	}
	if plainErr == nil && err != nil {
		t.Errorf("template %q: Execute = %v; unbound it goes well", name, err)
	}
	if err == nil && plainErr == nil && f.isPlain(set) && page.String() != plain.String() {
		t.Errorf("template %q prints %q\nand unbound %q", name, page.String(), plain.String())
	}
}

// isPlain says whether the set has nothing that an unbound one has not.
func (f *fuzzedSet) isPlain(set *Set) bool {
	for _, l := range set.looks {
		if *l != (looks{}) {
			return false
		}
	}
	return true
}

func (f *fuzzedSet) checkTokens(set *Set, page string) {
	if strings.Contains(page, tokenSecret) && !strings.Contains(f.key+f.value, tokenSecret) {
		f.t.Errorf("a token is on the page: %q", page)
	}
	if all, free := len(set.tokens.calls), len(set.tokens.free); all != free {
		f.t.Errorf("%d tokens are out", all-free)
	}
}

// limited is a page that ends an execution which prints much.
type limited struct{ bytes.Buffer }

func (b *limited) Write(p []byte) (int, error) {
	if b.Len() > 1<<16 {
		return 0, errors.New("enough")
	}
	return b.Buffer.Write(p)
}
