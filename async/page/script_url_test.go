package page_test

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/infill-go/infill/async/page"
)

// TestScriptURL is that of the tag, wherever the Pages are mounted, and leads to the script.
func TestScriptURL(t *testing.T) {
	for _, path := range []string{"", "/app/"} {
		pages := page.Must(page.New(page.Options{Path: path}))
		if want := `<script async src="` + pages.ScriptURL() + `"></script>`; string(pages.Script()) != want {
			t.Errorf("%q: %s, want %s", path, pages.Script(), want)
		}
		w := httptest.NewRecorder()
		pages.ServeHTTP(w, httptest.NewRequest(http.MethodGet, pages.ScriptURL(), nil))
		if w.Code != 200 || w.Header().Get("Cache-Control") != "public, max-age=31536000, immutable" {
			t.Errorf("%q: %d %v", pages.ScriptURL(), w.Code, w.Header())
		}
	}
}

// TestTheScriptOfAnotherVersion is that of this one, which must not be kept under the other's name.
func TestTheScriptOfAnotherVersion(t *testing.T) {
	pages := page.Must(page.New(page.Options{}))
	for _, method := range []string{http.MethodGet, http.MethodHead} {
		w := httptest.NewRecorder()
		pages.ServeHTTP(w, httptest.NewRequest(method, "/_async/fill-0123456789abcdef.js", nil))
		if w.Code != 200 || w.Header().Get("Cache-Control") != "no-store" || (w.Body.Len() > 0) != (method == http.MethodGet) {
			t.Errorf("%s: %d %v, %d bytes", method, w.Code, w.Header(), w.Body.Len())
		}
	}
}
