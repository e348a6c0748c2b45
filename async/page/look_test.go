package page_test

import (
	"context"
	"errors"
	"io"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/infill-go/infill/async"
	"github.com/infill-go/infill/async/page"
)

// failures are the ways in which a function of a Look fails after it has written something.
var failures = map[string]func() error{
	"error": func() error { return errors.New("oh no") },
	"panic": func() error { panic("oh no") },
}

// TestLookFails where the value is there, and where it comes later: its own place shows the error, and nothing of what it
// wrote is left.
func TestLookFails(t *testing.T) {
	for name, fail := range failures {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				gate := make(chan struct{})
				h := byHand(t, page.Options{})
				v := h.gated("v", gate, "12", nil)
				broken := page.Look[string]{Default: plain.Default, Error: func(w io.Writer, err error) error {
					if !strings.Contains(err.Error(), "oh no") {
						t.Error(err)
					}
					return printed("cannot be shown")(w)
				}, Value: func(w io.Writer, v string) error {
					io.WriteString(w, "half of it")
					return fail()
				}}
				// Another look of the same key is none the worse for it.
				write := func(ctx context.Context, w io.Writer) error {
					return errors.Join(page.Hole(ctx, w, v, "k", broken), page.Hole(ctx, w, v, "k", plain))
				}
				h.is(h.get(write, gate), hole("1", "asking…")+hole("2", "asking…")+waiting, patch("1", "cannot be shown")+patch("2", "<b>12</b>")+ended)
				h.is(h.get(write), "", "cannot be shown<b>12</b>")
				if s := h.pages.Stats(); s.Errors != 2 || s.Failed != 0 {
					t.Errorf("%+v", s)
				}
				if n := strings.Count(h.log.String(), "a fragment could not be shown"); n != 2 || !strings.Contains(h.log.String(), "oh no") {
					t.Error(h.log.String())
				}
			})
		})
	}
}

// TestEveryLookFails: the place stays empty, and the page lives.
func TestEveryLookFails(t *testing.T) {
	for name, fail := range failures {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				gate := make(chan struct{})
				h := byHand(t, page.Options{})
				half := func(w io.Writer) error { io.WriteString(w, "half"); return fail() }
				l := page.Look[string]{
					Value:   func(w io.Writer, _ string) error { return half(w) },
					Default: half,
					Error:   func(w io.Writer, _ error) error { return half(w) },
				}
				v := h.gated("v", gate, "12", nil)
				h.is(h.get(one(v, "k", l), gate), "<p>"+hole("1", "")+"</p>"+waiting, patch("1", "")+ended)
				h.is(h.get(one(v, "k", l)), "", "<p></p>")
				if s := h.pages.Stats(); s.Errors != 5 { // the default's, and twice both of the others
					t.Errorf("%+v", s)
				}
			})
		})
	}
}

// nest is a look whose functions write holes.
func nest(ctx context.Context, inner *async.Handle[string, string], key string) page.Look[string] {
	return page.Look[string]{
		Value: func(w io.Writer, v string) error {
			io.WriteString(w, "<i>"+v)
			err := page.Hole(ctx, w, inner, key, plain)
			io.WriteString(w, "</i>")
			return err
		},
		Default: func(w io.Writer) error { return page.Hole(ctx, w, inner, key, plain) },
	}
}

func TestHolesInHoles(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		first, second := make(chan struct{}), make(chan struct{})
		h := byHand(t, page.Options{})
		outer, inner := h.gated("outer", first, "o", nil), h.gated("inner", second, "i", nil)
		write := func(ctx context.Context, w io.Writer) error {
			return page.Hole(ctx, w, outer, "k", nest(ctx, inner, "k"))
		}
		h.is(h.get(write, first, second), hole("1", hole("2", "asking…"))+waiting,
			patch("1", "<i>o"+hole("3", "asking…")+"</i>")+patch("3", "<b>i</b>")+ended)
		h.is(h.get(write), "", "<i>o<b>i</b></i>")
	})
}

// TestInnerHoleComesFirst, while it is in the default of the outer one.
func TestInnerHoleComesFirst(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		first, second := make(chan struct{}), make(chan struct{})
		h := byHand(t, page.Options{})
		outer, inner := h.gated("outer", second, "o", nil), h.gated("inner", first, "i", nil)
		h.is(h.get(func(ctx context.Context, w io.Writer) error {
			return page.Hole(ctx, w, outer, "k", nest(ctx, inner, "k"))
		}, first, second), hole("1", hole("2", "asking…"))+waiting, patch("2", "<b>i</b>")+patch("1", "<i>o<b>i</b></i>")+ended)
	})
}

// TestTakenBackWithItsHoles: what a failed function wrote is gone with the holes in it, for which nobody waits any more.
func TestTakenBackWithItsHoles(t *testing.T) {
	for name, fail := range failures {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				gate, never := make(chan struct{}), make(chan struct{})
				h := byHand(t, page.Options{})
				v, inner := h.gated("v", gate, "12", nil), h.gated("inner", never, "", nil)
				write := func(ctx context.Context, w io.Writer) error {
					l := plain
					l.Value = func(w io.Writer, v string) error {
						return errors.Join(page.Hole(ctx, w, inner, "k", plain), page.Status(ctx, w), fail())
					}
					return errors.Join(page.Hole(ctx, w, v, "k", l), page.Status(ctx, w))
				}
				const status = `<span role="status">`
				h.is(h.get(write, gate), hole("1", "asking…")+status+hole("2", "1 section is loading")+"</span>"+waiting,
					patch("1", "no answer")+patch("2", "All sections are loaded")+ended)
				h.is(h.get(write), "", "no answer"+status+"</span>") // the status that was taken back is not the page's
				if inner.Stats().Running != 1 {
					t.Error("the inner hole was never there")
				}
			})
		})
	}
}

// TestHoleOfAKeyThatCameUnseen: while its only hole was taken back, its signal came and was taken; the next hole of it
// must not wait for another.
func TestHoleOfAKeyThatCameUnseen(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		first, second := make(chan struct{}), make(chan struct{})
		h := byHand(t, page.Options{})
		broken, inner := h.gated("broken", first, "", nil), h.gated("inner", second, "i", nil)
		last := h.strings("last", func(context.Context, string) (string, error) { <-time.After(time.Second); return "l", nil })
		h.is(h.get(func(ctx context.Context, w io.Writer) error {
			fails, nests := plain, plain
			fails.Value = func(w io.Writer, _ string) error {
				return errors.Join(page.Hole(ctx, w, inner, "k", plain), errors.New("oh no"))
			}
			nests.Value = nest(ctx, inner, "k").Value
			return errors.Join(page.Hole(ctx, w, broken, "k", fails), page.Hole(ctx, w, last, "k", nests))
		}, first, second), hole("1", "asking…")+hole("2", "asking…")+waiting, patch("1", "no answer")+patch("2", "<i>l<b>i</b></i>")+ended)
	})
}

// TestDevelopmentTellsInItsPlace, and not before what the writer around still has.
func TestDevelopmentTellsInItsPlace(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := byHand(t, page.Options{Development: true})
		v := h.strings("v", func(context.Context, string) (string, error) { return "", errors.New("<oops> -->") })
		v.Wait(t.Context(), "k")
		h.is(h.get(buffered(one(v, "k", plain))), "", `<p><!-- async: v(&#34;k&#34;): &lt;oops&gt; --&gt; -->no answer</p>`)
	})
}
