package bind

import (
	"fmt"
	"html/template"
	"io"
	"strings"
	"testing"
	"text/template/parse"
)

// TestBareHoles: in the copy for responses the holes have no escaper, and every other action has what html/template gave it.
// If a hole has one, then html/template of this Go version no longer escapes in a way that is known here: responses are right
// and slow.
func TestBareHoles(t *testing.T) {
	tests := []struct{ text, want string }{
		{`<p>{{async "ps" .}}</p>`, `<p>{{_async_hole0 .}}</p>`},
		{`{{async "ps" . "wait"}}{{.}}`, `{{_async_hole0 . "wait"}}{{. | _html_template_htmlescaper}}`},
		{`{{. | async "ps"}}`, `{{. | _async_hole0}}`},
		{`{{asyncscript}}{{(asyncstatus)}}{{.}}`, `{{_async_script0}}{{(_async_status1)}}{{. | _html_template_htmlescaper}}`},
		{`{{(async "ps" .)}}{{((async "ps" .))}}`, `{{(_async_hole0 .)}}{{((_async_hole1 .))}}`},
		{`{{async "ps" (html .)}}{{async "ps" (asyncvalue "cpu" .)}}`, `{{_async_hole0 (html .)}}{{_async_hole1 (_async_value2 .)}}`},
		{`{{user .}}{{. | html}}{{print (user .)}}`,
			`{{user . | _html_template_htmlescaper}}{{. | html}}{{print (user .) | _html_template_htmlescaper}}`},
		{`{{asyncvalue "ps" .}}{{$x := asyncvalue "ps" .}}{{$x}}`,
			`{{_async_value0 . | _html_template_htmlescaper}}{{$x := _async_value1 .}}{{$x | _html_template_htmlescaper}}`},
		{`<title>{{async "ps" .}}</title><p title="{{async "ps" .}}">`,
			`<title>{{_async_text0 . | _html_template_rcdataescaper}}</title><p title="{{_async_text1 . | _html_template_attrescaper}}">`},
		{`{{range .}}{{async "ps" .}}{{else}}{{async "ps" 1}}{{.}}{{end}}`,
			`{{range .}}{{_async_hole0 .}}{{else}}{{_async_hole1 1}}{{. | _html_template_htmlescaper}}{{end}}`},
		{`{{with .}}{{if .}}{{async "ps" .}}{{end}}{{else}}{{async "ps" 1}}{{end}}`,
			`{{with .}}{{if .}}{{_async_hole0 .}}{{end}}{{else}}{{_async_hole1 1}}{{end}}`},
	}
	for _, c := range tests {
		r := prepare(t, c.text)
		set, err := r.Responding(printing(r))
		if err != nil {
			t.Fatal(err)
		}
		if got := set.Lookup("x.html").Tree.Root.String(); got != c.want {
			t.Errorf("%s\nis for responses\n\t%s\nwant\n\t%s", c.text, got, c.want)
		}
	}
}

// TestBareCallees: templates that are called are reached, by whatever name the set is known, and one that can be escaped in its
// caller only, too. What html/template has derived for another context cannot be reached, and prints the same.
func TestBareCallees(t *testing.T) {
	r := prepare(t, `{{define "row"}}{{async "ps" .}}{{end}}{{define "open"}}{{async "ps" .}}<p title="{{end}}{{define "close"}}">{{async "ps" .}}{{end}}
{{- template "row" .}}{{template "open" .}}{{template "close" .}}`)
	set, err := r.Responding(printing(r))
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{"row": `{{_async_hole2 .}}`, "open": `{{_async_hole1 .}}<p title="`} {
		if got := set.Lookup(name).Tree.Root.String(); got != want {
			t.Errorf("template %q is for responses %s, want %s", name, got, want)
		}
	}
	if got, want := execute(t, r, "x.html", 7), `<i>hole2 7</i><i>hole1 7</i><p title=""><i>hole0 7</i>`; got != want {
		t.Errorf("prints %s, want %s", got, want)
	}
}

