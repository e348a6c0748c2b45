// Package middleware_test has the pages of package page behind middleware that others use, over real connections.
package middleware_test

import (
	"context"
	"fmt"
	"html/template"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/CAFxX/httpcompression"
	"github.com/go-chi/chi/v5"
	"github.com/go-chi/chi/v5/middleware"
	"github.com/klauspost/compress/gzhttp"

	"github.com/infill-go/infill/async"
	"github.com/infill-go/infill/async/page"
)

type wrapper func(http.Handler) http.Handler

// compressing are those that compress.
func compressing(t *testing.T) map[string]wrapper {
	t.Helper()
	others, err := httpcompression.DefaultAdapter()
	if err != nil {
		t.Fatal(err)
	}
	return map[string]wrapper{
		"gzhttp":          func(h http.Handler) http.Handler { return gzhttp.GzipHandler(h) },
		"httpcompression": others,
		"chi":             middleware.Compress(5),
	}
}

// chiStack is what many programs have before their pages.
func chiStack(h http.Handler) http.Handler {
	r := chi.NewRouter()
	logger := middleware.RequestLogger(&middleware.DefaultLogFormatter{Logger: log.New(io.Discard, "", 0), NoColor: true})
	r.Use(middleware.RequestID, logger, middleware.Recoverer, middleware.Timeout(time.Hour), middleware.Throttle(10), middleware.Compress(5), middleware.Heartbeat("/ping"))
	r.Handle("/", h)
	return r
}

// served is a page of two fragments, which come when their gates are closed.
type served struct {
	one, two chan struct{}
	server   *httptest.Server
	opened   sync.Once
}

// open lets both come.
func (s *served) open() {
	s.opened.Do(func() {
		close(s.one)
		close(s.two)
	})
}

// flushes tells when the page was flushed.
type flushes struct {
	http.ResponseWriter
	then func()
}

func (w *flushes) FlushError() error {
	err := http.NewResponseController(w.ResponseWriter).Flush()
	w.then()
	return err
}

func (w *flushes) Unwrap() http.ResponseWriter { return w.ResponseWriter }

func serve(t *testing.T, wrap wrapper, http2 bool, padding int, flushed func(*served)) *served {
	t.Helper()
	g := &async.Group{}
	s := &served{one: make(chan struct{}), two: make(chan struct{})}
	for name, gate := range map[string]chan struct{}{"one": s.one, "two": s.two} {
		_, err := async.Register(g, name, func(ctx context.Context, key int) (string, error) {
			select {
			case <-gate:
				return "value of " + name, nil
			case <-ctx.Done():
				return "", ctx.Err()
			}
		}, async.Policy{})
		if err != nil {
			t.Fatal(err)
		}
	}
	text := `<!DOCTYPE html><body><p>{{.}}</p><p>{{async "one" 1 "asking one"}}</p><p>{{async "two" 1 "asking two"}}</p></body>`
	pages := page.Must(page.Bind(template.Must(template.New("page").Funcs(g.Funcs()).Parse(text)),
		page.Options{Options: async.Options{Group: g}, Window: time.Hour}))
	s.server = httptest.NewUnstartedServer(wrap(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		pages.Render(&flushes{w, func() { flushed(s) }}, r, "page", strings.Repeat("- ", padding/2))
	})))
	if s.server.EnableHTTP2 = http2; http2 {
		s.server.StartTLS()
	} else {
		s.server.Start()
	}
	t.Cleanup(func() {
		s.server.Close()
		if err := g.Close(context.Background()); err != nil {
			t.Error(err)
		}
	})
	return s
}

// TestPagesStreamThroughCompression: what has come is there before the response has ended, and before the next has come.
func TestPagesStreamThroughCompression(t *testing.T) {
	all := compressing(t)
	all["chi with much else"] = chiStack
	for name, wrap := range all {
		for _, http2 := range []bool{false, true} {
			t.Run(fmt.Sprint(name, " ", http2), func(t *testing.T) {
				t.Parallel()
				s := serve(t, wrap, http2, 2000, func(*served) {})
				response, err := s.server.Client().Get(s.server.URL)
				if err != nil {
					t.Fatal(err)
				}
				defer func() { _ = response.Body.Close() }()
				if !response.Uncompressed {
					t.Errorf("it is not compressed: %v", response.Header)
				}
				readUntil(t, response.Body, "></async-fill></div>")
				close(s.two)
				readUntil(t, response.Body, "value of two</template><async-fill></async-fill>")
				close(s.one)
				rest, err := io.ReadAll(response.Body)
				if err != nil || !strings.HasSuffix(string(rest), "value of one</template><async-fill></async-fill><async-fill end></async-fill>") {
					t.Errorf("%v: %s", err, rest)
				}
			})
		}
	}
}

// TestShortPages: what is shorter than it pays to compress may be held back by them, but comes whole, with its end.
func TestShortPages(t *testing.T) {
	for name, wrap := range compressing(t) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := serve(t, wrap, false, 0, func(s *served) { s.open() })
			response, err := s.server.Client().Get(s.server.URL)
			if err != nil {
				t.Fatal(err)
			}
			defer func() { _ = response.Body.Close() }()
			text, err := io.ReadAll(response.Body)
			if err != nil || strings.Count(string(text), ">value of ") != 2 || !strings.HasSuffix(string(text), "</template><async-fill></async-fill><async-fill end></async-fill>") {
				t.Errorf("%v: %s", err, text)
			}
		})
	}
}

// readUntil reads until the text has come, and no further.
func readUntil(t *testing.T, r io.Reader, end string) {
	t.Helper()
	var all []byte
	for one := make([]byte, 1); !strings.HasSuffix(string(all), end); all = append(all, one[0]) {
		if _, err := io.ReadFull(r, one); err != nil {
			t.Fatalf("%v after %q", err, all)
		}
	}
}
