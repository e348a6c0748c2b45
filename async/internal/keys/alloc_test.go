package keys_test

import (
	"encoding"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/infill-go/infill/async/internal/keys"
)

var (
	sink     string
	textSink []byte
)

// allocations are counted with the keys in variables that the compiler cannot
// see through, as they are in real use.
func TestAllocations(t *testing.T) {
	text := strings.Repeat("web1", 10)
	host := Host(text)
	var boxed any = text
	var boxedHost any = host
	number := len(text) * 100_000
	pair := Pair{text, number}
	marked, long := "\xff"+text, strings.Repeat("web1", 500)
	strCodec, hostCodec, intCodec, pairCodec := codec[string](t), codec[Host](t), codec[int](t), codec[Pair](t)
	allocate(t, 0, "EncodeString", func() { sink = keys.EncodeString(text) })
	allocate(t, 1, "EncodeString, escaped", func() { sink = keys.EncodeString(marked) })
	allocate(t, 0, "Codec.Encode of a string", func() { sink, _ = strCodec.Encode(boxed) })
	allocate(t, 0, "Codec.Encode of a Host", func() { sink, _ = hostCodec.Encode(boxedHost) })
	allocate(t, 0, "Encode of a string", func() { sink, _ = keys.Encode(strCodec, text) })
	allocate(t, 0, "Encode of a Host", func() { sink, _ = keys.Encode(hostCodec, host) })
	allocate(t, 1, "Encode of an int: its text", func() { sink, _ = keys.Encode(intCodec, number) })
	allocate(t, 1, "Encode of a Pair: its text", func() { sink, _ = keys.Encode(pairCodec, pair) })
	allocate(t, 1, "Encode of a long Host: its hash", func() { sink, _ = keys.Encode(hostCodec, Host(long)) })
	allocate(t, 0, "For, again", func() { _, _ = keys.For(reflect.TypeFor[Pair]()) })
}

func allocate(t *testing.T, want float64, name string, run func()) {
	t.Helper()
	if got := testing.AllocsPerRun(100, run); got != want {
		t.Errorf("%s: %v allocations, want %v", name, got, want)
	}
}

// A look-up by a key that is a variable, and by one that is a template's dot.
func TestLookUpDoesNotAllocate(t *testing.T) {
	free(t, "web1")
	free(t, "\xffweb1")
	free(t, strings.Repeat("web1", 500))
	free(t, Host("web1"))
	free(t, 1_234_567)
	free[int8](t, -100)
	free[Port](t, 65535)
	free(t, true)
	free(t, -0.1234567)
	free(t, Ratio(0.5))
	free(t, 1-2i)
	free(t, [2]int{1_000, 2_000})
	free(t, Pair{"web1", 22})
	free(t, Mixed{"a", "", -1, 0.5, true, [2]uint16{1, 65535}})
	free(t, Box[Box[[2]Pair]]{Box[[2]Pair]{[2]Pair{{"web1", 22}, {"web2", 1_000_000_000}}}})
	free[any](t, "web1")
	free[any](t, 1_234_567)
	free[any](t, Pair{"web1", 22})
}

// Where there is a MarshalText, or an interface that may hold one, what that
// allocates is allocated, the key, which it might keep, and a copy of the value if the
// method is on the pointer. Small values that Go does not allocate are not.
func TestLookUpAllocatesTheText(t *testing.T) {
	costs(t, Holder{Holder{Host("web1")}}, 1, 0)
	costs(t, noon, 1, ofText(noon))
	costs(t, Level(1), 0, ofText(Level(1)))
	costs(t, [2]Level{0, 1}, 1, 2*ofText(Level(1)))
	costs(t, Box[time.Time]{noon}, 1, ofText(noon))
	costs(t, Holder{noon}, 1, ofText(noon))
	costs(t, Code{"c"}, 1, ofText(&Code{"c"})+1)
}

func ofText(m encoding.TextMarshaler) float64 {
	return testing.AllocsPerRun(100, func() { textSink, _ = m.MarshalText() })
}

func free[K comparable](t *testing.T, key K) {
	t.Helper()
	costs(t, key, 0, 0)
}

// costs takes what is allocated for the key itself, if it is not in an interface
// already, and what besides.
func costs[K comparable](t *testing.T, key K, boxed, text float64) {
	t.Helper()
	c := codec[K](t)
	var dot any = key
	id := encode(t, c, key)
	stored := map[string]int{id: len(id)}
	for _, table := range []map[string]int{stored, {}} { // a hit and a miss
		allocate(t, boxed+text, "Transient of "+c.Display(key), func() { lookUp(c, table, key) })
		allocate(t, text, "Convert and Transient of "+c.Display(key), func() { lookUpDot(c, table, dot) })
	}
}

//go:noinline
func lookUp[K comparable](c *keys.Codec, table map[string]int, key K) int {
	var buf [128]byte
	id, _ := keys.Transient(c, key, buf[:])
	return table[id]
}

//go:noinline
func lookUpDot(c *keys.Codec, table map[string]int, dot any) int {
	var buf [128]byte
	key, _ := c.Convert(dot)
	id, _ := c.Transient(key, buf[:])
	return table[id]
}
