package page_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/infill-go/infill/async"
	"github.com/infill-go/infill/async/page"
)

// one is a page of one hole.
func one[K comparable](h *async.Handle[K, string], key K, l page.Look[string]) body {
	return func(ctx context.Context, w io.Writer) error {
		io.WriteString(w, "<p>")
		if err := page.Hole(ctx, w, h, key, l); err != nil {
			return err
		}
		_, err := io.WriteString(w, "</p>")
		return err
	}
}

var plain = page.Look[string]{
	Value:   func(w io.Writer, v string) error { return printed("<b>" + v + "</b>")(w) },
	Default: printed("asking…"),
	Error:   func(w io.Writer, err error) error { return printed("no answer")(w) },
}

func TestHoleIsFilledLater(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		gate := make(chan struct{})
		h := byHand(t, page.Options{})
		v := h.gated("v", gate, "12 °C", nil)
		h.is(h.get(one(v, "k", plain), gate), "<p>"+hole("1", "asking…")+"</p>"+waiting, patch("1", "<b>12 °C</b>")+ended)

		got := h.get(one(v, "k", plain))
		h.is(got, "", "<p><b>12 °C</b></p>") // it is remembered
		if s := h.pages.Stats(); s.Late != 1 || s.Streamed != 1 || s.Responses != 2 || s.Unfilled != 0 || s.Errors != 0 {
			t.Errorf("%+v", s)
		}
		if timing := got.Header().Get("Server-Timing"); !strings.Contains(timing, "ready;desc=1") {
			t.Error(timing)
		}
	})
}

// TestHoleWithinTheBudget: what comes in time stands there as if it had always been there.
func TestHoleWithinTheBudget(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := byHand(t, page.Options{})
		v := h.strings("v", func(context.Context, string) (string, error) { <-time.After(time.Millisecond); return "12", nil })
		h.is(h.get(one(v, "k", plain)), "", "<p><b>12</b></p>")
		if s := h.pages.Stats(); s.Waited != 1 {
			t.Errorf("%+v", s)
		}
	})
}

func TestHoleOfAFailure(t *testing.T) {
	oops := errors.New("oops")
	for name, look := range map[string]struct {
		page.Look[string]
		want string
	}{
		"with a look":    {plain, "no answer"},
		"without a look": {page.Look[string]{Default: plain.Default}, "asking…"},
		"without any":    {page.Look[string]{}, ""},
		"with its error": {page.Look[string]{Error: func(w io.Writer, err error) error {
			if !errors.Is(err, oops) {
				return err
			}
			return printed("it was oops")(w)
		}}, "it was oops"},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				gate := make(chan struct{})
				h := byHand(t, page.Options{})
				v := h.gated("v", gate, "", oops)
				late := h.get(one(v, "k", look.Look), gate)
				if want := patch("1", look.want) + ended; late.rest != want {
					t.Errorf("%q, want %q", late.rest, want)
				}
				// In its back-off there is nothing to wait for.
				h.is(h.get(one(v, "k", look.Look)), "", "<p>"+look.want+"</p>")
				if s := h.pages.Stats(); s.Errors != 2 || s.Waited != 0 {
					t.Errorf("%+v", s)
				}
				if s := v.Stats(); s.Runs != 1 {
					t.Errorf("%d runs", s.Runs)
				}
			})
		})
	}
}

func TestValueWithoutLookIsEscaped(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		gate := make(chan struct{})
		h := byHand(t, page.Options{})
		v := h.gated("v", gate, `<script>"x"</script>`, nil)
		const want = "&lt;script&gt;&#34;x&#34;&lt;/script&gt;"
		h.is(h.get(one(v, "k", page.Look[string]{}), gate), "<p>"+hole("1", "")+"</p>"+waiting, patch("1", want)+ended)
		h.is(h.get(one(v, "k", page.Look[string]{})), "", "<p>"+want+"</p>")
	})
}

// TestSameKeyTwice has one run and shows one version, whatever is put meanwhile.
func TestSameKeyTwice(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := byHand(t, page.Options{})
		v := h.strings("v", func(context.Context, string) (string, error) { return "new", nil })
		v.Put("k", "old")
		h.is(h.get(func(ctx context.Context, w io.Writer) error {
			err := page.Hole(ctx, w, v, "k", plain)
			v.Put("k", "new")
			return errors.Join(err, page.Hole(ctx, w, v, "k", plain))
		}), "", "<b>old</b><b>old</b>")

		gate := make(chan struct{})
		slow := h.gated("slow", gate, "12", nil)
		twice := func(ctx context.Context, w io.Writer) error {
			return errors.Join(page.Hole(ctx, w, slow, "k", plain), page.Hole(ctx, w, slow, "k", page.Look[string]{}))
		}
		h.is(h.get(twice, gate), hole("1", "asking…")+hole("2", "")+waiting, patch("1", "<b>12</b>")+patch("2", "12")+ended)
		if s := slow.Stats(); s.Runs != 1 {
			t.Errorf("%d runs", s.Runs)
		}
	})
}

