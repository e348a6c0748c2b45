package rows

import (
	"bytes"
	"html/template"
	"strings"
	"testing"

	"github.com/infill-go/infill/benchmarks/internal/measure"
	"github.com/infill-go/infill/benchmarks/internal/report"
)

// pageRows is how many fragments the page has.
const pageRows = 20

// section is the data of one: what the fragment takes as its key, and what it would print.
type section struct {
	Key  string
	HTML template.HTML
}

var sections = func() (all [pageRows]section) {
	for i := range all {
		all[i] = section{keys[i], template.HTML("<b>" + template.HTMLEscapeString(content(keys[i])) + "</b>")}
	}
	return all
}()

func content(key string) string { return "<" + key + "> is up" }

// Layout is what stands around each fragment. Bare is the worst case for the overhead of fragments.
type Layout struct {
	Name, before string
	limit        float64 // zero: only reported
}

// Layouts are fixed: the gates hold for them.
var Layouts = []Layout{
	{"bare", "", 1.45},
	{"words", "<p>" + strings.TrimSpace(strings.Repeat("A server is up when it answers, and down when nobody hears of it. ", 8)) + "</p>", 1.15},
	{"usual", `<h3 id="{{.Key}}">{{.Key}}</h3><p>Read more about <a href="/servers/{{.Key}}">{{.Key}}</a>.</p>`, 0},
}

// Pages compares a page of ready fragments with what they must compete with: the same page from values that were escaped
// beforehand and stand in fields. The reference is not go-cache here, since most of both is html/template.
func Pages(t *testing.T, s Scale, table *report.Table) {
	for _, layout := range Layouts {
		contenders := PageContenders(t, layout)
		times := measure.SideBySide(t, s.Rounds/2, 5, contenders)
		ratio := times[0] / times[1]
		row := table.Row("page of 20 fragments, "+layout.Name, "× fields / allocs of both")
		row.Set(report.Async, "%.2f / %.0f of %.0f", ratio,
			measure.Allocs(100, contenders[0].Ask), measure.Allocs(100, contenders[1].Ask))
		if layout.limit > 0 {
			table.Gate("page, "+layout.Name+", ×", ratio, layout.limit)
		}
	}
}

// PageContenders execute the page with fragments, and the one with fields, each into a buffer of its own that it uses
// again.
func PageContenders(tb testing.TB, layout Layout) []measure.Contender {
	set := withFragments(tb, layout)
	fields := withFields(layout)
	var ours, theirs bytes.Buffer
	return []measure.Contender{
		{Name: "fragments, " + layout.Name, Ask: func(int) bool {
			ours.Reset()
			report, err := set.Execute(&ours, "page", sections)
			return err == nil && report.Ready == pageRows
		}},
		{Name: "fields, " + layout.Name, Ask: func(int) bool {
			theirs.Reset()
			return fields.ExecuteTemplate(&theirs, "page", sections) == nil
		}},
	}
}
