package rows

import (
	"net/http"
	"testing"
	"time"

	"github.com/infill-go/infill/async/page"
	"github.com/infill-go/infill/benchmarks/internal/measure"
	"github.com/infill-go/infill/benchmarks/internal/report"
)

// firstByteLimit is how much later the first byte of a page may come that has a default in each of its 20 places.
const firstByteLimit = 1.3

// notWaiting are the options of pages that wait for nothing before the first byte, and end soon after it if something is
// pending, so that the connection is free for the next request. The window is a part of no figure.
var notWaiting = page.Options{Budget: -1, Window: time.Millisecond}

// FirstBytes compares a page of 20 pending fragments with the same page when all are ready: the time until its first byte
// is there, for a client of a server, and for the handler alone.
func FirstBytes(t *testing.T, s Scale, table *report.Table) {
	for _, layout := range Layouts {
		pages := FirstBytePages(t, layout)
		served := measure.Inside(t, s.Rounds, 1, ServedContenders(t, pages))
		alone := measure.Inside(t, s.Rounds, 1, HandlerContenders(pages))
		ratio := served[1] / served[0]
		row := table.Row("first byte of 20 pending fragments, "+layout.Name, "× ready / without server")
		row.Set(report.Async, "%.2f / %.2f", ratio, alone[1]/alone[0])
		if layout.limit > 0 {
			table.Gate("first byte, "+layout.Name+", ×", ratio, firstByteLimit)
		}
		if n := pages.pending.Stats(); n.Streamed != n.Responses || n.Unfilled != n.Responses*pageRows {
			t.Errorf("%s: not every response was streamed with all its fragments pending: %+v", layout.Name, n)
		}
	}
}

// readyAndPending are two Pages with the same page.
type readyAndPending struct{ ready, pending *page.Pages }

// FirstBytePages returns both.
func FirstBytePages(tb testing.TB, layout Layout) readyAndPending {
	return readyAndPending{readyPages(tb, layout, notWaiting), pendingPages(tb, layout, notWaiting)}
}

// ServedContenders measure from the first byte of the request to the first byte of the answer's body, on one connection.
func ServedContenders(tb testing.TB, pages readyAndPending) []measure.Timed {
	tb.Helper()
	mux := http.NewServeMux()
	mux.HandleFunc("/ready", func(w http.ResponseWriter, r *http.Request) { pages.ready.Render(w, r, "page", sections) })
	mux.HandleFunc("/pending", func(w http.ResponseWriter, r *http.Request) { pages.pending.Render(w, r, "page", sections) })
	c := connect(tb, mux)
	return []measure.Timed{
		{Name: "ready", Ask: c.afterReady("/ready")},
		{Name: "pending", Ask: c.afterReady("/pending")},
	}
}

// HandlerContenders measure from the call of Render to its first Write.
func HandlerContenders(pages readyAndPending) []measure.Timed {
	return []measure.Timed{
		{Name: "ready", Ask: untilWrite(pages.ready)},
		{Name: "pending", Ask: untilWrite(pages.pending)},
	}
}
