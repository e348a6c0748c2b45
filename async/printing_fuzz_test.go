package async_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"html/template"
	"log/slog"
	"math"
	"reflect"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/infill-go/infill/async"
)

// printContext is a place in a template: its text with %s where the action stands.
type printContext struct {
	name, text string
	valueOnly  bool // Bind refuses async there
}

var printContexts = []printContext{
	{"element", `<p>%s</p>`, false},
	{"between text", `<p>a &amp; %s b</p>`, false},
	{"outside of everything", `%s`, false},
	{"table cell", `<table><tr><td>%s</td></tr></table>`, false},
	{"list item", `<ul><li>%s</li></ul>`, false},
	{"pre", "<pre>\n%s\n</pre>", false},
	{"option", `<select><option>%s</option></select>`, false},
	{"svg title", `<svg><title>%s</title></svg>`, false},
	{"attribute in svg", `<svg><path d="%s"/></svg>`, false},
	{"HTML in svg", `<svg><foreignObject><p>%s</p></foreignObject></svg>`, false},
	{"math", `<math><mi>%s</mi></math>`, false},
	{"title", `<title>a %s</title>`, false},
	{"textarea", `<textarea>%s</textarea>`, false},
	{"attribute in double quotes", `<p title="%s"></p>`, false},
	{"attribute in single quotes", `<p title='%s'></p>`, false},
	{"attribute without quotes", `<p title=%s></p>`, false},
	{"inside an attribute", `<p title="a %s b"></p>`, false},
	{"inside an attribute without quotes", `<p title=a%s></p>`, false},
	{"class", `<p class="host %s"></p>`, false},
	{"aria-label", `<p aria-label="%s"></p>`, false},
	{"data", `<p data-host="%s"></p>`, false},
	{"data with a link", `<p data-href="%s"></p>`, false},
	{"input", `<input value="%s">`, false},
	{"meta", `<meta name="description" content="%s">`, false},
	{"href", `<a href="%s"></a>`, false},
	{"href without quotes", `<a href=%s></a>`, false},
	{"path", `<a href="/hosts/%s/ps"></a>`, false},
	{"query", `<a href="/?q=%s&amp;r=1"></a>`, false},
	{"fragment", `<a href="/#%s"></a>`, false},
	{"src", `<img src="%s">`, false},
	{"srcset", `<img srcset="%s">`, false},
	{"inside a srcset", `<img srcset="/a 1x, %s 2x">`, false},
	{"attribute's name", `<p %s></p>`, true},
	{"tag's name", `<h%s>`, true},
	{"comment", `<p><!-- %s --></p>`, true},
	{"svg text", `<svg><text x="1">%s</text></svg>`, true},
	{"noscript", `<noscript>%s</noscript>`, true},
	{"iframe", `<iframe>%s</iframe>`, true},
	{"template", `<template>%s</template>`, true},
	{"srcdoc", `<iframe srcdoc="%s"></iframe>`, true},
	{"style attribute", `<p style="color: %s; top: 0"></p>`, true},
	{"whole style attribute", `<p style="%s"></p>`, true},
	{"url in a style attribute", `<p style="background: url(%s)"></p>`, true},
	{"quoted url in a style attribute", `<p style="background: url('/%s')"></p>`, true},
	{"style", `<style>p { color: %s }</style>`, true},
	{"string in a style", `<style>p:before { content: "%s" }</style>`, true},
	{"script", `<script>var v = %s;</script>`, true},
	{"string in a script", `<script>var v = '%s';</script>`, true},
	{"template literal in a script", "<script>var v = `%s`;</script>", true},
	{"regular expression in a script", `<script>var v = /a%s/;</script>`, true},
	{"module", `<script type="module">f(%s)</script>`, true},
	{"JSON", `<script type="application/json">{"v": %s}</script>`, true},
	{"string in JSON", `<script type="application/json">{"v": "%s"}</script>`, true},
	{"script that is none", `<script type="text/plain">%s</script>`, true},
	{"event handler", `<p onclick="f(%s)"></p>`, true},
	{"event handler without quotes", `<p onclick=f(%s)></p>`, true},
	{"string in an event handler", `<p onclick="f('%s')"></p>`, true},
}

// text puts the action into the place.
func (c printContext) with(action string) string { return strings.Replace(c.text, "%s", action, 1) }

type (
	stringer        string
	pointerStringer struct{ Text string }
	failing         struct{ Text string }
	marshaler       struct{ Text string }
	panicking       string
)

