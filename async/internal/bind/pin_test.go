package bind

import (
	"fmt"
	"html/template"
	"io"
	"slices"
	"strings"
	"testing"
	"text/template/parse"
)

// writes records each Write by itself.
type writes [][]byte

func (w *writes) Write(p []byte) (int, error) {
	*w = append(*w, slices.Clone(p))
	return len(p), nil
}

// TestHoleIsOneWrite pins what a response's writer relies on to know a hole: what the function of a hole or page part returns arrives as
// one Write of exactly these bytes, in the rewritten set with its escapers and in the copy without.
func TestHoleIsOneWrite(t *testing.T) {
	const token = "async:0123456789abcdefghijklmnopqrstuvwxyz"
	texts := []string{
		`a{{async "ps" .}}b`,
		`<table><tr>{{. | async "ps"}}</tr></table>`,
		`{{range 1}}{{(async "ps" .)}}{{end}}`,
		`{{define "q"}}{{async "ps" .}}{{end}}{{template "q"}}<p title="{{template "q"}}">`,
		`<head>{{asyncscript}}</head>`,
		`{{define "q"}}{{(asyncstatus)}}{{end}}<p>{{template "q"}}</p>`,
	}
	for _, text := range texts {
		r := prepare(t, text)
		funcs := functions(r, always(token), always("text"), nil)
		responding, err := r.Responding(funcs)
		if err != nil {
			t.Fatal(err)
		}
		for name, set := range map[string]*template.Template{"escaped": r.Set.Funcs(funcs), "bare": responding} {
			var w writes
			if err := set.Execute(&w, nil); err != nil {
				t.Fatal(err)
			}
			alone := 0
			for _, p := range w {
				if string(p) == token {
					alone++
				}
			}
			if alone != 1 {
				t.Errorf("%s, %s: %d writes are the token, want 1, of %q", name, text, alone, w)
			}
		}
	}
}

// TestPrivateNames pins the names that html/template keeps for itself. When it turns red with a new version of Go, the places
// that read these names (context.go) must be compared with html/template's source again.
func TestPrivateNames(t *testing.T) {
	tests := []struct{ text, want string }{
		{`<p>{{.}}</p>`, `<p>{{. | _html_template_htmlescaper}}</p>`},
		{`<title>{{.}}</title>`, `<title>{{. | _html_template_rcdataescaper}}</title>`},
		{`<textarea>{{.}}</textarea>`, `<textarea>{{. | _html_template_rcdataescaper}}</textarea>`},
		{`<p title="{{.}}">`, `<p title="{{. | _html_template_attrescaper}}">`},
		{`<p title={{.}}>`, `<p title={{. | _html_template_nospaceescaper}}>`},
		{`<a href="{{.}}">`, `<a href="{{. | _html_template_urlfilter | _html_template_urlnormalizer | _html_template_attrescaper}}">`},
		{`<a href=/{{.}}>`, `<a href=/{{. | _html_template_urlnormalizer | _html_template_nospaceescaper}}>`},
		{`<a href="?{{.}}">`, `<a href="?{{. | _html_template_urlescaper | _html_template_attrescaper}}">`},
		{`<img srcset="{{.}}">`, `<img srcset="{{. | _html_template_srcsetescaper | _html_template_attrescaper}}">`},
		{`<meta content="{{.}}">`, `<meta content="{{. | _html_template_attrescaper}}">`},
		{`<meta content="url={{.}}">`, `<meta content="url={{. | _html_template_urlfilter | _html_template_attrescaper}}">`},
		{`<iframe srcdoc="{{.}}">`, `<iframe srcdoc="{{. | _html_template_attrescaper}}">`},
		{`<iframe>{{.}}</iframe>`, `<iframe>{{. | _html_template_htmlescaper}}</iframe>`},
		{`<p {{.}}>`, `<p {{. | _html_template_htmlnamefilter}}>`},
		{`{{template "q"}}`, `{{template "q"}}`},
		{`<title>{{template "q"}}</title>`, `<title>{{template "q$htmltemplate_stateRCDATA_elementTitle"}}</title>`},
		{`<textarea>{{template "q"}}</textarea>`, `<textarea>{{template "q$htmltemplate_stateRCDATA_elementTextarea"}}</textarea>`},
		{`<p title="{{template "q"}}">`, `<p title="{{template "q$htmltemplate_stateAttr_delimDoubleQuote"}}">`},
		{`<p title='{{template "q"}}'>`, `<p title='{{template "q$htmltemplate_stateAttr_delimSingleQuote"}}'>`},
		{`<p title=x{{template "q"}}>`, `<p title=x{{template "q$htmltemplate_stateAttr_delimSpaceOrTagEnd"}}>`},
		{`<p title={{template "q"}}x>`, `<p title={{template "q$htmltemplate_stateBeforeValue"}}x>`},
		{`<p onclick={{template "q"}}x>`, `<p onclick={{template "q$htmltemplate_stateBeforeValue_attrScript"}}x>`},
		{`<p style={{template "q"}}x>`, `<p style={{template "q$htmltemplate_stateBeforeValue_attrStyle"}}x>`},
		{`<p {{template "q"}}>`, `<p {{template "q$htmltemplate_stateTag"}}>`},
		{`<p x{{template "q"}}>`, `<p x{{template "q$htmltemplate_stateAttrName"}}>`},
		{`<p x {{template "q"}}>`, `<p x {{template "q$htmltemplate_stateAfterName"}}>`},
		{`<a href="{{template "q"}}">`, `<a href="{{template "q$htmltemplate_stateURL_delimDoubleQuote_attrURL"}}">`},
		{`<a href="/?{{template "q"}}">`, `<a href="/?{{template "q$htmltemplate_stateURL_delimDoubleQuote_urlPartQueryOrFrag_attrURL"}}">`},
		{`<img srcset="{{template "q"}}">`, `<img srcset="{{template "q$htmltemplate_stateSrcset_delimDoubleQuote_attrSrcset"}}">`},
		{`<meta content="{{template "q"}}">`, `<meta content="{{template "q$htmltemplate_stateMetaContent_delimDoubleQuote_attrMetaContent_elementMeta"}}">`},
		{`<meta content="url={{template "q"}}">`, `<meta content="url={{template "q$htmltemplate_stateMetaContentURL_delimDoubleQuote_attrMetaContent_elementMeta"}}">`},
		{`<script>{{template "q"}}</script>`, `<script>{{template "q$htmltemplate_stateJS_elementScript"}}</script>`},
		{`<script type="{{template "q"}}"></script>`,
			`<script type="{{template "q$htmltemplate_stateAttr_delimDoubleQuote_attrScriptType_elementScript"}}"></script>`},
		{`<style>{{template "q"}}</style>`, `<style>{{template "q$htmltemplate_stateCSS_elementStyle"}}</style>`},
		{`<p onclick="{{template "q"}}">`, `<p onclick="{{template "q$htmltemplate_stateJS_delimDoubleQuote_attrScript"}}">`},
		{`<p style="{{template "q"}}">`, `<p style="{{template "q$htmltemplate_stateCSS_delimDoubleQuote_attrStyle"}}">`},
		{`<!--{{template "q"}}-->`, `{{template "q$htmltemplate_stateHTMLCmt"}}`},
		{`{{range .}}{{break}}{{.}}{{template "q"}}{{end}}`, `{{range .}}{{break}}{{.}}{{template "q"}}{{end}}`},
	}
	for _, c := range tests {
		set := template.Must(template.New("x").Parse(c.text))
		template.Must(set.New("q").Parse("{{/* empty */}}"))
		if err := set.Execute(io.Discard, nil); err != nil {
			t.Errorf("%s: %v", c.text, err)
		}
		if got := set.Tree.Root.String(); got != c.want {
			t.Errorf("%s\nis escaped as\n\t%s\nwant\n\t%s", c.text, got, c.want)
		}
	}
}

