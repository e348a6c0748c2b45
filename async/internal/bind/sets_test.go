package bind

import (
	"bytes"
	"errors"
	"fmt"
	"html/template"
	"io"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
	"text/template/parse"
)

// trap is data whose methods must not be called while a set is prepared.
type trap struct{ t *testing.T }

func (d trap) Name() trap     { d.t.Error("a method was called"); return d }
func (d trap) String() string { d.t.Error("String was called"); return "" }

// TestNothingIsExecuted puts calls of functions and methods into every kind of place, also into arguments of constants that
// a template engine could compute beforehand.
func TestNothingIsExecuted(t *testing.T) {
	set := parseSet(t, `{{define "q"}}{{user}}{{async "ps" (user 1)}}{{end}}
		{{define "cut"}}<p title="{{user 1}}{{end}}
		{{user "x"}}{{if user 1}}{{user 2}}{{else}}{{user 3}}{{end}}{{with $x := user 4}}{{end}}{{range $i, $y := user 5}}{{user 6}}{{end}}
		{{template "q" user 7}}<p title="{{template "q" user 8}}" class={{user 9}}>{{block "b" user 10}}{{user 11}}{{end}}
		<script>{{user 12}}</script>{{template "cut"}}">{{asyncvalue "ps" (user 13)}}{{asyncscript}}{{asyncstatus}}{{(user 14).Name}}`)
	set.Funcs(template.FuncMap{"user": func(...any) trap { t.Error("user was called"); return trap{t} }})
	if _, err := Prepare(set, registered); err != nil {
		t.Fatal(err)
	}
	set = parseSet(t, `{{user 1}}<script>{{async "ps" (user 2)}}</script>`)
	if _, err := Prepare(set, registered); err == nil {
		t.Fatal("accepted")
	}
}

// TestSetStaysUntouched: the set that was prepared can be executed, cloned, prepared again, and more can be parsed into it.
// A field of a call is the case that Tree.Copy does not copy.
func TestSetStaysUntouched(t *testing.T) {
	const text = `{{define "q"}}{{async "ps" .}}{{end}}{{template "q" 1}}<p title="{{template "q" 2}}">` +
		`{{(asyncvalue "ps" 3).Name}}{{((asyncvalue "ps" 4).Name).Name}}{{with (asyncvalue "ps" 5).Name}}{{end}}`
	set := parseSet(t, text)
	before := dump(set)
	for range 2 {
		r, err := Prepare(set, registered)
		if err != nil {
			t.Fatal(err)
		}
		if got := dump(r.Set); strings.Contains(got, "async ") || strings.Contains(got, "asyncvalue") {
			t.Errorf("the rewritten set still calls the user's functions:\n%s", got)
		}
	}
	if got := dump(set); got != before {
		t.Errorf("the set was changed from\n%s\nto\n%s", before, got)
	}
	clone, err := set.Clone()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := clone.New("more").Parse(`more`); err != nil {
		t.Fatal(err)
	}
	type named struct{ Name any }
	set.Funcs(template.FuncMap{
		"async":      func(name string, key int) string { return fmt.Sprint("<", name, key, ">") },
		"asyncvalue": func(name string, key int) named { return named{named{key}} },
	})
	for range 2 {
		var b bytes.Buffer
		if err := set.Execute(&b, nil); err != nil {
			t.Fatal(err)
		}
		if want := `&lt;ps1&gt;<p title="&lt;ps2&gt;">{3}4`; b.String() != want {
			t.Errorf("the set prints %s, want %s", b.String(), want)
		}
	}
}

