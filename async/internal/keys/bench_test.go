package keys_test

import (
	"strings"
	"testing"

	"github.com/infill-go/infill/async/internal/keys"
)

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
	b.Run("time.Time", benchmark(noon))
}

func benchmark[K comparable](key K) func(b *testing.B) {
	return func(b *testing.B) {
		c := codec[K](b)
		var boxed any = key
		b.Run("Encode", func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				sink, _ = keys.Encode(c, key)
			}
		})
		b.Run("Transient", func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				transient(c, key)
			}
		})
		b.Run("Convert and Transient", func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				transientDot(c, boxed)
			}
		})
	}
}

// transient clears a buffer on its stack, as each caller has to.
func transient[K comparable](c *keys.Codec, key K) int {
	var buf [128]byte
	id, _ := keys.Transient(c, key, buf[:])
	return len(id)
}

func transientDot(c *keys.Codec, dot any) int {
	var buf [128]byte
	key, _ := c.Convert(dot)
	id, _ := c.Transient(key, buf[:])
	return len(id)
}
