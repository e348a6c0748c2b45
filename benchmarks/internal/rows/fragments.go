package rows

import (
	"context"
	"fmt"
	"html/template"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/infill-go/infill/async"
	"github.com/infill-go/infill/async/page"
	"github.com/infill-go/infill/benchmarks/internal/peers"
)

func pageText(layout Layout, action string) string {
	return fmt.Sprintf(`{{define "page"}}<main>{{range .}}<section>%s%s</section>{{end}}</main>{{end}}`, layout.before, action)
}

// fragment is the slow function of the page's sections.
type fragment func(ctx context.Context, key string) (string, error)

// prompt has its value at once.
func prompt(_ context.Context, key string) (string, error) { return content(key), nil }

// hanging returns a fragment that has no value before end is called.
func hanging() (fn fragment, end func()) {
	ended := make(chan struct{})
	fn = func(_ context.Context, key string) (string, error) {
		<-ended
		return content(key), nil
	}
	return fn, func() { close(ended) }
}

// pageOf returns the page of the sections, and the group that its fragment is registered with. The fragment may run for
// all sections at once, and for as long as it likes.
func pageOf(tb testing.TB, layout Layout, fn fragment) (*async.Group, *template.Template) {
	tb.Helper()
	g := peers.NewGroup(tb, async.Policy{})
	_, err := async.Register(g, "row", fn, async.Policy{MaxAge: time.Hour, Timeout: time.Hour, MaxRuns: pageRows})
	if err != nil {
		tb.Fatal(err)
	}
	return g, template.Must(template.New("").Funcs(g.Funcs()).Parse(pageText(layout, `{{async "row" .Key}}`) +
		`{{define "row:view"}}<b>{{.}}</b>{{end}}{{define "row:default"}}<i>working…</i>{{end}}`))
}

// withFragments returns a set whose page shows the fragments of all sections, every one of them ready.
func withFragments(tb testing.TB, layout Layout) *async.Set {
	tb.Helper()
	g, t := pageOf(tb, layout, prompt)
	set, err := async.Bind(t, async.Options{Group: g})
	if err != nil {
		tb.Fatal(err)
	}
	until(tb, "page", func() bool {
		report, err := set.Execute(io.Discard, "page", sections)
		if err != nil {
			tb.Fatal(err)
		}
		return report.Ready == pageRows
	})
	return set
}

// readyPages are the same as Pages.
func readyPages(tb testing.TB, layout Layout, o page.Options) *page.Pages {
	tb.Helper()
	pages := bindPages(tb, layout, prompt, o)
	until(tb, "pages", func() bool {
		before := pages.Stats()
		pages.Render(newDiscard(), httptest.NewRequest(http.MethodGet, "/", nil), "page", sections)
		now := pages.Stats()
		return now.Streamed == before.Streamed && now.Failed == 0
	})
	return pages
}

// pendingPages are Pages whose page shows the fragments of all sections, none of which is ready before the benchmark ends.
func pendingPages(tb testing.TB, layout Layout, o page.Options) *page.Pages {
	tb.Helper()
	fn, end := hanging()
	pages := bindPages(tb, layout, fn, o)
	tb.Cleanup(end) // before its group is closed, which waits for it
	return pages
}

func bindPages(tb testing.TB, layout Layout, fn fragment, o page.Options) *page.Pages {
	tb.Helper()
	g, t := pageOf(tb, layout, fn)
	o.Group = g
	pages, err := page.Bind(t, o)
	if err != nil {
		tb.Fatal(err)
	}
	return pages
}

// withFields returns the same page from values that stand in fields.
func withFields(layout Layout) *template.Template {
	return template.Must(template.New("").Parse(pageText(layout, `{{.HTML}}`)))
}