// TestFiles: templates of files keep their files' names and lines, whatever the template is called.
func TestFiles(t *testing.T) {
	files := fstest.MapFS{
		"t/page.html": {Data: []byte("<!DOCTYPE html>\n<title>{{async \"ps\" .}}</title>\n{{template \"row\" .}}<p title=\"{{template \"row\" .}}\">\n")},
		"t/rows.html": {Data: []byte("{{define \"row\"}}\n  {{async \"cpu\" .}}{{end}}\n\n{{define \"ps:view\"}}<b>{{.}}</b>{{end}}\nrows")},
	}
	set, err := template.New("").Funcs(standard(t)).ParseFS(files, "t/*.html")
	if err != nil {
		t.Fatal(err)
	}
	r, err := Prepare(set, registered)
	if err != nil {
		t.Fatal(err)
	}
	want := []Site{
		{"_async_text0", "async", "ps", "page.html", "page.html:2:10", Text, false},
		{"_async_hole1", "async", "cpu", "row", "rows.html:2:5", Element, false},
		{"_async_text2", "async", "cpu", "row", "rows.html:2:5", Text, false},
	}
	if !slices.Equal(r.Sites, want) {
		t.Errorf("sites %v, want %v", r.Sites, want)
	}
	if got, want := execute(t, r, "page.html", 7), "<!DOCTYPE html>\n<title>text0 7</title>\n\n  <i>hole1 7</i><p title=\"\n  text2 7\">\n"; got != want {
		t.Errorf("prints %q, want %q", got, want)
	}
	wantFragments := []Fragment{{Name: "cpu", Registered: true}, {Name: "ps", Registered: true, View: true}}
	if !slices.Equal(r.Fragments, wantFragments) {
		t.Errorf("fragments %v, want %v", r.Fragments, wantFragments)
	}
	// Any template of the set stands for the set.
	if r, err = Prepare(set.Lookup("row"), registered); err != nil || len(r.Sites) != 3 {
		t.Errorf("Prepare of another template of the set gives %v, %v", r, err)
	}
}

// TestSortedRefusals: the refusals of several files are in order, 10 after 9.
func TestSortedRefusals(t *testing.T) {
	set := template.New("b.html").Funcs(standard(t))
	template.Must(set.Parse(strings.Repeat("\n", 8) + "{{async}}\n{{async}}{{async 1}}"))
	template.Must(set.New("a.html").Parse("{{async}}"))
	template.Must(set.AddParseTree("c.html", set.Tree))
	_, err := Prepare(set, registered)
	if err == nil {
		t.Fatal("accepted")
	}
	var at []string
	for _, line := range lines(err) {
		position, _, _ := strings.Cut(line, ": ")
		at = append(at, position)
	}
	// One tree under two names has the same mistakes in the same places: they are told once.
	if want := []string{"a.html:1:3", "b.html:9:3", "b.html:10:3", "b.html:10:12"}; !slices.Equal(at, want) {
		t.Errorf("refusals at %v, want %v", at, want)
	}
}

// TestOtherDelimiters: a probe that was parsed with the set's own delimiters would be text, and nothing would be seen.
func TestOtherDelimiters(t *testing.T) {
	set := template.New("x.html").Delims("<<", ">>").Funcs(standard(t))
	template.Must(set.Parse(`<<define "q">>{<<async "ps" .>>}<<end>><<template "q" .>><p title="<<template "q" .>>">{{.}}`))
	r, err := Prepare(set, registered)
	if err != nil {
		t.Fatal(err)
	}
	if got, want := execute(t, r, "x.html", 1), `{<i>hole0 1</i>}<p title="{text1 1}">{{.}}`; got != want {
		t.Errorf("prints %s, want %s", got, want)
	}
	template.Must(set.New("y.html").Parse(`<script><<async "ps" .>></script>`))
	if _, err := Prepare(set, registered); err == nil || !strings.HasPrefix(err.Error(), "y.html:1:11: ") {
		t.Errorf("async in a script gives %v", err)
	}
}

