package peers

import (
	"context"
	"testing"

	"github.com/maypok86/otter/v2"
)

// Otter is otter with a loader.
type Otter[K comparable] struct {
	*otter.Cache[K, string]
	loader otter.Loader[K, string]
}

// NewOtter makes one for string keys.
func NewOtter(tb testing.TB, s Settings) *Otter[string] {
	tb.Helper()
	return NewKeyedOtter(tb, s, func(_ context.Context, key string) (string, error) { return s.Fn(key) })
}

// NewKeyedOtter expires and refreshes by the time of writing. The cache's goroutine ends with the test.
func NewKeyedOtter[K comparable](tb testing.TB, s Settings, load otter.LoaderFunc[K, string]) *Otter[K] {
	tb.Helper()
	o := &otter.Options[K, string]{MaximumSize: s.Capacity, Logger: &otter.NoopLogger{}}
	if s.Expire > 0 {
		o.ExpiryCalculator = otter.ExpiryWriting[K, string](s.Expire)
	}
	if s.Refresh > 0 {
		o.RefreshCalculator = otter.RefreshWriting[K, string](s.Refresh)
	}
	cache, err := otter.New(o)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { cache.StopAllGoroutines() })
	return &Otter[K]{cache, load}
}

// Fetch loads the value on the caller's goroutine if it is not there.
func (o *Otter[K]) Fetch(key K) (string, error) { return o.Get(context.Background(), key, o.loader) }
