package benchmarks

import (
	"context"
	"sync/atomic"
	"testing"
	"time"

	"github.com/infill-go/infill/async"
	gocache "github.com/patrickmn/go-cache"
)

// A hit is the path that every page takes for every fragment: the value is there, and somebody wants it.
// Each setup returns a function that asks for the i-th key and reports whether the value was there.
var hits = []struct {
	name  string
	setup func(tb testing.TB) func(i int) bool
}{
	{"Command-id", commandByID},
	{"Command-callsite", commandByCallSite},
	{"Handle.Get", handleGet},
	{"go-cache-expiry", goCache(time.Hour)},
	{"go-cache-forever", goCache(gocache.NoExpiration)},
}

var filled = &value{"filled"}

func fill(context.Context) (*value, error) { return filled, nil }

func commandByID(tb testing.TB) func(i int) bool {
	g := group(tb)
	hit := func(i int) bool { return async.CommandIn(g, keys[i], nil, fill) != nil }
	until(tb, "Command by id", func() bool { return every(hit) })
	return hit
}

func commandByCallSite(tb testing.TB) func(i int) bool {
	g := group(tb)
	hit := func(int) bool { return async.CommandIn(g, "", nil, fill) != nil }
	until(tb, "Command by call site", func() bool { return hit(0) })
	return hit
}

func handleGet(tb testing.TB) func(i int) bool {
	// With an age, so that the handle has a clock to read, as go-cache has.
	h, err := async.Register(group(tb), "hit", func(context.Context, string) (*value, error) { return filled, nil },
		async.Policy{MaxAge: time.Hour, MaxWaiting: keyCount})
	if err != nil {
		tb.Fatal(err)
	}
	hit := func(i int) bool { _, ok := h.Get(keys[i]); return ok }
	until(tb, "Handle.Get", func() bool { return every(hit) })
	return hit
}

func goCache(expiry time.Duration) func(testing.TB) func(i int) bool {
	return func(testing.TB) func(i int) bool {
		cache := gocache.New(gocache.NoExpiration, 0)
		for _, key := range keys {
			cache.Set(key, filled, expiry)
		}
		return func(i int) bool { _, ok := cache.Get(keys[i]); return ok }
	}
}

// group returns a group that ends with the benchmark.
func group(tb testing.TB) *async.Group {
	tb.Helper()
	// All keys are asked for at once before the clock starts, which is more than the default queue takes.
	g := &async.Group{Commands: async.Policy{MaxWaiting: keyCount}}
	tb.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
		defer cancel()
		if err := g.Close(ctx); err != nil {
			tb.Error(err)
		}
	})
	return g
}

func BenchmarkHit(b *testing.B) {
	for _, h := range hits {
		b.Run(h.name, func(b *testing.B) {
			hit := h.setup(b)
			b.ReportAllocs()
			for i := 0; b.Loop(); i++ {
				if !hit(i % keyCount) {
					b.Fatal("a miss")
				}
			}
		})
	}
}

func BenchmarkHitParallel(b *testing.B) {
	for _, h := range hits {
		b.Run(h.name, func(b *testing.B) {
			hit := h.setup(b)
			b.ReportAllocs()
			b.ResetTimer()
			var worker atomic.Int64
			b.RunParallel(func(pb *testing.PB) {
				// Workers begin far apart, or all of them would ask for the same key at the same time.
				for i := int(worker.Add(1)) * keyCount / 7; pb.Next(); i++ {
					if !hit(i % keyCount) {
						b.Error("a miss")
						return
					}
				}
			})
		})
	}
}

func BenchmarkHitSideBySide(b *testing.B) {
	var contenders []contender
	for _, h := range hits {
		hit := h.setup(b)
		contenders = append(contenders, contender{h.name, func(i int) bool { return hit(i % keyCount) }})
	}
	sideBySide(b, 2*keyCount, contenders)
}
