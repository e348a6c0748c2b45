package keys_test

import (
	"errors"
	"fmt"
	"reflect"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/infill-go/infill/async/internal/keys"
)

func TestDecodeErrors(t *testing.T) {
	// The types that some of the encodings name must have been used.
	encode(t, codec[any](t), struct{ Any error }{errLevelKey{}})
	tests := []struct {
		codec   func(t testing.TB) *keys.Codec
		encoded string
		want    string
	}{
		{codec[string], strings.Repeat("x", keys.MaxLen+1), "it has 1025 bytes, and an encoding has at most 1024"},
		{codec[string], "\xff", "a byte 0xff begins neither an escaped 0xff nor a hash"},
		{codec[string], "\xff#short", "a byte 0xff begins neither an escaped 0xff nor a hash"},
		{codec[string], "\xffx", "a byte 0xff begins neither an escaped 0xff nor a hash"},
		{codec[bool], "TRUE", "it is not in canonical form"},
		{codec[bool], "", "it is not in canonical form"},
		{codec[int], "", `strconv.ParseInt: parsing "": invalid syntax`},
		{codec[int], "07", "it is not in canonical form"},
		{codec[int], "+7", "it is not in canonical form"},
		{codec[int], "-0", "it is not in canonical form"},
		{codec[int8], "128", `strconv.ParseInt: parsing "128": value out of range`},
		{codec[uint], "-1", `strconv.ParseUint: parsing "-1": invalid syntax`},
		{codec[float64], "-0", "it is not in canonical form"},
		{codec[float64], "1.0", "it is not in canonical form"},
		{codec[float64], "0x1p-2", "it is not in canonical form"},
		{codec[float64], "NaN", "it is NaN, which equals nothing, not even itself; use a number"},
		{codec[float64], "x", `strconv.ParseFloat: parsing "x": invalid syntax`},
		{codec[complex128], "1", "it is not in canonical form"},
		{codec[complex128], "i+", `strconv.ParseComplex: parsing "i+": invalid syntax`},
		{codec[time.Time], "2026-11-21T12:00:00.0Z", "it has no text: method UnmarshalText of time.Time: the text is not what is written for the value that was read from it; pass a value that it takes"},
		{codec[time.Time], "noon", `it has no text: method UnmarshalText of time.Time: parsing time "noon" as "2006-01-02T15:04:05Z07:00": cannot parse "noon" as "2006"; pass a value that it takes`},
		{codec[OneWay], "7", "it has no text: method UnmarshalText of keys_test.OneWay: the text is not what is written for the value that was read from it; pass a value that it takes"},
		{codec[Panicker], "7", "it has no text: method UnmarshalText of keys_test.Panicker: panic: nor tomorrow; pass a value that it takes"},
		{codec[Failing], "", "it has no text: method MarshalText of keys_test.Failing: no such level; pass a value that it takes"},
		{codec[struct{}], "x", "it goes on after its end"},
		{codec[[0]int], "1:7", "it goes on after its end"},
		{codec[Pair], "", "it ends too early"},
		{codec[Pair], "4:web1", "it ends too early"},
		{codec[Pair], "4:web12:2", "it ends too early"},
		{codec[Pair], "4:web12:220:", "it goes on after its end"},
		{codec[Pair], "04:web12:22", "a part does not begin with its length and a colon"},
		{codec[Pair], "+4:web12:22", "a part does not begin with its length and a colon"},
		{codec[Pair], ":web12:22", "a part does not begin with its length and a colon"},
		{codec[Pair], "99999999999999999999:web12:22", "a part does not begin with its length and a colon"},
		{codec[[2]int], "1:72:x8", `strconv.ParseInt: parsing "x8": invalid syntax`},
		{codec[[2]int], "1:72:08", "it is not in canonical form"},
		{codec[any], "", "it ends too early"},
		{codec[any], "3:int", "it ends too early"},
		{codec[any], "3:int2:07", "it is not in canonical form"},
		{codec[any], "3:int1:70:", "it goes on after its end"},
		{codec[any], "62:" + here + "neverEver1:7", `this process has not used the type "` + here + `neverEver" in a key yet: encode one first, or use a key type that is no interface`},
		{codec[any], "3:any3:int1:7", `this process has not used the type "any" in a key yet: encode one first, or use a key type that is no interface`},
		{codec[any], "5:error3:int1:7", `this process has not used the type "error" in a key yet: encode one first, or use a key type that is no interface`},
		{codec[fmt.Stringer], "3:int1:7", "int does not implement fmt.Stringer"},
	}
	for _, test := range tests {
		t.Run(fmt.Sprintf("%.40q", test.encoded), func(t *testing.T) {
			c := test.codec(t)
			key, err := c.Decode(test.encoded)
			if key != nil || err == nil {
				t.Fatalf("Decode = %#v, %v", key, err)
			}
			if _, why, _ := strings.Cut(err.Error(), ": "); why != test.want {
				t.Errorf("error\n%v, want\n%v", why, test.want)
			}
		})
	}
}

type errLevelKey struct{}

func (errLevelKey) Error() string { return "level" }

func TestDecodeErrorNamesKeyAndType(t *testing.T) {
	_, err := codec[Pair](t).Decode("4:web1\n")
	want := `"4:web1\n" is not a key of type keys_test.Pair: it ends too early`
	if err == nil || err.Error() != want {
		t.Errorf("error %v, want %v", err, want)
	}
	if _, err := codec[Failing](t).Decode(""); !errors.Is(err, errLevel) {
		t.Errorf("the error of MarshalText is not in %v", err)
	}
}

// A type becomes known by its first use, and to every codec.
func TestDecodeKnowsUsedTypes(t *testing.T) {
	c := codec[any](t)
	typ := freshType()
	tag := fmt.Sprintf("[%d]struct{}", typ.Len())
	encoded := fmt.Sprintf("%d:%s", len(tag), tag)
	if key, err := c.Decode(encoded); err == nil {
		t.Fatalf("Decode = %#v before the first use", key)
	}
	used := reflect.Zero(typ).Interface()
	if s := encode(t, codec[Holder](t), Holder{used}); s != encoded {
		t.Fatalf("Encode = %q, want %q", s, encoded)
	}
	if key, err := c.Decode(encoded); err != nil || key != used {
		t.Errorf("Decode = %#v, %v", key, err)
	}
}

var freshLen atomic.Int32

// freshType returns a type of keys that this process has not used, also when
// tests run more than once in it.
func freshType() reflect.Type {
	return reflect.ArrayOf(int(1000+freshLen.Add(1)), reflect.TypeFor[struct{}]())
}
