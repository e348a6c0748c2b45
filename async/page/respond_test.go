package page_test

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/infill-go/infill/async"
	"github.com/infill-go/infill/async/page"
)

// buffered writes a page through a writer that keeps things, as many template engines have one.
func buffered(write body) body {
	return func(ctx context.Context, w io.Writer) error {
		b := bufio.NewWriter(w)
		if err := write(ctx, b); err != nil {
			return err
		}
		return b.Flush()
	}
}

// flusher is a writer as http.Flusher has it: without an error.
type flusher struct{ *bufio.Writer }

func (f flusher) Flush() { f.Writer.Flush() }

func flushed(write body) body {
	return func(ctx context.Context, w io.Writer) error {
		f := flusher{bufio.NewWriter(w)}
		defer f.Flush()
		return write(ctx, f)
	}
}

func unbuffered(write body) body {
	return func(ctx context.Context, w io.Writer) error { return write(ctx, struct{ io.Writer }{w}) }
}

// TestWritersAround the page's are asked to pass on what they have, so that a hole is where it was written.
func TestWritersAround(t *testing.T) {
	for name, around := range map[string]func(body) body{"Flush() error": buffered, "Flush()": flushed, "keeps nothing": unbuffered} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				gate := make(chan struct{})
				h := byHand(t, page.Options{})
				v := h.gated("v", gate, "12", nil)
				write := around(func(ctx context.Context, w io.Writer) error {
					in := func(w io.Writer, look func(io.Writer) error) error {
						return around(func(_ context.Context, w io.Writer) error { return look(w) })(ctx, w)
					}
					l := page.Look[string]{ // which comes with writers of its own
						Value:   func(w io.Writer, v string) error { return in(w, printed("<b>"+v+"</b>")) },
						Default: func(w io.Writer) error { return in(w, plain.Default) },
					}
					io.WriteString(w, "<h1>")
					if err := page.Status(ctx, w); err != nil {
						return err
					}
					io.WriteString(w, "</h1>")
					return one(v, "k", l)(ctx, w)
				})
				const status = `<h1><span role="status">`
				h.is(h.get(write, gate), status+hole("1", "1 section is loading")+"</span></h1><p>"+hole("2", "asking…")+"</p>"+waiting,
					patch("2", "<b>12</b>")+patch("1", "All sections are loaded")+ended)
				h.is(h.get(write), "", status+"</span></h1><p><b>12</b></p>")
			})
		})
	}
}

// TestWriterOverAWriter that keeps what the one at hand has passed on.
func TestWriterOverAWriter(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := byHand(t, page.Options{Development: true})
		v := h.strings("v", func(context.Context, string) (string, error) { return "12", nil })
		if got := h.get(flushed(buffered(one(v, "k", plain)))); got.Code != 500 || !strings.Contains(got.rest, "keeps what is written to it") {
			t.Errorf("%d %q", got.Code, got.rest)
		}
	})
}

// TestWritersThatKeepOrSwallow cannot have holes, whether there is a value already or not.
func TestWritersThatKeepOrSwallow(t *testing.T) {
	for name, w := range map[string]io.Writer{"keeps": new(bytes.Buffer), "swallows": io.Discard} {
		for _, passedOn := range []bool{true, false} {
			for _, ready := range []bool{true, false} {
				t.Run(name, func(t *testing.T) {
					synctest.Test(t, func(t *testing.T) {
						h := byHand(t, page.Options{Development: true})
						v := h.strings("v", func(context.Context, string) (string, error) { return "12", nil })
						if ready {
							v.Wait(t.Context(), "k")
						}
						got := h.get(func(ctx context.Context, _ io.Writer) error {
							err := page.Hole(ctx, w, v, "k", plain)
							if passedOn {
								return err
							}
							return nil // a mark is in the writer, and the hole is missing
						})
						if got.Code != 500 || !strings.Contains(got.rest, "a method Flush() error") {
							t.Errorf("passed on %v, ready %v: %d %q", passedOn, ready, got.Code, got.rest)
						}
					})
				})
			}
		}
	}
}

