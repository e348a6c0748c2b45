package keys_test

import (
	"errors"
	"fmt"
	"math"
	"net/netip"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/infill-go/infill/async/internal/keys"
)

const here = "github.com/infill-go/infill/async/internal/keys_test."

var (
	noon    = time.Date(2026, 11, 21, 12, 0, 0, 5, time.UTC)
	address = netip.MustParseAddr("192.0.2.1")
	negZero = math.Copysign(0, -1)
)

// The encodings are written out: they are stored and sent, so that a change of
// one is a change for every instance that runs.
var encodings = []struct {
	codec func(t testing.TB) *keys.Codec
	key   any
	want  string
}{
	{codec[string], "", ""},
	{codec[string], "web1", "web1"},
	{codec[string], "a:b 3:c", "a:b 3:c"},
	{codec[string], "nul\x00 and \xc3\x28", "nul\x00 and \xc3\x28"},
	{codec[string], "\xff", "\xff\xff"},
	{codec[string], "\xff#" + strings.Repeat("h", 32), "\xff\xff#" + strings.Repeat("h", 32)},
	{codec[string], "é\xff", "é\xff"},
	{codec[Host], Host("web1"), "web1"},
	{codec[bool], true, "true"},
	{codec[bool], false, "false"},
	{codec[On], On(true), "true"},
	{codec[int], 0, "0"},
	{codec[int], -7, "-7"},
	{codec[int8], int8(math.MinInt8), "-128"},
	{codec[int16], int16(math.MaxInt16), "32767"},
	{codec[int32], 'x', "120"},
	{codec[int64], int64(math.MinInt64), "-9223372036854775808"},
	{codec[uint], uint(7), "7"},
	{codec[uint8], uint8(255), "255"},
	{codec[Port], Port(65535), "65535"},
	{codec[uint32], uint32(1), "1"},
	{codec[uint64], uint64(math.MaxUint64), "18446744073709551615"},
	{codec[uintptr], uintptr(9), "9"},
	{codec[time.Duration], time.Second, "1000000000"},
	{codec[float64], 0.1, "0.1"},
	{codec[float64], 1e100, "1e+100"},
	{codec[float64], math.Inf(-1), "-Inf"},
	{codec[float64], math.SmallestNonzeroFloat64, "5e-324"},
	{codec[float32], float32(0.1), "0.1"},
	{codec[Ratio], Ratio(math.MaxFloat32), "3.4028235e+38"},
	{codec[complex128], 1 - 2i, "(1-2i)"},
	{codec[complex128], complex(math.Inf(1), math.Inf(-1)), "(+Inf-Infi)"},
	{codec[complex64], complex64(complex(0.1, 0)), "(0.1+0i)"},
	{codec[time.Time], noon, "2026-11-21T12:00:00.000000005Z"},
	{codec[netip.Addr], address, "192.0.2.1"},
	{codec[netip.Addr], netip.Addr{}, ""},
	{codec[Level], Level(1), "high"},
	{codec[Code], Code{"\xffc"}, "\xff\xffc"},
	{codec[struct{}], struct{}{}, ""},
	{codec[[0]int], [0]int{}, ""},
	{codec[[math.MaxInt]struct{}], [math.MaxInt]struct{}{}, ""},
	{codec[[3]struct{ E [0]string }], [3]struct{ E [0]string }{}, ""},
	{codec[[2]int], [2]int{7, -12}, "1:73:-12"},
	{codec[Pair], Pair{"web1", 22}, "4:web12:22"},
	{codec[Pair], Pair{}, "0:1:0"},
	{codec[Words], Words{"x y", "z"}, "3:x y1:z"},
	{codec[Words], Words{"x", "y z"}, "1:x3:y z"},
	{codec[Words], Words{"1:x", ""}, "3:1:x0:"},
	{codec[Mixed], Mixed{"a", "", -1, 0.5, true, [2]uint16{1, 65535}}, "1:a0:2:-13:0.54:true1:15:65535"},
	{codec[[2]Level], [2]Level{0, 1}, "3:low4:high"},
	{codec[struct{ Host }], struct{ Host }{"web1"}, "4:web1"},
	{codec[struct {
		time.Time
		Host string
	}], struct {
		time.Time
		Host string
	}{noon, "web1"}, "30:2026-11-21T12:00:00.000000005Z4:web1"},
	{codec[any], "web1", "6:string4:web1"},
	{codec[any], "", "6:string0:"},
	{codec[any], 7, "3:int1:7"},
	{codec[any], int64(7), "5:int641:7"},
	{codec[any], byte(7), "5:uint81:7"},
	{codec[any], Port(7), "57:" + here + "Port1:7"},
	{codec[any], noon, "9:time.Time30:2026-11-21T12:00:00.000000005Z"},
	{codec[any], [2]int{7, 8}, "6:[2]int1:71:8"},
	{codec[any], struct{}{}, "8:struct{}"},
	{codec[any], struct {
		A Port `x:"y"`
		Host
	}{1, "h"}, "136:struct{A " + here + `Port "x:\"y\""; ` + here + "Host}1:11:h"},
	{codec[any], Holder{Holder{7}}, "59:" + here + "Holder59:" + here + "Holder3:int1:7"},
	{codec[fmt.Stringer], time.Second, "13:time.Duration10:1000000000"},
	{codec[Holder], Holder{"7"}, "6:string1:7"},
	{codec[[2]any], [2]any{true, 1i}, "4:bool4:true10:complex1286:(0+1i)"},
}

