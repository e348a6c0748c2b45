package page_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/infill-go/infill/async/page"
)

// kept is a look whose Value writes its hole to a writer that keeps all, which is passed on with all that is in it.
func kept(inner func(w io.Writer) error, swallows bool) page.Look[string] {
	l := plain
	l.Value = func(w io.Writer, _ string) error {
		var b bytes.Buffer
		err := inner(&b)
		w.Write(b.Bytes())
		if swallows {
			return nil
		}
		return err
	}
	return l
}

// TestAWriterInALookThatKeeps what is written: the look has failed and shows its error, without the mark that was to find its
// place; others that come before, after and later are none the worse for it.
func TestAWriterInALookThatKeeps(t *testing.T) {
	for _, swallows := range []bool{true, false} {
		t.Run(fmt.Sprint("swallows ", swallows), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				first, second := make(chan struct{}), make(chan struct{})
				h := byHand(t, page.Options{})
				v, other := h.gated("v", first, "12", nil), h.gated("other", second, "13", nil)
				write := func(ctx context.Context, w io.Writer) error {
					l := kept(func(w io.Writer) error { return page.Hole(ctx, w, other, "k", plain) }, swallows)
					return errors.Join(page.Hole(ctx, w, v, "k", l), page.Hole(ctx, w, v, "k", plain), page.Hole(ctx, w, other, "k", plain))
				}
				h.is(h.get(write, first, second), hole("1", "asking…")+hole("2", "asking…")+hole("3", "asking…")+waiting,
					patch("1", "no answer")+patch("2", "<b>12</b>")+patch("3", "<b>13</b>")+ended)
				h.is(h.get(write), "", "no answer<b>12</b><b>13</b>")
				if s := h.pages.Stats(); s.Errors != 2 || s.Failed != 0 {
					t.Errorf("%+v", s)
				}
			})
		})
	}
}

// TestAWriterOfThePageThatKeeps fails the page, also if a later hole has a good writer.
func TestAWriterOfThePageThatKeeps(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := byHand(t, page.Options{Development: true})
		v := h.strings("v", func(context.Context, string) (string, error) { return "12", nil })
		v.Wait(t.Context(), "k")
		got := h.get(func(ctx context.Context, w io.Writer) error {
			var b bytes.Buffer
			page.Hole(ctx, &b, v, "k", plain) // the error is swallowed
			w.Write(b.Bytes())
			return page.Hole(ctx, w, v, "k", plain)
		})
		if got.Code != 500 || !strings.Contains(got.rest, "the writer keeps what is written to it") || strings.Contains(got.rest, "<b>") {
			t.Errorf("%d %s", got.Code, got.rest)
		}
	})
}