func TestHoleOutsideOfAPage(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := byHand(t, page.Options{})
		v := h.strings("v", func(context.Context, string) (string, error) { return "12", nil })
		says := func(want string, err error) {
			t.Helper()
			if err == nil || !strings.Contains(err.Error(), want) {
				t.Errorf("%v, want %s", err, want)
			}
		}
		says("Hole was called outside of a page", page.Hole(t.Context(), io.Discard, v, "k", plain))
		says("Status was called outside of a page", page.Status(t.Context(), io.Discard))

		var after context.Context
		var w io.Writer
		h.get(func(ctx context.Context, sheet io.Writer) error {
			after, w = ctx, sheet
			says("nil Handle", page.Hole[string, string](ctx, w, nil, "k", plain))
			return nil
		})
		says("when the page was written already", page.Hole(after, w, v, "k", plain))
		says("when the page was written already", page.Status(after, w))
		if after.Err() == nil {
			t.Error("the context has not ended with the page")
		}
		if v.Stats().Runs != 0 {
			t.Error("something has run")
		}
	})
}

// TestHoleFromAnotherGoroutine, while the page is being sent.
func TestHoleFromAnotherGoroutine(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		gate := make(chan struct{})
		h := byHand(t, page.Options{})
		v := h.gated("v", gate, "12", nil)
		told := make(chan error, 1)
		h.get(func(ctx context.Context, w io.Writer) error {
			go func() {
				<-time.After(time.Second) // within the window
				told <- page.Hole(ctx, w, v, "k", plain)
				close(gate)
			}()
			return one(v, "k", plain)(ctx, w)
		})
		if err := <-told; err == nil || !strings.Contains(err.Error(), "in the same goroutine") {
			t.Error(err)
		}
	})
}

func TestBodyFails(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		never := make(chan struct{})
		h := byHand(t, page.Options{})
		v := h.gated("v", never, "12", nil)
		oops := errors.New("oops")
		fails := func(ctx context.Context, w io.Writer) error { return errors.Join(one(v, "k", plain)(ctx, w), oops) }
		got := h.get(fails)
		if got.Code != 500 || got.Flushed || got.rest != "The page could not be made. The log says why.\n" || !strings.Contains(h.log.String(), "oops") {
			t.Errorf("%d %q %s", got.Code, got.rest, &h.log)
		}
		if s := h.pages.Stats(); s.Failed != 1 || s.Responses != 0 || s.Unfilled != 0 {
			t.Errorf("%+v", s)
		}

		h = byHand(t, page.Options{Error: func(w http.ResponseWriter, r *http.Request, err error) {
			if !errors.Is(err, oops) {
				t.Error(err)
			}
			http.Error(w, "sorry", http.StatusTeapot)
		}})
		v = h.gated("v", never, "12", nil)
		if got := h.get(fails); got.Code != http.StatusTeapot || got.rest != "sorry\n" {
			t.Errorf("%d %q", got.Code, got.rest)
		}
	})
}

// TestBodyPanics: nothing is sent, nothing is left, and whoever is around can answer.
func TestBodyPanics(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := byHand(t, page.Options{})
		v := h.gated("v", make(chan struct{}), "12", nil)
		w := httptest.NewRecorder()
		func() {
			defer func() {
				if p := recover(); p != "oh no" {
					t.Errorf("recovered %v", p)
				}
			}()
			h.pages.Respond(w, httptest.NewRequest(http.MethodGet, "/", nil), func(ctx context.Context, w io.Writer) error {
				one(v, "k", plain)(ctx, w)
				panic("oh no")
			})
		}()
		if w.Body.Len() != 0 || w.Flushed {
			t.Error(w.Body)
		}
	})
}