// TestTakenNames: names that this package would give are the user's.
func TestTakenNames(t *testing.T) {
	set := parseSet(t, `{{define "q"}}{{async "ps" .}}{{end}}{{template "q" .}}<p title="{{template "q" .}}">{{template "q·2"}}`)
	template.Must(set.New("q·2").Parse("mine"))
	template.Must(set.New("y").Parse(`{{template "\x00"}}{{async "ps" .}}{{template "\x000"}}`))
	template.Must(set.New("\x00").Parse("<title>"))
	template.Must(set.New("\x000").Parse("</title>"))
	r, err := Prepare(set, registered)
	if err != nil {
		t.Fatal(err)
	}
	if got, want := execute(t, r, "x.html", 1), `<i>hole0 1</i><p title="text1 1">mine`; got != want {
		t.Errorf("prints %s, want %s", got, want)
	}
	if got, want := execute(t, r, "y", 1), `<title>text2 1</title>`; got != want {
		t.Errorf("prints %s, want %s", got, want)
	}
}

func TestNoSet(t *testing.T) {
	executed := parseSet(t, `<p>x</p>`)
	if err := executed.Execute(io.Discard, nil); err != nil {
		t.Fatal(err)
	}
	other := parseSet(t, `<p>x</p>{{define "y"}}y{{end}}`)
	if err := other.ExecuteTemplate(io.Discard, "y", nil); err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		set  *template.Template
		want string
	}{
		{nil, "the template set is nil; parse it first and pass what template.Must returns"},
		{new(template.Template), "the template set is a zero Template; make it with template.New"},
		{executed, `the template set was executed before it was bound (html/template: cannot Clone "x.html" after it has executed); ` +
			`Bind before the first Execute, and execute the bound set instead`},
		{other, `the template set was executed before it was bound (html/template: cannot Clone "x.html" after it has executed); ` +
			`Bind before the first Execute, and execute the bound set instead`},
	}
	for _, c := range tests {
		if _, err := Prepare(c.set, registered); err == nil || err.Error() != c.want {
			t.Errorf("Prepare returns\n\t%v\nwant\n\t%s", err, c.want)
		}
	}
}

// TestEmptySet: a set without any template with a body has nothing to prepare.
func TestEmptySet(t *testing.T) {
	r, err := Prepare(template.New("x"), Config{})
	if err != nil || len(r.Sites) != 0 || len(r.Fragments) != 0 {
		t.Errorf("Prepare returns %v, %v", r, err)
	}
}

// TestZeroConfig: without registered fragments there are template fragments.
func TestZeroConfig(t *testing.T) {
	r, err := Prepare(parseSet(t, `{{define "clock"}}x{{end}}{{define "clock:stale"}}x{{end}}{{async "clock" 1}}`), Config{})
	if err != nil {
		t.Fatal(err)
	}
	if want := []Fragment{{Name: "clock", Stale: true}}; !slices.Equal(r.Fragments, want) {
		t.Errorf("fragments %v, want %v", r.Fragments, want)
	}
	if _, err := Prepare(parseSet(t, `{{async "ps" 1}}`), Config{}); err == nil {
		t.Error("an unknown fragment is accepted")
	}
}

// TestEscapeErrors: html/template's own error can be found in what Prepare returns, and has the name that it would have had.
func TestEscapeErrors(t *testing.T) {
	_, err := Prepare(parseSet(t, `{{define "q"}}<p title='{{end}}x`), registered)
	var own *template.Error
	if !errors.As(err, &own) || own.ErrorCode != template.ErrEndContext || own.Name != "q" {
		t.Errorf("Prepare returns %v, %#v", err, own)
	}
}

