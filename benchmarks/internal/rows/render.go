package rows

import (
	"bytes"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"

	"github.com/infill-go/infill/async/page"
	"github.com/infill-go/infill/benchmarks/internal/measure"
	"github.com/infill-go/infill/benchmarks/internal/report"
)

// renderLimit is what Render may cost beside Execute: the page has the same holes, and nothing in them is pending.
const renderLimit = 1.08

// Renders compares a response of package page in which everything is ready with what a handler does without it: Execute
// into a buffer that is used again, and one Write.
func Renders(t *testing.T, s Scale, table *report.Table) {
	for _, layout := range Layouts {
		contenders := RenderContenders(t, layout)
		times := measure.SideBySide(t, s.Rounds, 5, contenders)
		row := table.Row("Render of 20 ready fragments, "+layout.Name, "× Execute / allocs of both")
		row.Set(report.Async, "%.2f / %.0f of %.0f", times[0]/times[1],
			measure.Allocs(100, contenders[0].Ask), measure.Allocs(100, contenders[1].Ask))
		if layout.limit > 0 {
			table.Gate("Render, "+layout.Name+", ×", times[0]/times[1], renderLimit)
		}
	}
}

// RenderContenders answer the same request into the same kind of ResponseWriter.
func RenderContenders(tb testing.TB, layout Layout) []measure.Contender {
	rendered, executed := responders(tb, layout)
	ask := func(h http.HandlerFunc) func(int) bool {
		w, r := newDiscard(), httptest.NewRequest(http.MethodGet, "/", nil)
		return func(int) bool {
			w.reset()
			h(w, r)
			return w.writes == 1 && w.bytes > 0
		}
	}
	return []measure.Contender{
		{Name: "Render, " + layout.Name, Ask: ask(rendered)},
		{Name: "Execute, " + layout.Name, Ask: ask(executed)},
	}
}

// responders return the page of ready fragments by Render, and as a handler sends it that has only a set.
func responders(tb testing.TB, layout Layout) (rendered, executed http.HandlerFunc) {
	tb.Helper()
	set := withFragments(tb, layout)
	pages := readyPages(tb, layout, page.Options{})
	buffers := sync.Pool{New: func() any { return new(bytes.Buffer) }}
	rendered = func(w http.ResponseWriter, r *http.Request) { pages.Render(w, r, "page", sections) }
	executed = func(w http.ResponseWriter, r *http.Request) {
		b := buffers.Get().(*bytes.Buffer)
		defer buffers.Put(b)
		b.Reset()
		if _, err := set.Execute(b, "page", sections); err != nil {
			http.Error(w, "no page", http.StatusInternalServerError)
			return
		}
		w.Header()["Content-Type"] = []string{"text/html; charset=utf-8"}
		_, _ = w.Write(b.Bytes()) // an error says that the client has left
	}
	return rendered, executed
}
