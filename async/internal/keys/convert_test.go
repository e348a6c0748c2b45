package keys_test

import (
	"fmt"
	"html/template"
	"math"
	"math/big"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/infill-go/infill/async/internal/keys"
)

type (
	Name      string
	Level8    int8
	Grid      [2]Port
	local     int
	localTime time.Time
)

func TestConvert(t *testing.T) {
	tests := []struct {
		codec func(t testing.TB) *keys.Codec
		in    any
		want  any
	}{
		{codec[string], "web1", "web1"},
		{codec[Host], "web1", Host("web1")},
		{codec[string], Host("web1"), "web1"},
		{codec[Name], Host("web1"), Name("web1")},
		{codec[string], template.HTML("<b>"), "<b>"},
		{codec[On], true, On(true)},
		{codec[bool], On(true), true},
		{codec[float64], 0.5, 0.5},
		{codec[Ratio], float32(0.5), Ratio(0.5)},
		{codec[complex64], complex64(1i), complex64(1i)},
		{codec[int], int64(7), 7},
		{codec[time.Duration], 7, time.Duration(7)},
		{codec[int], time.Duration(7), 7},
		{codec[Level], 1, Level(1)},
		{codec[Level8], Port(127), Level8(127)},
		{codec[Pair], SamePair{"web1", 22}, Pair{"web1", 22}},
		{codec[SamePair], Pair{"web1", 22}, SamePair{"web1", 22}},
		{codec[Pair], struct {
			Host string
			Port int
		}{"web1", 22}, Pair{"web1", 22}},
		{codec[[2]Port], Grid{1, 2}, [2]Port{1, 2}},
		{codec[Grid], [2]Port{1, 2}, Grid{1, 2}},
		{codec[time.Time], localTime(noon), noon},
		{codec[any], "web1", "web1"},
		{codec[any], Host("web1"), Host("web1")},
		{codec[any], Pair{"web1", 22}, Pair{"web1", 22}},
		{codec[fmt.Stringer], time.Second, time.Second},
	}
	for _, test := range tests {
		t.Run(fmt.Sprintf("%T to %T", test.in, test.want), func(t *testing.T) {
			c := test.codec(t)
			got, err := c.Convert(test.in)
			if err != nil {
				t.Fatal(err)
			}
			if got != test.want {
				t.Errorf("Convert = %#v (%T), want %#v (%T)", got, got, test.want, test.want)
			}
			if _, err := c.Encode(got); err != nil {
				t.Errorf("what was converted is no key: %v", err)
			}
		})
	}
}

func localText() any { type local string; return local("web1") }

func TestConvertErrors(t *testing.T) {
	const (
		field = "pass the value or one of its fields, as in .Name"
		inGo  = "convert it in Go"
	)
	tests := []struct {
		codec func(t testing.TB) *keys.Codec
		in    any
		want  string
	}{
		{codec[string], nil, "nil is no key of type string: pass a value; a field that is not set and a map entry that is not there are nil"},
		{codec[any], nil, "nil is no key of type any: pass a value; a field that is not set and a map entry that is not there are nil"},
		{codec[string], &Pair{}, "a value of type *keys_test.Pair is no key of type string: " + field},
		{codec[string], (*Pair)(nil), "nil of type *keys_test.Pair is no key of type string: " + field},
		{codec[any], (*Pair)(nil), "nil of type *keys_test.Pair is no key of type any: " + field},
		{codec[any], new("web1"), "a value of type *string is no key of type any: " + field},
		{codec[fmt.Stringer], &time.Time{}, "a value of type *time.Time is no key of type fmt.Stringer: " + field},
		{codec[string], 7, "a value of type int is no key of type string: pass (print .) in a template, or " + inGo},
		{codec[string], 0.5, "a value of type float64 is no key of type string: pass (print .) in a template, or " + inGo},
		{codec[string], []byte("web1"), "a value of type []uint8 is no key of type string: " + inGo},
		{codec[string], []string{"web1"}, "a value of type []string is no key of type string: " + inGo},
		{codec[string], map[string]any{}, "a value of type map[string]interface {} is no key of type string: pass one of its fields, as in .Name, or " + inGo},
		{codec[string], Pair{}, "a value of type keys_test.Pair is no key of type string: pass one of its fields, as in .Name, or " + inGo},
		{codec[string], func() string { return "" }, "a value of type func() string is no key of type string: pass what it returns"},
		{codec[string], make(chan int), "a value of type chan int is no key of type string: " + inGo},
		{codec[int], "7", "a value of type string is no key of type int: " + inGo},
		{codec[int], 7.0, "a value of type float64 is no key of type int: write it without a decimal point, or " + inGo},
		{codec[float64], 7, "a value of type int is no key of type float64: write it with a decimal point, or " + inGo},
		{codec[float64], float32(0.1), "a value of type float32 is no key of type float64: " + inGo},
		{codec[float32], 0.1, "a value of type float64 is no key of type float32: " + inGo},
		{codec[complex128], complex64(1), "a value of type complex64 is no key of type complex128: " + inGo},
		{codec[bool], "true", "a value of type string is no key of type bool: " + inGo},
		{codec[time.Time], "2026-11-21T12:00:00Z", "a value of type string is no key of type time.Time: " + inGo},
		{codec[time.Time], int64(7), "a value of type int64 is no key of type time.Time: " + inGo},
		{codec[Pair], Words{}, "a value of type keys_test.Words is no key of type keys_test.Pair: pass one of its fields, as in .Name, or " + inGo},
		{codec[[2]int], [3]int{}, "a value of type [3]int is no key of type [2]int: " + inGo},
		{codec[[2]string], [2]Host{}, "a value of type [2]keys_test.Host is no key of type [2]string: " + inGo},
		{codec[fmt.Stringer], 7, "a value of type int is no key of type fmt.Stringer: it does not implement fmt.Stringer"},
		{codec[any], []int{}, "a value of type []int is no key of type any: it is a slice, which Go cannot compare; use an array of fixed length, or a string made of its elements"},
		{codec[any], *big.NewInt(7), "a value of type big.Int is no key of type any: it has MarshalText, but Go cannot compare it; use its text as a string"},
		{codec[any], Owner{}, "a value of type keys_test.Owner is no key of type any: its field Addr (*net.TCPAddr) is a pointer, which equals no other pointer to an equal value; use the value, or what identifies it, such as its ID"},
		{codec[local], localText(), "a value of type keys_test.local (declared elsewhere) is no key of type keys_test.local: convert it in Go"},
		{codec[uint8], 256, "256 of type int is out of range for a key of type uint8, which is from 0 to 255: pass a number in range, or use a wider type for the key"},
		{codec[Level8], time.Duration(128), "128 of type time.Duration is out of range for a key of type keys_test.Level8, which is from -128 to 127: pass a number in range, or use a wider type for the key"},
	}
	for _, test := range tests {
		t.Run(test.want, func(t *testing.T) {
			got, err := test.codec(t).Convert(test.in)
			if got != nil || err == nil || err.Error() != test.want {
				t.Errorf("Convert = %#v, error\n%v, want\n%v", got, err, test.want)
			}
		})
	}
}