func (s stringer) String() string         { return "<" + string(s) + ">" }
func (s *pointerStringer) String() string { return "<" + s.Text + ">" }
func (f failing) Error() string           { return "failed: " + f.Text }
func (f failing) String() string          { return "not this" }
func (m marshaler) MarshalJSON() ([]byte, error) {
	return json.Marshal(map[string]string{"text": m.Text})
}
func (p panicking) String() string { panic("no String of " + string(p)) }

// texts are values that html/template tells apart by their types.
func texts(text string) []any {
	return []any{
		text, template.HTML(text), template.HTMLAttr(text), template.URL(text), template.JS(text), template.JSStr(text),
		template.CSS(text), template.Srcset(text), stringer(text),
	}
}

// composites are values that hold a text.
func composites(text string) []any {
	return []any{
		&pointerStringer{text}, pointerStringer{text}, failing{text}, &failing{text}, errors.New(text), marshaler{text},
		[]string{text, "b"}, []any{text, template.HTML(text), nil, 1.5}, map[string]string{text: text}, []byte(text), [1]string{text},
		struct {
			Text string
			N    int `json:"n,omitempty"`
		}{text, 0},
		&text, func() any { p := &text; return &p }(), panicking(text), json.RawMessage(`"raw"`), reflect.ValueOf(template.HTML(text)),
		[]error{errors.New(text)}, []fmt.Stringer{stringer(text)},
	}
}

// otherValues have no text to vary.
func otherValues() []any {
	var (
		nilPointer  *int
		nilStringer *pointerStringer
		nilError    *failing
	)
	return []any{
		nil, 0, -7, uint8(200), int64(math.MinInt64), uint64(math.MaxUint64), 1.5, math.Copysign(0, -1), 1e100, float32(0.1), math.Inf(1), math.NaN(), true, false, 'x',
		complex(1, -2), time.Second, time.Unix(0, 0).UTC(), nilPointer, nilStringer, nilError, []string(nil), []string{}, map[string]int(nil),
		map[int]bool{2: true, 1: false}, struct{}{}, [0]int{}, []int{1, 2}, [][]string{{"a"}, nil}, &[]int{1}, json.Number("1.50"),
		template.HTML(""), template.URL(""), errors.Join(errors.New("a"), errors.New("b")), make(chan int), context.Canceled,
	}
}

var printTexts = []string{
	"", " a b ", `<b>bold</b><!-- c --><![CDATA[ x ]]>`, `</p></ScRiPt></style></title></textarea>`, `"'` + "`${x} {{.V}} <% %>", `&amp;&a+b=c%20d`,
	"javascript:alert(1)", "//example.org/x?y=z#w", "/a 1x, /b 2x", "red; background: url(x)", "\x00\x01\x7f\xff\xfe\ufeff", "line\nbreak\r\n\t\u2028\u2029",
	"grüße 世界 😀 onclick=alert(1) x", "-1",
}

// printData is the data of every page here.
type printData struct {
	K string
	V any
}

// printer compares what an action of html/template's own prints with what the library's actions print in the same place.
type printer struct {
	v      *async.Handle[string, any]
	values sync.Map // by key
	last   atomic.Int64
	places []printPlace
}

// printPlace is one place with all the actions that must print the same.
type printPlace struct {
	printContext
	plain  *template.Template
	ready  []printAction // print the value of the key
	absent []printAction // print their DEFAULT
}

type printAction struct {
	name    string
	execute func(*bytes.Buffer, printData) error
}

func newPrinter(t testing.TB) *printer {
	g := &async.Group{Logger: slog.New(slog.DiscardHandler)}
	t.Cleanup(func() {
		ctx, cancel := context.WithCancel(context.Background())
		cancel()
		_ = g.Close(ctx) // "never" never ends
	})
	p := new(printer)
	var err error
	p.v, err = async.Register(g, "v", func(_ context.Context, key string) (any, error) {
		v, _ := p.values.Load(key)
		return v, nil
	}, async.Policy{})
	if err != nil {
		t.Fatal(err)
	}
	if _, err = async.Register(g, "never", func(ctx context.Context, _ string) (any, error) {
		<-ctx.Done()
		return nil, ctx.Err()
	}, async.Policy{Timeout: time.Hour}); err != nil {
		t.Fatal(err)
	}
	for _, c := range printContexts {
		p.places = append(p.places, newPrintPlace(t, g, c))
	}
	return p
}

