package page_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"golang.org/x/net/html"

	"github.com/infill-go/infill/async"
	"github.com/infill-go/infill/async/page"
)

// moody is a value with a method that its view calls.
type moody string

func (m moody) Text() string {
	if m == "panics" {
		panic("oh no: <secret>")
	}
	return string(m)
}

const moodyPage = `<p>{{async "f" "fails"}}</p><p>{{async "f" "panics"}}</p><p>{{async "f" "good"}}</p>
{{- define "f:view"}}{{.Text}}{{end}}{{define "f:default"}}wait{{end}}{{define "f:error"}}no answer{{end}}`

// moodyGroup has a fragment whose key says how its run ends, after delay.
func moodyGroup(t *testing.T, log io.Writer, delay time.Duration) *async.Group {
	t.Helper()
	g := &async.Group{Logger: slog.New(slog.NewTextHandler(log, nil))}
	t.Cleanup(func() { _ = g.Close(context.Background()) })
	_, err := async.Register(g, "f", func(_ context.Context, key string) (moody, error) {
		sleep(delay)
		if key == "fails" {
			return "", errSource
		}
		return moody(key), nil
	}, async.Policy{})
	if err != nil {
		t.Fatal(err)
	}
	return g
}

// TestAFragmentFails, and the view of another: each shows its error view in its place, whether it was there before the
// first byte or comes after it. It is logged and counted, and told in the page in development only.
func TestAFragmentFails(t *testing.T) {
	for _, delay := range []time.Duration{5 * time.Millisecond, 500 * time.Millisecond} {
		for _, development := range []bool{false, true} {
			synctest.Test(t, func(t *testing.T) {
				var log logged
				pages := bind(t, moodyGroup(t, &log, delay), moodyPage, page.Options{Development: development})
				v := get(t, pages, nil)
				pass(time.Second)
				b := browse(v.body())
				text := b.String()
				if b.problems != nil || b.unfilled() != nil || b.again || strings.Count(text, "no answer</p>") != 2 || !strings.Contains(text, "<p>good</p>") {
					t.Errorf("%v: %q\n%s", delay, b.problems, v.script())
				}
				if n := strings.Count(v.body(), "secret"); development != (n == 2) || !development && n > 0 {
					t.Errorf("%v, development %v: the errors are told %d times: %s", delay, development, n, v.body())
				}
				if s := pages.Stats(); s.Errors != 2 || s.Failed != 0 {
					t.Errorf("%v: %+v", delay, s)
				}
				if n := strings.Count(log.String(), "secret"); n != 2 {
					t.Errorf("%v: the log tells of %d: %s", delay, n, &log)
				}
			})
		}
	}
}

// TestAFailedFragmentIsThereAtOnce while it is not tried again: the page does not wait for it, and is complete.
func TestAFailedFragmentIsThereAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		pages := bind(t, moodyGroup(t, io.Discard, 0), moodyPage, page.Options{})
		get(t, pages, nil)
		v := get(t, pages, nil)
		want := "<p>no answer</p><p>no answer</p><p>good</p>"
		if !v.over() || v.body() != want || v.header.Get("Cache-Control") != "no-store" {
			t.Errorf("over %v: %s", v.over(), v.script())
		}
	})
}

