package page_test

import (
	"net/http"
	"net/http/httptest"
	"runtime"
	"testing"
	"time"
	"weak"

	"github.com/infill-go/infill/async/page"
)

// TestNothingIsKeptOfAPage that has ended, while the runs that it has started go on.
func TestNothingIsKeptOfAPage(t *testing.T) {
	g := quietGroup(t)
	register(t, g, "f", "other")
	pages := bind(t, g, `<p>{{async "f" .}} {{async "f" .}} {{async "other" .}}</p>`, page.Options{Budget: -1, Window: time.Nanosecond})
	var requests []weak.Pointer[http.Request]
	for i := range 100 {
		r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/", nil)
		requests = append(requests, weak.Make(r))
		pages.Render(newRecorder(), r, "page", i%7)
	}
	runtime.GC()
	kept := 0
	for _, r := range requests {
		if r.Value() != nil {
			kept++
		}
	}
	if running := runsOf(g, "f"); kept > 0 || running != 7 {
		t.Errorf("%d requests are kept, %d runs", kept, running)
	}
}
