package page_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/infill-go/infill/async/page"
)

// TestHTTP2WaitsLongerThanItsTimeout: HTTP/2 resets a stream whose deadline passes while nothing is written, so the deadline
// is to cover the wait. The time is real here, since the server and its connection are.
func TestHTTP2WaitsLongerThanItsTimeout(t *testing.T) {
	for _, mode := range []page.Mode{page.Stream, page.Whole} {
		t.Run(mode.String(), func(t *testing.T) {
			t.Parallel()
			g := quietGroup(t)
			timed(t, g, "f")
			pages := bind(t, g, `<p>{{async "f" 1100 "default"}}</p>`, page.Options{
				Budget: -1, Window: 10 * time.Second, Mode: func(*http.Request) page.Mode { return mode },
			})
			server := httptest.NewUnstartedServer(renders(pages))
			server.Config.WriteTimeout = 500 * time.Millisecond
			server.EnableHTTP2 = true
			server.StartTLS()
			t.Cleanup(server.Close)
			response, err := server.Client().Get(server.URL)
			if err != nil {
				t.Fatal(err)
			}
			defer func() { _ = response.Body.Close() }()
			text, err := io.ReadAll(response.Body)
			if err != nil || response.ProtoMajor != 2 || !strings.Contains(browse(string(text)).String(), "<p>f 1100</p>") {
				t.Errorf("%v by %s: %s", err, response.Proto, text)
			}
			if b := browse(string(text)); b.again || b.waits != (mode == page.Stream) || b.ended != b.waits {
				t.Errorf("%s", text)
			}
		})
	}
}