func TestRoundTrip(t *testing.T) {
	for _, test := range encodings {
		t.Run(fmt.Sprintf("%T %.40q", test.key, test.want), func(t *testing.T) {
			c := test.codec(t)
			got := encode(t, c, test.key)
			if got != test.want {
				t.Errorf("Encode = %q, want %q", got, test.want)
			}
			back, err := c.Decode(got)
			if err != nil {
				t.Fatal(err)
			}
			if back != test.key {
				t.Errorf("Decode = %#v, want %#v", back, test.key)
			}
		})
	}
}

// values in groups: those of one group are equal in Go, those of two are not.
var groups = [][]any{
	{"7"}, {Host("7")}, {""}, {"\x00"}, {"\xff"}, {"\xff\xff"}, {"3:int1:7"},
	{7}, {int8(7)}, {int16(7)}, {int32(7), '\a'}, {int64(7)}, {time.Duration(7)},
	{uint(7)}, {uint8(7), byte(7)}, {uint16(7)}, {Port(7)}, {uint32(7)}, {uint64(7)}, {uintptr(7)},
	{-7}, {0}, {true}, {false}, {On(true)}, {"true"},
	{7.0}, {float32(7)}, {Ratio(7)}, {0.0, negZero}, {float32(0), float32(negZero)}, {math.Inf(1)}, {math.Inf(-1)},
	{7 + 0i}, {complex64(7)}, {0i, complex(negZero, 0), complex(0, negZero), complex(negZero, negZero)}, {complex(0, math.Inf(1))},
	{[1]int{7}}, {[1]any{7}}, {[1]any{int64(7)}}, {[2]int{7, 0}}, {[2]string{"x y", "z"}}, {[2]string{"x", "y z"}},
	{[0]int{}}, {[0]string{}}, {struct{}{}}, {[1]float64{0}, [1]float64{negZero}},
	{Pair{"a", 1}}, {SamePair{"a", 1}}, {Pair{"a1", 1}}, {Words{"a", "1"}}, {Words{"", "a1"}}, {Words{"a1", ""}},
	{struct{ V int }{7}}, {struct{ W int }{7}}, {struct {
		V int `tag:""`
	}{7}},
	{struct{ Host }{"h"}}, {struct{ Host Host }{"h"}},
	{Box[int]{7}}, {Box[int64]{7}}, {Box[Host]{"7"}}, {Box[any]{7}}, {Box[any]{Box[any]{7}}},
	{Holder{7}}, {Holder{"7"}}, {Holder{Holder{7}}},
	{noon, noon.Local().UTC()}, {noon.Add(1)}, {address}, {Level(0)}, {Level(1)}, {Code{"7"}}, {Code{""}},
	{localA(7)}, {localB(7)}, {[1]any{localA(7)}}, {[1]any{localB(7)}}, {localArrayA()}, {localArrayB()},
}

