package keys_test

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/infill-go/infill/async/internal/keys"
)

// The generic functions take short cuts; they must lead to the same place.
func TestGeneric(t *testing.T) {
	same[string](t, "\xffx")
	same[Host](t, "web1")
	same(t, -7)
	same[int8](t, -128)
	same[Port](t, 22)
	same[uint64](t, math.MaxUint64)
	same(t, 0.5)
	same(t, true)
	same(t, Level(1))
	same(t, 1-2i)
	same(t, math.NaN())
	same(t, noon)
	same(t, Code{"c"})
	same(t, Pair{"web1", 22})
	same(t, Mixed{"a", "", -1, 0.5, true, [2]uint16{1, 65535}})
	same(t, Holder{noon})
	same(t, strings.Repeat("x", 2000))
	same(t, Words{strings.Repeat("x", 2000), ""})
	same[any](t, "7")
	same[any](t, 7)
	same[any](t, Port(7))
	same[fmt.Stringer](t, time.Second)
	// A codec of another type than K.
	sameIn[any](t, codec[string](t), "web1")
	sameIn[any](t, codec[string](t), nil)
	sameIn(t, codec[any](t), "web1")
	sameIn(t, codec[string](t), 7)
	sameIn(t, codec[string](t), Host("web1"))
	sameIn(t, codec[Host](t), "web1")
}

// The texts of complex numbers are those of strconv, also of NaN, which is shown
// though it is no key.
func TestComplexIsAsInStrconv(t *testing.T) {
	wide, narrow := codec[complex128](t), codec[complex64](t)
	parts := []float64{0, 0.1, -0.1, 1e30, -1e-30, math.Inf(1), math.Inf(-1), math.NaN()}
	for _, re := range parts {
		for _, im := range parts {
			c := complex(re, im)
			if got, want := wide.Display(c), strconv.FormatComplex(c, 'g', -1, 128); got != want {
				t.Errorf("%s, want %s", got, want)
			}
			if got, want := narrow.Display(complex64(c)), strconv.FormatComplex(c, 'g', -1, 64); got != want {
				t.Errorf("%s, want %s", got, want)
			}
		}
	}
}

func same[K comparable](t *testing.T, key K) {
	t.Helper()
	sameIn(t, codec[K](t), key)
}

func sameIn[K comparable](t *testing.T, c *keys.Codec, key K) {
	t.Helper()
	want, wantErr := encodeBoth(t, c, key)
	if got, err := keys.Encode(c, key); got != want || fmt.Sprint(err) != fmt.Sprint(wantErr) {
		t.Errorf("Encode(%#v) = %q, %v, want %q, %v", key, got, err, want, wantErr)
	}
	if got, err := keys.Transient(c, key, make([]byte, 128)); got != want || fmt.Sprint(err) != fmt.Sprint(wantErr) {
		t.Errorf("Transient(%#v) = %q, %v, want %q, %v", key, got, err, want, wantErr)
	}
}
