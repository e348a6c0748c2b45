package page_test

import (
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/infill-go/infill/async/page"
)

// TestHTTP10 streams where a header shows a browser behind a proxy, which has no more than HTTP/1.0 for the server, as nginx
// has; and only there.
func TestHTTP10(t *testing.T) {
	tests := []struct {
		header, value string
		streams       bool
	}{
		{"User-Agent", "curl/8.5.0", false},
		{"Upgrade-Insecure-Requests", "1", true},
		{"X-Forwarded-For", "192.0.2.1", true},
		{"X-Real-Ip", "192.0.2.1", true},
		{"Forwarded", "for=192.0.2.1", true},
		{"Via", "1.1 proxy", true},
		{"Sec-Fetch-Dest", "document", true},
		{"Sec-Fetch-Dest", "empty", false},
	}
	for _, tt := range tests {
		for _, method := range []string{http.MethodGet, http.MethodHead} {
			t.Run(method+" "+tt.header+" "+tt.value, func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					g := quietGroup(t)
					register(t, g, "f")
					pages := bind(t, g, `<p>{{async "f" 1 "default"}}</p>`, page.Options{})
					v := ask(t, renders(pages).ServeHTTP, func(r *http.Request) {
						r.Method, r.Proto, r.ProtoMajor, r.ProtoMinor = method, "HTTP/1.0", 1, 0
						r.Header.Set(tt.header, tt.value)
					})
					pass(3 * time.Second)
					want := tt.streams && method == http.MethodGet
					if b := browse(v.body()); b.waits != want || b.ended != want || strings.Contains(v.body(), "<?start") != want {
						t.Errorf("%s", v.script())
					}
					if (v.header.Get("X-Accel-Buffering") == "no") != want {
						t.Errorf("%v", v.header)
					}
				})
			})
		}
	}
}
