package keys_test

import (
	"reflect"
	"strings"
	"testing"

	"github.com/infill-go/infill/async/internal/keys"
)

var sink string

// allocations are counted with the keys in variables that the compiler cannot
// see through, as they are in real use.
func TestAllocations(t *testing.T) {
	text := strings.Repeat("web1", 10)
	host := Host(text)
	var boxed any = text
	var boxedHost any = host
	number := len(text) * 100_000
	strCodec, hostCodec, intCodec := codec[string](t), codec[Host](t), codec[int](t)
	tests := []struct {
		name string
		want float64
		run  func()
	}{
		{"EncodeString", 0, func() { sink = keys.EncodeString(text) }},
		{"Codec.Encode of a string", 0, func() { sink, _ = strCodec.Encode(boxed) }},
		{"Codec.Encode of a Host", 0, func() { sink, _ = hostCodec.Encode(boxedHost) }},
		{"Encode of a string", 0, func() { sink, _ = keys.Encode(strCodec, text) }},
		{"Encode of a Host", 0, func() { sink, _ = keys.Encode(hostCodec, host) }},
		{"Encode of an int: its text", 1, func() { sink, _ = keys.Encode(intCodec, number) }},
		{"For, again", 0, func() { _, _ = keys.For(reflect.TypeFor[Pair]()) }},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if got := testing.AllocsPerRun(100, test.run); got != test.want {
				t.Errorf("%v allocations, want %v", got, test.want)
			}
		})
	}
}

func BenchmarkEncode(b *testing.B) {
	text := strings.Repeat("web1", 4)
	pair, at := Pair{"web1", 22}, Mixed{A: "web1", B: "ps", N: 7, F: 1.5}
	b.Run("EncodeString", func(b *testing.B) {
		for b.Loop() {
			sink = keys.EncodeString(text)
		}
	})
	b.Run("string", benchmark(text))
	b.Run("Host", benchmark(Host(text)))
	b.Run("int", benchmark(1_234_567))
	b.Run("any(string)", benchmark[any](text))
	b.Run("struct of 2", benchmark(pair))
	b.Run("struct of 6", benchmark(at))
}

func benchmark[K comparable](key K) func(b *testing.B) {
	return func(b *testing.B) {
		c := codec[K](b)
		b.ReportAllocs()
		for b.Loop() {
			sink, _ = keys.Encode(c, key)
		}
	}
}
