package page_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/infill-go/infill/async"
	"github.com/infill-go/infill/async/page"
)

// around is a look whose Value writes a hole of the same handle: a circle.
func around(ctx context.Context, h *async.Handle[string, string]) (l page.Look[string]) {
	l.Value = func(w io.Writer, v string) error {
		io.WriteString(w, "(")
		err := page.Hole(ctx, w, h, "k", l)
		io.WriteString(w, ")")
		return err
	}
	l.Error = func(w io.Writer, err error) error {
		if !strings.Contains(err.Error(), "nested deeper than Options.MaxDepth") {
			return err
		}
		return printed("too deep")(w)
	}
	return l
}

// TestACircleOfValues ends at MaxDepth with the look of an error, whether the values are there or come later.
func TestACircleOfValues(t *testing.T) {
	for set, depth := range map[int]int{0: 8, 1: 1, 3: 3} {
		t.Run(fmt.Sprint(set), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				gate := make(chan struct{})
				h := byHand(t, page.Options{Options: async.Options{MaxDepth: set}})
				v := h.gated("v", gate, "12", nil)
				write := func(ctx context.Context, w io.Writer) error { return page.Hole(ctx, w, v, "k", around(ctx, v)) }
				want := strings.Repeat("(", depth+1) + "too deep" + strings.Repeat(")", depth+1)
				h.is(h.get(write, gate), hole("1", "")+waiting, patch("1", want)+ended)
				h.is(h.get(write), "", want)
				if s := h.pages.Stats(); s.Errors != 2 || s.Unfilled != 0 {
					t.Errorf("%+v", s)
				}
				if n := strings.Count(h.log.String(), "nested deeper than Options.MaxDepth"); n != 2 {
					t.Errorf("the log tells of %d: %s", n, &h.log)
				}
			})
		})
	}
}

// TestOtherCircles, of defaults and of errors, whose look of an error for the circle itself would be a circle again: there is
// nothing in its place.
func TestOtherCircles(t *testing.T) {
	for name, failed := range map[string]bool{"defaults": false, "errors": true} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				const depth = 2
				h := byHand(t, page.Options{Options: async.Options{MaxDepth: depth}})
				gate := make(chan struct{})
				v := h.gated("v", gate, "", errors.New("oops"))
				if failed {
					close(gate)
					v.Wait(t.Context(), "k")
				}
				calls := 0
				got := h.get(func(ctx context.Context, w io.Writer) error {
					var l page.Look[string]
					l.Default = func(w io.Writer) error {
						calls++
						io.WriteString(w, "(")
						defer io.WriteString(w, ")")
						return page.Hole(ctx, w, v, "k", l)
					}
					return page.Hole(ctx, w, v, "k", l)
				})
				// So many holes, and one more that says that it is too deep, in which there is nothing.
				if text := got.shell + got.rest; calls != depth+2 || strings.Count(text, "(") != calls || strings.Count(text, ")") != calls {
					t.Errorf("%d calls: %s", calls, text)
				}
			})
		})
	}
}

// TestALookThatIsTooLong is taken back; one that is as long as it may be is not.
func TestALookThatIsTooLong(t *testing.T) {
	for set, most := range map[int64]int{0: 1 << 20, 100: 100} {
		for _, more := range []int{0, 1} {
			t.Run(fmt.Sprint(set, more), func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					gate := make(chan struct{})
					h := byHand(t, page.Options{Options: async.Options{MaxOutput: set}})
					v := h.gated("v", gate, "12", nil)
					long := strings.Repeat("x", most+more)
					l := page.Look[string]{Default: plain.Default, Value: func(w io.Writer, _ string) error { return printed(long)(w) },
						Error: func(w io.Writer, err error) error { return printed(err.Error())(w) }}
					want := long
					if more > 0 {
						want = fmt.Sprintf("page: the HTML of a hole is longer than %d bytes (Options.MaxOutput)", most)
					}
					late, now := h.get(one(v, "k", l), gate), h.get(one(v, "k", l))
					if late.rest != patch("1", want)+ended || now.rest != "<p>"+want+"</p>" {
						t.Errorf("%d and %d bytes", len(late.rest), len(now.rest))
					}
					if s := h.pages.Stats(); s.Errors != uint64(2*more) {
						t.Errorf("%+v", s)
					}
				})
			})
		}
	}
}
