package page_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/infill-go/infill/async"
	"github.com/infill-go/infill/async/page"
)

// renderers answer with a page of a status.
var renderers = map[string]func(p *page.Pages, w http.ResponseWriter, status int){
	"Render": func(p *page.Pages, w http.ResponseWriter, status int) {
		p.RenderStatus(w, httptest.NewRequest(http.MethodGet, "/", nil), status, "page", nil)
	},
	"Respond": func(p *page.Pages, w http.ResponseWriter, status int) {
		p.RespondStatus(w, httptest.NewRequest(http.MethodGet, "/", nil), status, func(_ context.Context, w io.Writer) error {
			return printed("<p>here</p>")(w)
		})
	},
}

// TestStatusesOfPages: one that has no body, or is none, is told and not sent, since the server would panic, or wait for the
// answer that is still to come.
func TestStatusesOfPages(t *testing.T) {
	for name, render := range renderers {
		for status, good := range map[int]bool{
			200: true, 404: true, 503: true, 599: true,
			-1: false, 0: false, 100: false, 103: false, 199: false, 204: false, 304: false, 600: false, 999: false, 1000: false,
		} {
			t.Run(fmt.Sprint(name, status), func(t *testing.T) {
				pages := bind(t, quietGroup(t), `<p>here</p>`, page.Options{Development: true})
				w := httptest.NewRecorder()
				render(pages, w, status)
				if good {
					if w.Code != status || w.Body.String() != "<p>here</p>" || pages.Stats() != (page.Stats{Responses: 1}) {
						t.Errorf("%d %s %+v", w.Code, w.Body, pages.Stats())
					}
					return
				}
				text := w.Body.String()
				if w.Code != 500 || !strings.Contains(text, fmt.Sprintf("the status %d ", status)) || !strings.Contains(text, "by WriteHeader") ||
					strings.Contains(text, "here") || pages.Stats() != (page.Stats{Failed: 1}) {
					t.Errorf("%d %s %+v", w.Code, text, pages.Stats())
				}
			})
		}
	}
}

// TestZeroPages fail without a panic, and the log, which is that of the default group, says why.
func TestZeroPages(t *testing.T) {
	for name, render := range renderers {
		t.Run(name, func(t *testing.T) {
			log := logOfTheProgram(t)
			pages := new(page.Pages)
			w := httptest.NewRecorder()
			render(pages, w, 200)
			if w.Code != 500 || strings.Contains(w.Body.String(), "here") || pages.Stats() != (page.Stats{Failed: 1}) {
				t.Errorf("%d %s %+v", w.Code, w.Body, pages.Stats())
			}
			if !strings.Contains(log.String(), "these Pages are a zero value: make them by Bind or New") {
				t.Errorf("the log says %s", log)
			}
		})
	}
	for _, path := range []string{"/", "/_async/", "/_async/fill.js", "/favicon.ico"} {
		w := httptest.NewRecorder()
		new(page.Pages).ServeHTTP(w, httptest.NewRequest(http.MethodGet, path, nil))
		if w.Code != http.StatusNotFound {
			t.Errorf("%s: %d %s", path, w.Code, w.Body)
		}
	}
}

// TestALengthThatWasSetBefore is gone: the server would cut the page there, or fail to end it.
func TestALengthThatWasSetBefore(t *testing.T) {
	for name, render := range renderers {
		t.Run(name, func(t *testing.T) {
			pages := page.Must(page.New(page.Options{Options: async.Options{Group: quietGroup(t)}}))
			if name == "Render" {
				pages = bind(t, quietGroup(t), `<p>here</p>`, page.Options{})
			}
			at, client := protocols["HTTP/1.1"](t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				w.Header().Set("Content-Length", "3")
				render(pages, w, 200)
			}))
			response, err := client.Get(at)
			if err != nil {
				t.Fatal(err)
			}
			defer func() { _ = response.Body.Close() }()
			if text, err := io.ReadAll(response.Body); err != nil || string(text) != "<p>here</p>" {
				t.Errorf("%v: %s", err, text)
			}
		})
	}
}

// logOfTheProgram is what is logged by slog's default logger until the test ends.
func logOfTheProgram(t *testing.T) *bytes.Buffer {
	was, log := slog.Default(), new(bytes.Buffer)
	slog.SetDefault(slog.New(slog.NewTextHandler(log, nil)))
	t.Cleanup(func() { slog.SetDefault(was) })
	return log
}