// integers are the types of every integer kind, with their ranges.
var integers = []struct {
	typ    reflect.Type
	lo, hi *big.Int
}{
	{reflect.TypeFor[int](), big.NewInt(math.MinInt), big.NewInt(math.MaxInt)},
	{reflect.TypeFor[int8](), big.NewInt(-128), big.NewInt(127)},
	{reflect.TypeFor[int16](), big.NewInt(-32768), big.NewInt(32767)},
	{reflect.TypeFor[int32](), big.NewInt(math.MinInt32), big.NewInt(math.MaxInt32)},
	{reflect.TypeFor[int64](), big.NewInt(math.MinInt64), big.NewInt(math.MaxInt64)},
	{reflect.TypeFor[uint](), new(big.Int), new(big.Int).SetUint64(math.MaxUint)},
	{reflect.TypeFor[uint8](), new(big.Int), big.NewInt(255)},
	{reflect.TypeFor[uint16](), new(big.Int), big.NewInt(65535)},
	{reflect.TypeFor[uint32](), new(big.Int), big.NewInt(math.MaxUint32)},
	{reflect.TypeFor[uint64](), new(big.Int), new(big.Int).SetUint64(math.MaxUint64)},
	{reflect.TypeFor[uintptr](), new(big.Int), new(big.Int).SetUint64(uint64(^uintptr(0)))},
	{reflect.TypeFor[time.Duration](), big.NewInt(math.MinInt64), big.NewInt(math.MaxInt64)},
	{reflect.TypeFor[Port](), new(big.Int), big.NewInt(65535)},
}

// TestConvertIntegers passes the edges of every integer type, and the numbers
// beside them, from every integer type to every other, and holds the outcome
// against big.Int.
func TestConvertIntegers(t *testing.T) {
	for _, from := range integers {
		for _, to := range integers {
			c, err := keys.For(to.typ)
			if err != nil {
				t.Fatal(err)
			}
			for _, n := range edges() {
				if n.Cmp(from.lo) < 0 || n.Cmp(from.hi) > 0 {
					continue
				}
				fits := n.Cmp(to.lo) >= 0 && n.Cmp(to.hi) <= 0
				got, err := c.Convert(integer(from.typ, n))
				switch {
				case (err == nil) != fits:
					t.Errorf("%v of type %v to %v: error %v", n, from.typ, to.typ, err)
				case fits && got != integer(to.typ, n):
					t.Errorf("%v of type %v to %v = %v", n, from.typ, to.typ, got)
				case !fits && !strings.Contains(err.Error(), fmt.Sprintf("%v of type %v is out of range for a key of type %v, which is from %v to %v:", n, from.typ, to.typ, to.lo, to.hi)):
					t.Errorf("%v of type %v to %v: error %v", n, from.typ, to.typ, err)
				}
			}
		}
	}
}

func edges() []*big.Int {
	all := []*big.Int{big.NewInt(-1), big.NewInt(0), big.NewInt(1)}
	for _, r := range integers {
		for _, edge := range []*big.Int{r.lo, r.hi} {
			for by := int64(-1); by <= 1; by++ {
				all = append(all, new(big.Int).Add(edge, big.NewInt(by)))
			}
		}
	}
	return all
}

func integer(t reflect.Type, n *big.Int) any {
	v := reflect.New(t).Elem()
	if v.CanInt() {
		v.SetInt(n.Int64())
	} else {
		v.SetUint(n.Uint64())
	}
	return v.Interface()
}