// TestKeysThatAreNone spoil their own place, and at once.
func TestKeysThatAreNone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := byHand(t, page.Options{})
		floats, err := async.Register(h.group, "float", func(context.Context, float64) (string, error) { return "!", nil }, async.Policy{})
		if err != nil {
			t.Fatal(err)
		}
		anything, err := async.Register(h.group, "any", func(context.Context, any) (string, error) { return "!", nil }, async.Policy{})
		if err != nil {
			t.Fatal(err)
		}
		for _, write := range []body{
			one(floats, math.NaN(), plain), one[any](anything, nil, plain), one[any](anything, []int{1}, plain),
			one[any](anything, func() {}, plain), one[any](anything, [1]any{[]int{1}}, plain),
		} {
			h.is(h.get(write), "", "<p>no answer</p>")
		}
		if floats.Stats().Runs+anything.Stats().Runs != 0 {
			t.Error("something has run")
		}
		if s := h.pages.Stats(); s.Errors != 5 {
			t.Errorf("%+v", s)
		}
	})
}

// hooked is a key that does something whenever it is encoded.
type hooked struct{ Name string }

var whenEncoded atomic.Pointer[func()]

func (k hooked) MarshalText() ([]byte, error) {
	if f := whenEncoded.Load(); f != nil {
		(*f)()
	}
	return []byte(k.Name), nil
}

func (k *hooked) UnmarshalText(b []byte) error { k.Name = string(b); return nil }

// TestValueThatComesBetweenTheLooks: Hole asks Get, which knows of none; the run ends; Hole asks for a failure, and there is
// the value.
func TestValueThatComesBetweenTheLooks(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := byHand(t, page.Options{})
		var gate atomic.Pointer[chan struct{}]
		v, err := async.Register(h.group, "v", func(ctx context.Context, k hooked) (string, error) {
			<-*gate.Load()
			return "value of " + k.Name, nil
		}, async.Policy{})
		if err != nil {
			t.Fatal(err)
		}
		defer whenEncoded.Store(nil)
		// How often Get encodes the key is its own affair: the run ends before each time in turn.
		between := 0
		for n := int32(1); n < 7; n++ {
			shut := make(chan struct{})
			gate.Store(&shut)
			var times atomic.Int32
			open := func() {
				if times.Add(1) == n {
					close(shut)
					synctest.Wait()
				}
			}
			whenEncoded.Store(&open)
			got := h.get(func(ctx context.Context, w io.Writer) error {
				defer whenEncoded.Store(nil)
				return page.Hole(ctx, w, v, hooked{fmt.Sprint(n)}, plain)
			})
			want := fmt.Sprintf("<b>value of %d</b>", n)
			switch {
			case times.Load() < n:
				close(shut)
				synctest.Wait()
			case got.rest == want: // at once, and not from a stream
				between++
			case !strings.Contains(got.rest, want):
				t.Errorf("%d: %q %q, want %q", n, got.shell, got.rest, want)
			}
		}
		if between == 0 {
			t.Error("no run has ended between the looks: the test tests nothing")
		}
	})
}

// TestRefusedRunIsAnError that its look can tell from others.
func TestRefusedRunIsAnError(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := byHand(t, page.Options{})
		v := h.strings("v", func(context.Context, string) (string, error) { return "!", nil })
		h.group.Close(t.Context())
		h.is(h.get(one(v, "k", page.Look[string]{Error: func(w io.Writer, err error) error {
			return printed(fmt.Sprint(errors.Is(err, async.ErrClosed)))(w)
		}})), "", "<p>true</p>")
	})
}

// TestLookThatLooksAtTheRequest: what is captured is the page's, and Respond has not returned.
func TestLookThatLooksAtTheRequest(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		gate := make(chan struct{})
		h := byHand(t, page.Options{})
		v := h.gated("v", gate, "12", nil)
		r := httptest.NewRequest(http.MethodGet, "/?lang=de", nil)
		got := h.serve(r, func(ctx context.Context, w io.Writer) error {
			return page.Hole(ctx, w, v, "k", page.Look[string]{Value: func(w io.Writer, v string) error {
				return printed(v + r.FormValue("lang") + fmt.Sprint(ctx.Err()))(w)
			}})
		}, gate)
		h.is(got, hole("1", "")+waiting, patch("1", "12de<nil>")+ended)
	})
}