// TestClientLeaves: the response ends, the run goes on, and that nobody waited for it is no failure.
func TestClientLeaves(t *testing.T) {
	for name, window := range map[string]struct{ budget, leaves time.Duration }{
		"before":        {time.Second, 0},
		"in the budget": {time.Second, time.Millisecond},
		"in the window": {-1, time.Millisecond},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				gate := make(chan struct{})
				h := byHand(t, page.Options{Budget: window.budget})
				v := h.gated("v", gate, "12", nil)
				ctx, leave := context.WithCancel(t.Context())
				if window.leaves == 0 {
					leave()
				} else {
					time.AfterFunc(window.leaves, leave)
				}
				got := h.serve(httptest.NewRequestWithContext(ctx, http.MethodGet, "/", nil), one(v, "k", plain))
				if strings.Contains(got.shell+got.rest, "no answer") {
					t.Errorf("%q %q", got.shell, got.rest)
				}
				if s := h.pages.Stats(); s.Left != 1 || s.Errors != 0 || s.Late != 0 {
					t.Errorf("%+v", s)
				}
				close(gate)
				if value, err := v.Wait(t.Context(), "k"); value != "12" || err != nil || v.Stats().Runs != 1 {
					t.Error(value, err, v.Stats().Runs)
				}
			})
		})
	}
}

// TestModesOfHandmadePages are those of any other.
func TestModesOfHandmadePages(t *testing.T) {
	for mode, want := range map[page.Mode]string{
		page.Whole:  "<p><b>12</b></p>",
		page.AtOnce: "<p>asking…</p>" + again,
		page.Plain:  "<p>asking…</p>",
	} {
		t.Run(mode.String(), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				h := byHand(t, page.Options{Mode: func(*http.Request) page.Mode { return mode }})
				v := h.strings("v", func(context.Context, string) (string, error) { <-time.After(5 * time.Second); return "12", nil })
				began := time.Now()
				got := h.get(one(v, "k", plain))
				h.is(got, "", want)
				if took, whole := time.Since(began), mode == page.Whole; (took == 5*time.Second) != whole || got.Flushed {
					t.Errorf("took %v, flushed %v", took, got.Flushed)
				}
				if refresh := got.Header().Get("Refresh"); (refresh == "2") != (mode == page.Plain) {
					t.Errorf("Refresh: %q", refresh)
				}
			})
		})
	}
}

func TestRespondStatus(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		gate := make(chan struct{})
		h := byHand(t, page.Options{})
		v, err := async.Register(h.group, "v", func(context.Context, string) (string, error) { <-gate; return "12", nil }, async.Policy{})
		if err != nil {
			t.Fatal(err)
		}
		w := &flushes{ResponseRecorder: httptest.NewRecorder(), gates: []chan struct{}{gate}}
		h.pages.RespondStatus(w, httptest.NewRequest(http.MethodGet, "/", nil), http.StatusNotFound, one(v, "k", plain))
		if w.Code != http.StatusNotFound || !strings.Contains(w.Body.String(), "<b>12</b>") {
			t.Errorf("%d %s", w.Code, w.Body)
		}
	})
}

// claims is a writer that says it flushes, around one that cannot.
type claims struct{ http.ResponseWriter }

func (c claims) Unwrap() http.ResponseWriter { return c.ResponseWriter }
func (c claims) Flush()                      { panic("the one within cannot flush") }

func TestWriterThatOnlyClaimsToFlush(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := byHand(t, page.Options{})
		v := h.gated("v", make(chan struct{}), "12", nil)
		w := httptest.NewRecorder()
		h.pages.Respond(claims{struct{ http.ResponseWriter }{w}}, httptest.NewRequest(http.MethodGet, "/", nil), one(v, "k", plain))
		if w.Body.String() != "<p>asking…</p>" || w.Header().Get("Refresh") != "2" {
			t.Errorf("%q %v", w.Body, w.Header())
		}
	})
}
