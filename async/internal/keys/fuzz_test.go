package keys_test

import (
	"errors"
	"math"
	"net/netip"
	"reflect"
	"testing"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/infill-go/infill/async/internal/keys"
)

// pick makes a key of one of many types out of the same material, so that keys
// of two types are as alike as they can be.
func pick(kind uint8, m Mixed) any {
	choices := []any{
		m.A, Host(m.A), m.N, int(m.N), int8(m.N), uint64(m.N), uintptr(m.N), time.Duration(m.N), Port(m.N),
		m.F, float32(m.F), complex(m.F, float64(m.N)), complex64(complex(float64(m.N), m.F)), m.On, On(m.On),
		m.Arr, [2]any{m.A, m.B}, [2]string{m.A, m.B}, Words{m.A, m.B}, Words{m.B, m.A}, Pair{m.A, int(m.N)}, SamePair{m.A, int(m.N)},
		Holder{m.A}, Holder{m.N}, Holder{Holder{m.F}}, Box[any]{Words{m.A, m.B}}, Box[string]{m.A + m.B}, Code{m.A},
		time.Unix(m.N%200_000_000_000, int64(m.Arr[0])).UTC(), netip.AddrFrom4([4]byte{byte(m.N), 1, 2, 3}), m,
	}
	return choices[int(kind)%len(choices)]
}

// refused reports whether Encode was right to fail: only for what holds a NaN.
// The types of pick that have texts are equal if the texts are, so that Go's ==
// is right for all.
func refused(err error, key any) bool {
	again := key
	return err != nil && key != again
}

func FuzzRoundTrip(f *testing.F) {
	f.Add(uint8(0), "x y", "z", int64(-7), 0.5, true, uint16(1), uint16(65535))
	f.Add(uint8(12), "\xff", "", int64(math.MinInt64), math.Copysign(0, -1), false, uint16(0), uint16(0))
	f.Add(uint8(28), "\xff#\x00", "3:int", int64(math.MaxInt64), math.NaN(), false, uint16(0), uint16(0))
	f.Add(uint8(11), "\xff", "a text of more than nine bytes", int64(-1), math.Inf(-1), true, uint16(9), uint16(10))
	f.Add(uint8(12), "", "", int64(7), math.Inf(1), true, uint16(9), uint16(10))
	static, dynamic := codec[Mixed](f), codec[any](f)
	f.Fuzz(func(t *testing.T, kind uint8, a, b string, n int64, x float64, on bool, first, second uint16) {
		mixed := Mixed{a, b, n, x, on, [2]uint16{first, second}}
		key := pick(kind, mixed)
		own, err := keys.For(reflect.TypeOf(key))
		if err != nil {
			t.Fatal(err)
		}
		roundTrip(t, static, mixed)
		roundTrip(t, dynamic, key)
		roundTrip(t, own, key)
	})
}

func roundTrip(t *testing.T, c *keys.Codec, key any) {
	t.Helper()
	encoded, err := encodeBoth(t, c, key)
	if err != nil {
		if !refused(err, key) {
			t.Fatalf("Encode(%#v): %v", key, err)
		}
		return
	}
	if len(encoded) > keys.MaxLen {
		t.Fatalf("%d bytes", len(encoded))
	}
	for _, shown := range []string{c.Display(key), c.DisplayEncoded(encoded)} {
		if len(shown) > 80 || !utf8.ValidString(shown) || containsControl(shown) {
			t.Fatalf("%#v is displayed as %q", key, shown)
		}
	}
	back, err := c.Decode(encoded)
	if keys.Hashed(encoded) {
		if !errors.Is(err, keys.ErrHashed) {
			t.Fatalf("Decode(%q): %v", encoded, err)
		}
		return
	}
	if err != nil || reflect.TypeOf(back) != reflect.TypeOf(key) || back != key {
		t.Fatalf("Decode(Encode(%#v)) = %#v, %v", key, back, err)
	}
}

func containsControl(s string) bool {
	for _, r := range s {
		if unicode.IsControl(r) {
			return true
		}
	}
	return false
}

func FuzzNoCollision(f *testing.F) {
	f.Add(uint8(0), "x y", "z", int64(7), 0.0, true, uint16(1), uint16(2), uint8(0), "x", "y z", int64(7), 0.0, true, uint16(1), uint16(2))
	f.Add(uint8(18), "ab", "c", int64(7), 0.0, true, uint16(1), uint16(2), uint8(17), "a", "bc", int64(7), 0.0, true, uint16(1), uint16(2))
	f.Add(uint8(9), "a", "b", int64(7), 0.0, true, uint16(1), uint16(2), uint8(9), "a", "b", int64(7), math.Copysign(0, -1), true, uint16(1), uint16(2))
	f.Add(uint8(2), "a", "1:b", int64(7), 7.0, false, uint16(12), uint16(3), uint8(3), "a1:b", "", int64(71), 7.0, false, uint16(1), uint16(23))
	f.Add(uint8(15), "", "", int64(0), math.Inf(1), false, uint16(0), uint16(0), uint8(15), "\xff", "", int64(0), math.NaN(), false, uint16(0), uint16(0))
	static, dynamic := codec[Mixed](f), codec[any](f)
	f.Fuzz(func(t *testing.T,
		kind1 uint8, a1, b1 string, n1 int64, x1 float64, on1 bool, first1, second1 uint16,
		kind2 uint8, a2, b2 string, n2 int64, x2 float64, on2 bool, first2, second2 uint16,
	) {
		m1 := Mixed{a1, b1, n1, x1, on1, [2]uint16{first1, second1}}
		m2 := Mixed{a2, b2, n2, x2, on2, [2]uint16{first2, second2}}
		noCollision(t, static, m1, m2)
		noCollision(t, dynamic, pick(kind1, m1), pick(kind2, m2))
		// One kind, so that the types do not keep them apart.
		noCollision(t, dynamic, pick(kind1, m1), pick(kind1, m2))
		own, err := keys.For(reflect.TypeOf(pick(kind1, m1)))
		if err != nil {
			t.Fatal(err)
		}
		noCollision(t, own, pick(kind1, m1), pick(kind1, m2))
	})
}

func noCollision(t *testing.T, c *keys.Codec, a, b any) {
	t.Helper()
	x, err := encodeBoth(t, c, a)
	if refused(err, a) {
		return
	}
	y, err2 := encodeBoth(t, c, b)
	if refused(err2, b) {
		return
	}
	if err != nil || err2 != nil {
		t.Fatalf("%#v: %v; %#v: %v", a, err, b, err2)
	}
	if (x == y) != (a == b) {
		t.Fatalf("%#v (%T) is %q, %#v (%T) is %q", a, a, x, b, b, y)
	}
}

// FuzzDecode passes what someone else may have written: it is refused, or it is
// the encoding of what it decodes to.
func FuzzDecode(f *testing.F) {
	for _, test := range encodings {
		f.Add(test.want)
	}
	codecs := []*keys.Codec{
		codec[string](f), codec[int16](f), codec[uint64](f), codec[float32](f), codec[complex128](f), codec[bool](f),
		codec[Mixed](f), codec[[3]Level](f), codec[time.Time](f), codec[netip.Addr](f), codec[any](f), codec[Holder](f), codec[error](f),
	}
	f.Fuzz(func(t *testing.T, encoded string) {
		for _, c := range codecs {
			key, err := c.Decode(encoded)
			if err != nil {
				continue
			}
			if again, err := encodeBoth(t, c, key); err != nil || again != encoded {
				t.Fatalf("Encode(Decode(%q) = %#v) = %q, %v", encoded, key, again, err)
			}
		}
	})
}