// TestBareActionOnly: an action that is not exactly a hole with the escaper of element content behind it is left alone.
func TestBareActionOnly(t *testing.T) {
	tests := []struct{ action, want string }{
		{`{{hole . | _html_template_htmlescaper}}`, `{{hole .}}`},
		{`{{. | hole | _html_template_htmlescaper}}`, `{{. | hole}}`},
		{`{{hole .}}`, ``},
		{`{{_html_template_htmlescaper}}`, ``},
		{`{{hole . | _html_template_attrescaper}}`, ``},
		{`{{hole . | _html_template_newescaper}}`, ``},
		{`{{hole . | _html_template_htmlescaper 1}}`, ``},
		{`{{hole . | _html_template_htmlescaper | _html_template_attrescaper}}`, ``},
		{`{{hole . | _html_template_attrescaper | _html_template_htmlescaper}}`, ``},
		{`{{hole . | user | _html_template_htmlescaper}}`, ``},
		{`{{user (hole .) | _html_template_htmlescaper}}`, ``},
		{`{{text . | _html_template_htmlescaper}}`, ``},
		{`{{.hole | _html_template_htmlescaper}}`, ``},
		{`{{$x := hole . | _html_template_htmlescaper}}`, ``},
	}
	funcs := map[string]any{"hole": fmt.Sprint, "text": fmt.Sprint, "user": fmt.Sprint}
	for _, escaper := range []string{textEscaper, attrEscaper, "_html_template_newescaper"} {
		funcs[escaper] = fmt.Sprint
	}
	for _, c := range tests {
		trees, err := parse.Parse("x", c.action, "", "", funcs)
		if err != nil {
			t.Fatal(err)
		}
		root := trees["x"].Root
		eachAction(root, func(a *parse.ActionNode) { bareAction(a, map[string]bool{"hole": true, "text": false}) })
		if c.want == "" {
			c.want = c.action
		}
		if got := root.String(); got != c.want {
			t.Errorf("%s becomes %s, want %s", c.action, got, c.want)
		}
	}
}

// TestRespondingWithoutProbe: a set that cannot be escaped at once is an ordinary clone, with all escapers.
func TestRespondingWithoutProbe(t *testing.T) {
	for _, alone := range [][]string{{"not there"}, {"open", "x.html"}, {"open", "close", "x.html"}} {
		r := prepare(t, `{{define "open"}}<p title="{{end}}{{define "close"}}">{{end}}{{async "ps" .}}{{template "open"}}{{template "close"}}`)
		r.alone = alone
		set, err := r.Responding(printing(r))
		if err != nil {
			t.Fatal(err)
		}
		if err := set.ExecuteTemplate(io.Discard, "x.html", 7); err != nil {
			t.Errorf("with %q: %v", alone, err)
		}
		if got, want := set.Lookup("x.html").Tree.Root.String(), `{{_async_hole0 . | _html_template_htmlescaper}}`; !strings.HasPrefix(got, want) {
			t.Errorf("with %q the set is %s, want %s", alone, got, want)
		}
	}
}

// TestRespondingIsEscapedAtOnce: html/template derives the template for an attribute from what it has made of the template for
// element content, if that was executed before, and then leaves out what an attribute needs.
func TestRespondingIsEscapedAtOnce(t *testing.T) {
	r := prepare(t, `{{define "q"}}{{.}}{{end}}{{async "ps" 1}}<p title="{{template "q" .}}">`)
	set, err := r.Responding(printing(r))
	if err != nil {
		t.Fatal(err)
	}
	const value = template.HTML(`<b>"x"</b>`)
	if err := set.ExecuteTemplate(io.Discard, "q", value); err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	if err := set.ExecuteTemplate(&b, "x.html", value); err != nil {
		t.Fatal(err)
	}
	if got, want := b.String(), `<i>hole0 1</i><p title="&#34;x&#34;">`; got != want {
		t.Errorf("prints %s, want %s", got, want)
	}
}