func localA(n int) any { type local int; return local(n) }
func localB(n int) any { type local int; return local(n) }

// Types made of types that share a name.
func localArrayA() any { type local int; return [1]local{7} }
func localArrayB() any { type local int; return [1]local{7} }

// TestEquality holds every value against every other, as an any and, where the
// types are the same, in a codec of their own type.
func TestEquality(t *testing.T) {
	dynamic := codec[any](t)
	for i, left := range groups {
		for j, right := range groups {
			for _, a := range left {
				for _, b := range right {
					if (a == b) != (i == j) {
						t.Fatalf("the groups are wrong about %#v (%T) and %#v (%T)", a, a, b, b)
					}
					sameEncoding(t, dynamic, a, b, i == j)
					if reflect.TypeOf(a) == reflect.TypeOf(b) {
						own, err := keys.For(reflect.TypeOf(a))
						if err != nil {
							t.Fatal(err)
						}
						sameEncoding(t, own, a, b, i == j)
					}
				}
			}
		}
	}
}

func sameEncoding(t *testing.T, c *keys.Codec, a, b any, want bool) {
	t.Helper()
	if x, y := encode(t, c, a), encode(t, c, b); (x == y) != want {
		t.Errorf("%#v (%T) is %q, %#v (%T) is %q: same = %t, want %t", a, a, x, b, b, y, x == y, want)
	}
}

// Types with MarshalText are equal if their texts are.
func TestTextDecidesEquality(t *testing.T) {
	c := codec[time.Time](t)
	zone := time.FixedZone("", 3600)
	sameEncoding(t, c, time.Now(), time.Now().Add(time.Second), false)
	sameEncoding(t, c, noon, noon.In(zone), false)
	now := time.Now()
	sameEncoding(t, c, now, now.Round(0), true)
	sameEncoding(t, c, noon.In(zone), noon.In(time.FixedZone("other", 3600)), true)
}

// MarshalText may be promoted from an embedded field; then it must not decide
// for the whole struct.
func TestPromotedMethodsDoNotHideFields(t *testing.T) {
	type Event struct {
		time.Time
		Host string
	}
	sameEncoding(t, codec[Event](t), Event{noon, "web1"}, Event{noon, "web2"}, false)
}

type (
	Failing  struct{ F bool }
	Panicker int
	OneWay   int
	Nested   struct{ List [2]Holder }
)

func (Failing) MarshalText() ([]byte, error)  { return nil, errLevel }
func (*Failing) UnmarshalText([]byte) error   { return nil }
func (Panicker) MarshalText() ([]byte, error) { panic("no text today") }
func (*Panicker) UnmarshalText([]byte) error  { panic("nor tomorrow") }

// OneWay reads every text as 0.
func (o OneWay) MarshalText() ([]byte, error) { return fmt.Append(nil, int(o)), nil }
func (o *OneWay) UnmarshalText([]byte) error  { *o = 0; return nil }