// TestUnknownHTMLTemplate checks that another html/template than the known one is not taken for a harmless one.
func TestUnknownHTMLTemplate(t *testing.T) {
	if _, err := parseContext(mangleMark + "stateSVG_delimDoubleQuote").standing(); err == nil || !strings.Contains(err.Error(), `"stateSVG"`) {
		t.Errorf("an unknown state gives %v", err)
	}
	element, err := htmlContext{}.standing()
	if err != nil {
		t.Fatal(err)
	}
	for _, escaper := range []string{"", attrEscaper, "_html_template_newescaper"} {
		if element.confirm(escaper) == nil {
			t.Errorf("escaper %q is taken for that of element content", escaper)
		}
	}
	mark, err := parseProbe(`{{template "q%ctx=attr"}}`)
	if err != nil {
		t.Fatal(err)
	}
	if c, err := contextOf(indexOf(mark.Root).calls[0], "q"); err == nil {
		t.Errorf("an unknown way to mangle is read as %q", c)
	}
	s := readSet(template.Must(template.New("x").Parse(`x`)), new(refusals))
	l, err := s.newLab()
	if err != nil {
		t.Fatal(err)
	}
	selfTests := []struct{ text, want string }{
		{`{{_async_stop}}<title>{{template "\x00"}}</title>`, "no tree was escaped"},
		{`{{_async_stop | _html_template_htmlescaper}}<title>{{template "\x00"}}</title>`, `calls a template in a title "\x00"`},
		{`{{_async_stop | _html_template_htmlescaper}}<title>{{template "\x00$rcdata"}}</title>`, `by the name "\x00$rcdata"`},
	}
	for _, c := range selfTests {
		trees, err := parse.Parse("probe", c.text, "", "", stopFuncs, map[string]any{textEscaper: fmt.Sprint})
		if err != nil {
			t.Fatal(err)
		}
		if err := l.checkSelfTest(trees["probe"]); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("an html/template that makes %s of the self-test gives %v", c.text, err)
		}
	}
	if err := l.selfTest(); err != nil {
		t.Error(err)
	}
}
