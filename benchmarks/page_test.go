package benchmarks

import (
	"context"
	"fmt"
	"html/template"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/infill-go/infill/async"
)

// rows is how many fragments the page has.
const rows = 20

// row is the data of one section: what the fragment takes as its key, and what it would print.
type row struct {
	Key  string
	HTML template.HTML
}

var data = func() (all [rows]row) {
	for i := range all {
		all[i] = row{keys[i], template.HTML("<b>" + template.HTMLEscapeString(content(keys[i])) + "</b>")}
	}
	return all
}()

// small is a page of fragments and nothing else, the worst case for their overhead. A usual page prints plain values beside each.
var layouts = []struct{ name, plain string }{
	{"small", ""},
	{"usual", `<h3 id="{{.Key}}">{{.Key}}</h3><p>Read more about <a href="/servers/{{.Key}}">{{.Key}}</a>.</p>`},
}

// BenchmarkPage compares a page of ready fragments with what they must compete with: the same page from values that
// were escaped beforehand and stand in fields.
func BenchmarkPage(b *testing.B) {
	for _, layout := range layouts {
		for _, c := range pages(b, layout.plain) {
			b.Run(layout.name+"/"+c.name, func(b *testing.B) {
				b.ReportAllocs()
				for b.Loop() {
					if !c.ask(0) {
						b.Fatal("the page is not right")
					}
				}
			})
		}
	}
}

func BenchmarkPageSideBySide(b *testing.B) {
	for _, layout := range layouts {
		b.Run(layout.name, func(b *testing.B) { sideBySide(b, 5, pages(b, layout.plain)) })
	}
}

func pages(tb testing.TB, plain string) []contender {
	set := fragments(tb, plain)
	fields := precomputed(plain)
	return []contender{
		{"fragments", func(int) bool {
			report, err := set.Execute(io.Discard, "page", data)
			return err == nil && report.Ready == rows
		}},
		{"fields", func(int) bool { return fields.ExecuteTemplate(io.Discard, "page", data) == nil }},
	}
}

// TestPagesAreAlike keeps the comparison fair: both sides must print the same bytes.
func TestPagesAreAlike(t *testing.T) {
	for _, layout := range layouts {
		var ours, theirs strings.Builder
		if _, err := fragments(t, layout.plain).Execute(&ours, "page", data); err != nil {
			t.Fatal(err)
		}
		if err := precomputed(layout.plain).ExecuteTemplate(&theirs, "page", data); err != nil {
			t.Fatal(err)
		}
		if ours.String() != theirs.String() {
			t.Errorf("%s: the pages differ:\n%s\n%s", layout.name, ours.String(), theirs.String())
		}
	}
}

func content(key string) string { return "<" + key + "> is up" }

func pageText(plain, action string) string {
	return fmt.Sprintf(`{{define "page"}}<main>{{range .}}<section>%s%s</section>{{end}}</main>{{end}}`, plain, action)
}

// fragments returns a set whose page shows the fragments of all rows, every one of them ready.
func fragments(tb testing.TB, plain string) *async.Set {
	tb.Helper()
	g := group(tb)
	_, err := async.Register(g, "row", func(_ context.Context, key string) (string, error) { return content(key), nil },
		async.Policy{MaxAge: time.Hour})
	if err != nil {
		tb.Fatal(err)
	}
	t := template.Must(template.New("").Funcs(g.Funcs()).Parse(
		pageText(plain, `{{async "row" .Key}}`) + `{{define "row:view"}}<b>{{.}}</b>{{end}}`))
	set, err := async.Bind(t, async.Options{Group: g})
	if err != nil {
		tb.Fatal(err)
	}
	until(tb, "page", func() bool {
		report, err := set.Execute(io.Discard, "page", data)
		if err != nil {
			tb.Fatal(err)
		}
		return report.Ready == rows
	})
	return set
}

func precomputed(plain string) *template.Template {
	return template.Must(template.New("").Parse(pageText(plain, `{{.HTML}}`)))
}