// TestTheTemplateFails: a plain 500 and nothing of the page, which has already begun and has a hole.
func TestTheTemplateFails(t *testing.T) {
	broken := map[string]any{"broken": func() (string, error) { return "", errSource }, "panics": func() string { panic(errSource) }}
	tests := []struct {
		name, page  string
		development bool
		render      string
		want        string
		log         string
	}{
		{"an error", `<p>begun {{async "f" "good"}}{{broken}}</p>`, false, "page", "The page could not be made. The log says why.\n", "secret"},
		{"a panic", `<p>begun {{async "f" "good"}}{{panics}}</p>`, false, "page", "The page could not be made. The log says why.\n", "secret"},
		{"no such template", `<p></p>`, false, "pgae", "The page could not be made. The log says why.\n", "pgae"},
		{"in development", `<p>begun {{async "f" "good"}}{{broken}}</p>`, true, "page", "<secret>", "secret"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var log logged
				pages := bindWith(t, moodyGroup(t, &log, 0), broken, tt.page, page.Options{Development: tt.development})
				v := ask(t, func(w http.ResponseWriter, r *http.Request) {
					w.Header().Set("Cache-Control", "public, max-age=3600") // meant for the page
					pages.Render(w, r, tt.render, nil)
				}, nil)
				if s := v.texts("status"); len(s) != 1 || s[0] != "500" || !strings.Contains(v.body(), tt.want) || strings.Contains(v.body(), "begun") {
					t.Errorf("%s", v.script())
				}
				if h := v.header; h.Get("Content-Type") != "text/plain; charset=utf-8" || h["Cache-Control"] != nil {
					t.Errorf("headers %v", h)
				}
				if !strings.Contains(log.String(), tt.log) || !strings.Contains(log.String(), "path=/") {
					t.Errorf("the log says %s", &log)
				}
				if s := pages.Stats(); s != (page.Stats{Failed: 1}) {
					t.Errorf("%+v", s)
				}
			})
		})
	}
}

// TestOptionsError answers in place of the 500, and is given the error.
func TestOptionsError(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		answer := func(w http.ResponseWriter, r *http.Request, err error) {
			w.WriteHeader(http.StatusServiceUnavailable)
			fmt.Fprintf(w, "%s: %v", r.URL.Path, errors.Is(err, errSource))
		}
		pages := bindWith(t, moodyGroup(t, io.Discard, 0), map[string]any{"broken": func() (string, error) { return "", errSource }},
			`begun {{broken}}`, page.Options{Error: answer})
		v := get(t, pages, nil)
		if got := v.texts("status")[0] + " " + v.body(); got != "503 /: true" {
			t.Errorf("%s", got)
		}
	})
}

// TestRenderWithoutTemplates says what is wrong.
func TestRenderWithoutTemplates(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		pages := page.Must(page.New(page.Options{Development: true, Options: async.Options{Group: quietGroup(t)}}))
		v := get(t, pages, nil)
		if !strings.Contains(v.body(), "New: use Bind") {
			t.Errorf("%s", v.body())
		}
	})
}

// TestAStatus other than 200 is sent before the first byte, and the page fills in as ever.
func TestAStatus(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := quietGroup(t)
		all := register(t, g, "f")
		pages := bind(t, g, `<p>{{async "f" 1 "-"}}</p>`, page.Options{})
		v := ask(t, func(w http.ResponseWriter, r *http.Request) {
			pages.RenderStatus(w, r, http.StatusNotFound, "page", nil)
		}, nil)
		pass(time.Second)
		all.open("f", "value")
		synctest.Wait()
		if got := v.script(); !strings.Contains(got, "status 404\n[20ms] deadline in 10s\n[20ms] write <p>") || !strings.Contains(browse(v.body()).String(), "<p>value</p>") {
			t.Errorf("%s", got)
		}
	})
}

// TestAnErrorCannotEndItsComment in the page.
func TestAnErrorCannotEndItsComment(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := quietGroup(t)
		all := register(t, g, "f")
		pages := bind(t, g, `<p>{{async "f" 1}}</p>`, page.Options{Development: true})
		for _, evil := range []string{"--><b>", "--!><b>", "><b>", "-><b>", "<!--<b>"} {
			all["f"] <- outcome{err: errors.New(evil)}
			v := get(t, pages, nil)
			pass(time.Hour) // it is tried again then
			for _, n := range nodesOf(browse(v.body()).document) {
				if n.Type == html.ElementNode && n.Data == "b" {
					t.Errorf("%s: %s", evil, v.body())
				}
			}
		}
	})
}
