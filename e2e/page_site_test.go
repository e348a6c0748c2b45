package e2e_test

import (
	"context"
	"errors"
	"html/template"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/infill-go/infill/async"
	"github.com/infill-go/infill/async/page"
)

// strictPolicy allows nothing inline, and no markup made from strings. Violations are reported, since not every browser can be
// asked for them.
const strictPolicy = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; " +
	"require-trusted-types-for 'script'; report-uri /violations"

// forever is longer than any test; nothing ends by itself.
const forever = 10 * time.Minute

// site is a program whose pages are sent by package page, and whose fragments complete when the test says so.
type site struct {
	URL    string // without a slash at the end
	server *httptest.Server
	pages  *page.Pages
	visits atomic.Int32    // how often a page was asked for that fills in
	script chan struct{}   // closed when the script may go
	cut    <-chan struct{} // has one for each connection that a proxy has cut

	mu         sync.Mutex
	gates      map[string]*gate
	violations []string
}

// gate is what a fragment waits for, for one key. Its outcome is set before it is opened.
type gate struct {
	open  chan struct{}
	value string
	err   error
}

// startSite starts a site that ends with the test. Its script is served, and its window ends, if the options do not say
// otherwise, never.
func startSite(t *testing.T, o page.Options) *site {
	t.Helper()
	group := &async.Group{Logger: slog.New(slog.DiscardHandler)}
	s := &site{gates: make(map[string]*gate), script: make(chan struct{})}
	for _, name := range []string{"text", "title", "rows", "options", "drawing", "outer"} {
		_, err := async.Register(group, name, s.fragment, async.Policy{Timeout: forever, Backoff: forever, MaxBackoff: forever})
		if err != nil {
			t.Fatal(err)
		}
	}
	o.Group = group
	o.Budget = -1
	if o.Window == 0 {
		o.Window = forever
	}
	set, err := template.New("").Funcs(group.Funcs()).ParseFiles("testdata/board.html")
	if err != nil {
		t.Fatal(err)
	}
	if s.pages, err = page.Bind(set, o); err != nil {
		t.Fatal(err)
	}
	s.server = httptest.NewServer(s.handler())
	s.URL = s.server.URL
	t.Cleanup(func() {
		s.server.CloseClientConnections() // which ends the pages that are open
		s.server.Close()
		atOnce, cancel := context.WithCancel(context.Background())
		cancel()
		_ = group.Close(atOnce) // the error names what was not released
	})
	return s
}

func (s *site) handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /board", func(w http.ResponseWriter, r *http.Request) { s.servePage(w, r, "board.html", nil) })
	mux.HandleFunc("GET /open", func(w http.ResponseWriter, r *http.Request) { s.servePage(w, r, "open.html", nil) })
	mux.HandleFunc("GET /cut", func(w http.ResponseWriter, r *http.Request) { s.servePage(w, r, "cut.html", s.visits.Load()+1) })
	mux.HandleFunc("GET /boost", func(w http.ResponseWriter, r *http.Request) { s.pages.Render(w, r, "boost.html", nil) })
	mux.HandleFunc("GET /_async/", s.serveScript)
	for name, path := range map[string]string{"watch.js": "internal/wire/watch.js", "boost.js": "testdata/boost.js", "hurry.js": "testdata/hurry.js", "board.css": "testdata/board.css"} {
		mux.HandleFunc("GET /"+name, func(w http.ResponseWriter, r *http.Request) { http.ServeFile(w, r, path) })
	}
	mux.HandleFunc("GET /favicon.ico", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNoContent) })
	mux.HandleFunc("POST /violations", s.noteViolation)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Security-Policy", strictPolicy)
		mux.ServeHTTP(w, r)
	})
}

func (s *site) servePage(w http.ResponseWriter, r *http.Request, name string, data any) {
	s.visits.Add(1)
	s.pages.Render(w, r, name, data)
}

// serveScript serves the one script, when it may go.
func (s *site) serveScript(w http.ResponseWriter, r *http.Request) {
	select {
	case <-s.script:
		s.pages.ServeHTTP(w, r)
	case <-r.Context().Done():
	}
}

func (s *site) noteViolation(_ http.ResponseWriter, r *http.Request) {
	report, err := io.ReadAll(r.Body)
	// A browser may want the page's icon, and be refused.
	if text := string(report); err != nil || !strings.Contains(text, "favicon") {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.violations = append(s.violations, text)
	}
}

// fragment is the function of every fragment.
func (s *site) fragment(ctx context.Context, key string) (string, error) {
	g := s.gate(key)
	select {
	case <-g.open:
		return g.value, g.err
	case <-ctx.Done():
		return "", context.Cause(ctx)
	}
}

func (s *site) gate(key string) *gate {
	s.mu.Lock()
	defer s.mu.Unlock()
	g := s.gates[key]
	if g == nil {
		g = &gate{open: make(chan struct{})}
		s.gates[key] = g
	}
	return g
}

// release lets a fragment complete for a key.
func (s *site) release(key, value string) {
	g := s.gate(key)
	g.value = value
	close(g.open)
}

// fail lets it fail.
func (s *site) fail(key string) {
	g := s.gate(key)
	g.err = errors.New("on purpose")
	close(g.open)
}

// releaseScript answers all requests for the script. It is called once.
func (s *site) releaseScript() { close(s.script) }

// seenViolations are those that browsers have reported.
func (s *site) seenViolations() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]string(nil), s.violations...)
}

// address is where the site listens.
func (s *site) address() string { return s.server.Listener.Addr().String() }