func newPrintPlace(t testing.TB, g *async.Group, c printContext) printPlace {
	place := printPlace{printContext: c}
	parse := func(action string) *template.Template {
		tmpl, err := template.New("page").Funcs(g.Funcs()).Parse(c.with(action))
		if err != nil {
			t.Fatal(err)
		}
		return tmpl
	}
	place.plain = parse("{{.V}}")
	unbound := func(action string) printAction {
		tmpl := parse(action)
		return printAction{"unbound " + action, func(b *bytes.Buffer, d printData) error { return tmpl.Execute(b, d) }}
	}
	bound := func(action string) printAction {
		set, err := async.Bind(parse(action), async.Options{Group: g})
		if err != nil {
			t.Fatal(err)
		}
		return printAction{"bound " + action, func(b *bytes.Buffer, d printData) error {
			_, err := set.Execute(b, "page", d)
			return err
		}}
	}
	const (
		hole, value     = `{{async "v" .K}}`, `{{asyncvalue "v" .K "not this"}}`
		noHole, noValue = `{{async "never" "k" .V}}`, `{{asyncvalue "never" "k" .V}}`
	)
	for _, action := range []string{hole, value} {
		place.ready = append(place.ready, unbound(action))
		if !c.valueOnly || strings.HasPrefix(action, "{{asyncvalue") {
			place.ready = append(place.ready, bound(action))
		}
	}
	for _, action := range []string{noHole, noValue} {
		place.absent = append(place.absent, unbound(action))
		if !c.valueOnly || strings.HasPrefix(action, "{{asyncvalue") {
			place.absent = append(place.absent, bound(action))
		}
	}
	if _, err := async.Bind(parse(hole), async.Options{Group: g}); (err != nil) != c.valueOnly {
		t.Errorf("%s: Bind of %s: %v", c.name, hole, err)
	}
	return place
}

// compare prints one value in each of the places, in every way.
func (p *printer) compare(t *testing.T, v any, places ...printPlace) {
	t.Helper()
	key := fmt.Sprint("k", p.last.Add(1))
	p.values.Store(key, v)
	defer p.values.Delete(key)
	if _, err := p.v.Wait(t.Context(), key); err != nil {
		t.Fatal(err)
	}
	defer p.v.Forget(key)
	for _, place := range places {
		place.compare(t, printData{K: key, V: v})
	}
}

func (place *printPlace) compare(t *testing.T, d printData) {
	t.Helper()
	var want, got bytes.Buffer
	wantErr := place.plain.Execute(&want, d)
	for _, actions := range [][]printAction{place.ready, place.absent} {
		for _, a := range actions {
			got.Reset()
			err := a.execute(&got, d)
			if (err != nil) != (wantErr != nil) {
				t.Errorf("%s, %T: %s: %v; html/template: %v", place.name, d.V, a.name, err, wantErr)
			} else if err == nil && !bytes.Equal(got.Bytes(), want.Bytes()) {
				t.Errorf("%s, %T: %s\n         prints %q\nhtml/template %q", place.name, d.V, a.name, &got, &want)
			}
		}
	}
}

// TestPrinted: a value is printed byte for byte as html/template prints it in that place.
func TestPrinted(t *testing.T) {
	p := newPrinter(t)
	for _, v := range otherValues() {
		p.compare(t, v, p.places...)
	}
	for _, text := range printTexts {
		for _, v := range texts(text) {
			p.compare(t, v, p.places...)
		}
	}
	for _, v := range composites(`</p><b title="x">'&amp;+` + "\x00\u2028") {
		p.compare(t, v, p.places...)
	}
}

// TestPrintedEscapes: the comparison would see it if html/template's own output had no escaping at all.
func TestPrintedEscapes(t *testing.T) {
	const text = `</p></script></style></title></textarea>"'`
	p := newPrinter(t)
	for _, place := range p.places {
		var b bytes.Buffer
		if err := place.plain.Execute(&b, printData{V: text}); err != nil {
			t.Errorf("%s: %v", place.name, err)
		}
		if strings.Contains(b.String(), text) {
			t.Errorf("%s: html/template prints %q as it is", place.name, text)
		}
	}
}

// FuzzPrinted does the same with texts that nobody thought of, each in one place as one kind of value: all of them at once would
// be a fifth of a second.
func FuzzPrinted(f *testing.F) {
	p := newPrinter(f)
	for i, text := range printTexts {
		f.Add(text, uint8(i), uint8(5*i))
	}
	f.Fuzz(func(t *testing.T, text string, kind, place uint8) {
		values := append(texts(text), composites(text)...)
		p.compare(t, values[int(kind)%len(values)], p.places[int(place)%len(p.places)])
	})
}
