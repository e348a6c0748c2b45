package page_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/infill-go/infill/async"
	"github.com/infill-go/infill/async/page"
)

func goesWrong(io.Writer, string) error { panic("oh <secret>") }

// TestALookThatPanics: Error is given the panic with its stack, which is in the log and not in the page.
func TestALookThatPanics(t *testing.T) {
	for _, development := range []bool{false, true} {
		synctest.Test(t, func(t *testing.T) {
			gate := make(chan struct{})
			h := byHand(t, page.Options{Development: development})
			v := h.gated("v", gate, "12", nil)
			l := page.Look[string]{Value: goesWrong, Error: func(w io.Writer, err error) error {
				var p *async.PanicError
				if !errors.As(err, &p) || p.Value != "oh <secret>" || !strings.Contains(string(p.Stack), "goesWrong") {
					t.Errorf("%#v", err)
				}
				return printed("cannot be shown")(w)
			}}
			late, now := h.get(one(v, "k", l), gate), h.get(one(v, "k", l))
			for _, text := range []string{late.rest, now.rest} {
				if !strings.Contains(text, "cannot be shown") || strings.Contains(text, "goesWrong") || strings.Contains(text, "secret") != development {
					t.Errorf("development %v: %s", development, text)
				}
			}
			if n := strings.Count(h.log.String(), "stack="); n != 2 || !strings.Contains(h.log.String(), "goesWrong") {
				t.Errorf("%d stacks: %s", n, &h.log)
			}
		})
	}
}

// TestErrAbortHandler passes on to the server, for which it is meant, from a look that is called at once and from a late one.
func TestErrAbortHandler(t *testing.T) {
	for _, late := range []bool{false, true} {
		synctest.Test(t, func(t *testing.T) {
			h := byHand(t, page.Options{MaxStreams: 1})
			gate := make(chan struct{})
			v := h.gated("v", gate, "12", nil)
			aborts := page.Look[string]{
				Value: func(io.Writer, string) error { panic(http.ErrAbortHandler) },
				Error: func(io.Writer, error) error { t.Error("Error was called"); return nil },
			}
			gates := []chan struct{}{gate}
			if !late {
				close(gate)
				v.Wait(t.Context(), "k")
				gates = nil
			}
			func() {
				defer func() {
					if p := recover(); p != http.ErrAbortHandler {
						t.Errorf("late %v: recovered %v", late, p)
					}
				}()
				h.get(one(v, "k", aborts), gates...)
				t.Errorf("late %v: it has returned", late)
			}()
			other := make(chan struct{}) // for which the place of the one that was held open must be free
			h.is(h.get(one(h.gated("other", other, "1", nil), "k", plain), other), "<p>"+hole("1", "asking…")+"</p>"+waiting, patch("1", "<b>1</b>")+ended)
		})
	}
}

// TestStatusInALook is an error, whatever the look is of.
func TestStatusInALook(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		gate := make(chan struct{})
		h := byHand(t, page.Options{})
		v := h.gated("v", gate, "12", nil)
		var told []string
		write := func(ctx context.Context, w io.Writer) error {
			says := func(w io.Writer) error {
				if err := page.Status(ctx, w); err != nil {
					told = append(told, err.Error())
				}
				return nil
			}
			return one(v, "k", page.Look[string]{Default: says, Value: func(w io.Writer, _ string) error { return says(w) }})(ctx, w)
		}
		h.is(h.get(write, gate), "<p>"+hole("1", "")+"</p>"+waiting, patch("1", "")+ended)
		h.is(h.get(write), "", "<p></p>")
		if len(told) != 3 || !strings.Contains(told[0], "call it in the function of Pages.Respond itself") || told[1] != told[0] || told[2] != told[0] {
			t.Errorf("%q", told)
		}
	})
}