func TestEncodeErrors(t *testing.T) {
	const noPointer = "is a pointer, which equals no other pointer to an equal value; use the value, or what identifies it, such as its ID"
	deep := any(7)
	for range 32 {
		deep = Link{deep}
	}
	tests := []struct {
		codec func(t testing.TB) *keys.Codec
		key   any
		want  string
	}{
		{codec[float64], math.NaN(), "a key of type float64 cannot be encoded: it is NaN, which equals nothing, not even itself; use a number"},
		{codec[Ratio], Ratio(math.NaN()), "a key of type keys_test.Ratio cannot be encoded: it is NaN, which equals nothing, not even itself; use a number"},
		{codec[complex128], complex(math.Inf(1), math.NaN()), "a key of type complex128 cannot be encoded: it is NaN, which equals nothing, not even itself; use a number"},
		{codec[complex64], complex64(complex(math.NaN(), 0)), "a key of type complex64 cannot be encoded: it is NaN, which equals nothing, not even itself; use a number"},
		{codec[Mixed], Mixed{F: math.NaN()}, "a key of type keys_test.Mixed cannot be encoded: its field F (float64) is NaN, which equals nothing, not even itself; use a number"},
		{codec[[2][1]float32], [2][1]float32{1: {float32(math.NaN())}}, "a key of type [2][1]float32 cannot be encoded: its element [1][0] (float32) is NaN, which equals nothing, not even itself; use a number"},
		{codec[any], math.NaN(), "a key of type any cannot be encoded: it is NaN, which equals nothing, not even itself; use a number"},
		{codec[Nested], Nested{[2]Holder{{1}, {nil}}}, "a key of type keys_test.Nested cannot be encoded: its field List[1].Any (any) is nil; set it"},
		{codec[Holder], Holder{&Pair{}}, "a key of type keys_test.Holder cannot be encoded: its field Any (any) holds a value of type *keys_test.Pair, which cannot be a key: it " + noPointer},
		{codec[Holder], Holder{Box[*int]{}}, "a key of type keys_test.Holder cannot be encoded: its field Any (any) holds a value of type keys_test.Box[*int], which cannot be a key: its field V (*int) " + noPointer},
		{codec[Failing], Failing{}, "a key of type keys_test.Failing cannot be encoded: it has no text: method MarshalText of keys_test.Failing: no such level; pass a value that it takes"},
		{codec[[1]Panicker], [1]Panicker{}, "a key of type [1]keys_test.Panicker cannot be encoded: its element [0] (keys_test.Panicker) has no text: method MarshalText of keys_test.Panicker: panic: no text today; pass a value that it takes"},
		{codec[any], deep, "a key of type any cannot be encoded: its field " + strings.Repeat("Next.", 31) + "Next (any) is an interface inside 32 others; use what identifies the innermost value"},
		{codec[any], nil, "nil is no key of type any: pass a value; a field that is not set and a map entry that is not there are nil"},
		{codec[string], nil, "nil is no key of type string: pass a value; a field that is not set and a map entry that is not there are nil"},
		{codec[string], Host("web1"), "a value of type keys_test.Host is no key of type string: call Convert first"},
		{codec[Host], "web1", "a value of type string is no key of type keys_test.Host: call Convert first"},
		{codec[int], int64(7), "a value of type int64 is no key of type int: convert it in Go"},
		{codec[fmt.Stringer], 7, "a value of type int is no key of type fmt.Stringer: it does not implement fmt.Stringer"},
		{codec[any], []int{7}, "a value of type []int is no key of type any: it is a slice, which Go cannot compare; use an array of fixed length, or a string made of its elements"},
		{codec[any], &Pair{}, "a value of type *keys_test.Pair is no key of type any: pass the value or one of its fields, as in .Name"},
	}
	for _, test := range tests {
		t.Run(test.want, func(t *testing.T) {
			s, err := encodeBoth(t, test.codec(t), test.key)
			if s != "" || err == nil || err.Error() != test.want {
				t.Errorf("Encode = %q, error\n%v, want\n%v", s, err, test.want)
			}
		})
	}
	if _, err := codec[Failing](t).Encode(Failing{}); !errors.Is(err, errLevel) {
		t.Errorf("the error of MarshalText is not in %v", err)
	}
}

// The deepest key that can be encoded can be decoded, and no deeper one.
func TestDepth(t *testing.T) {
	c := codec[any](t)
	level := func(n int) string { return strings.Repeat("6:[1]any", n) + "3:int1:7" }
	deep := any(7)
	for range 31 {
		deep = [1]any{deep}
	}
	if s := encode(t, c, deep); s != level(31) {
		t.Errorf("Encode = %q, want %q", s, level(31))
	}
	if key, err := c.Decode(level(31)); err != nil || key != deep {
		t.Errorf("Decode = %v, %v", key, err)
	}
	if s, err := c.Encode([1]any{deep}); err == nil {
		t.Errorf("Encode = %q for a key that is too deep", s)
	}
	if _, err := c.Decode(level(32)); err == nil || !strings.Contains(err.Error(), "is an interface inside 32 others") {
		t.Errorf("error %v for an encoding that is too deep", err)
	}
}
