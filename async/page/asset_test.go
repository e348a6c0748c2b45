package page_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/infill-go/infill/async/page"
)

// TestTheScript is served under the name that the page has, for ever; under that of another version, not to be kept.
func TestTheScript(t *testing.T) {
	pages := page.Must(page.New(page.Options{Path: "/app/"}))
	src, _, _ := strings.Cut(strings.TrimPrefix(string(pages.Script()), `<script async src="`), `"`)
	serve := func(method, path string) *httptest.ResponseRecorder {
		w := httptest.NewRecorder()
		pages.ServeHTTP(w, httptest.NewRequest(method, path, nil))
		return w
	}
	const other = "/app/fill-0123456789abcdef.js"
	script := serve("GET", src).Body.String()
	if strings.TrimSpace(script) == "" {
		t.Fatalf("the script is %q", script)
	}
	tests := []struct {
		method, path string
		status       int
		cache        string
		body         bool
	}{
		{"GET", src, 200, "public, max-age=31536000, immutable", true},
		{"HEAD", src, 200, "public, max-age=31536000, immutable", false},
		{"GET", other, 200, "no-store", true},
		{"POST", src, 405, "", false},
		{"GET", "/app/", 404, "", false},
		{"GET", "/app/fill.js", 404, "", false},
		{"GET", "/app/fill-0123456789abcdeg.js", 404, "", false},
		{"GET", "/app/x" + strings.TrimPrefix(src, "/app/"), 404, "", false},
		{"GET", strings.TrimPrefix(src, "/app"), 200, "public, max-age=31536000, immutable", true}, // behind StripPrefix
		{"GET", "/app/../etc/passwd", 404, "", false},
	}
	for _, tt := range tests {
		w := serve(tt.method, tt.path)
		if w.Code != tt.status || w.Header().Get("Cache-Control") != tt.cache || (w.Body.String() == script) != tt.body {
			t.Errorf("%s %s: %d %v %q", tt.method, tt.path, w.Code, w.Header(), w.Body)
		}
		if h := w.Header(); tt.status == 200 && (h.Get("Content-Type") != "text/javascript; charset=utf-8" || h.Get("X-Content-Type-Options") != "nosniff" || h.Get("Content-Length") == "0") {
			t.Errorf("%s %s: %v", tt.method, tt.path, h)
		}
		if tt.status == http.StatusMethodNotAllowed && w.Header().Get("Allow") != "GET, HEAD" {
			t.Errorf("%v", w.Header())
		}
	}
}