// TestRunTimeErrors: what goes wrong when the rewritten set is executed is told with the line of the user's text.
func TestRunTimeErrors(t *testing.T) {
	const text = "{{define \"q\"}}\n<i>{{async \"ps\" .None}}</i>{{end}}\n{{block \"b\" .}}\n{{async \"ps\" .}}{{end}}" +
		"<p title=\"{{template \"b\" .}}\">\n{{if asyncvalue \"ps\" .}}{{end}}"
	r := prepare(t, text)
	tests := []struct{ template, fails, want string }{
		{"x.html", "_async_hole0", `template: x.html:4:2: executing "b" at <_async_hole0 .>: error calling _async_hole0: no`},
		{"x.html", "_async_text1", `template: x.html:4:2: executing "b·2$htmltemplate_stateAttr_delimDoubleQuote" at <_async_text1 .>: error calling _async_text1: no`},
		{"x.html", "_async_value3", `template: x.html:5:5: executing "x.html" at <_async_value3 .>: error calling _async_value3: no`},
		{"q", "_async_hole2", `template: x.html:2:16: executing "q" at <.None>: can't evaluate field None in type int`},
	}
	for _, c := range tests {
		set, err := r.Set.Clone()
		if err != nil {
			t.Fatal(err)
		}
		fail := func(any) (string, error) { return "", errors.New("no") }
		set.Funcs(printing(r)).Funcs(template.FuncMap{c.fails: fail})
		if err := set.ExecuteTemplate(io.Discard, c.template, 1); err == nil || err.Error() != c.want {
			t.Errorf("%s: the error is\n\t%v\nwant\n\t%s", c.fails, err, c.want)
		}
	}
}

// TestNoFunctions: a rewritten set without functions fails and prints nothing.
func TestNoFunctions(t *testing.T) {
	for _, text := range []string{`{{async "ps" 1}}`, `<p title="{{async "ps" 1}}">`, `{{asyncvalue "ps" 1}}`} {
		err := prepare(t, text).Set.Execute(io.Discard, nil)
		if err == nil || !strings.Contains(err.Error(), "is not a defined function") {
			t.Errorf("%s: the error is %v", text, err)
		}
	}
}

// TestTreesBuiltByHand: trees need not come from a file, nor from the parser, and one list may hold another.
func TestTreesBuiltByHand(t *testing.T) {
	tree := parse.New("part")
	tree.Mode = parse.ParseComments
	_, err := tree.Parse(`{{/* kept */}}<p title="{{async "ps" 1}}">{{async "ps" 2}}`, "", "", map[string]*parse.Tree{}, map[string]any{"async": fmt.Sprint})
	if err != nil {
		t.Fatal(err)
	}
	inner := tree.Root.CopyList()
	tree.Root.Nodes = []parse.Node{inner}
	set := template.Must(parseSet(t, `{{template "p" .}}`).AddParseTree("p", tree))
	r, err := Prepare(set, registered)
	if err != nil {
		t.Fatal(err)
	}
	if got, want := written(r), []string{"part:1:27 async ps text", "part:1:45 async ps element"}; !slices.Equal(got, want) {
		t.Errorf("sites %v, want %v", got, want)
	}
	if got, want := execute(t, r, "x.html", nil), `<p title="text0 1"><i>hole1 2</i>`; got != want {
		t.Errorf("prints %s, want %s", got, want)
	}

	// A node whose position is outside of its tree's text has no line.
	call := indexOf(tree.Root).uses[0].ident
	if got := positionOf(&parse.Tree{Name: "made"}, parse.NewIdentifier("async").SetPos(9)); got.String() != "made:1:1" {
		t.Errorf("the position of a node without text is %s", got)
	}
	if got := positionOf(&parse.Tree{Name: "made"}, call); got.String() != "part:1:27" {
		t.Errorf("the position of a node of another tree is %s", got)
	}
}

// TestConcurrently: one set may be prepared several times at once, and cloned meanwhile.
func TestConcurrently(t *testing.T) {
	set := parseSet(t, `{{define "q"}}{{async "ps" (asyncvalue "cpu" .)}}{{(asyncvalue "ps" .).Name}}{{end}}{{template "q"}}<p title="{{template "q"}}">`)
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			for range 10 {
				if _, err := Prepare(set, registered); err != nil {
					t.Error(err)
				}
				if _, err := set.Clone(); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
}
