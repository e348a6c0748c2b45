package peers

import (
	"context"
	"log/slog"
	"testing"
	"time"

	"github.com/infill-go/infill/async"
)

// Async is this library: a registered fragment.
type Async struct {
	*async.Handle[string, string]
}

// NewAsync registers the function on a group of its own, which ends with the test.
func NewAsync(tb testing.TB, s Settings) *Async {
	tb.Helper()
	h, err := async.Register(NewGroup(tb, async.Policy{}), "row", func(_ context.Context, key string) (string, error) { return s.Fn(key) }, s.policy())
	if err != nil {
		tb.Fatal(err)
	}
	return &Async{h}
}

func (s Settings) policy() async.Policy {
	p := async.Policy{
		MaxAge:     s.Expire,
		MaxResults: s.Capacity,
		Jitter:     -1,      // the counts must not depend on chance
		MaxBytes:   1 << 40, // the others do not count bytes, so that the number of results alone is the bound
	}
	switch {
	case s.Expire == 0:
	case s.Refresh == 0:
		p.StaleWhileRevalidate = -1
	default:
		p.MaxAge, p.StaleWhileRevalidate = s.Refresh, s.Expire-s.Refresh
	}
	return p
}

// Fetch waits for the value, which pages do not do: they Get.
func (a *Async) Fetch(key string) (string, error) { return a.Wait(context.Background(), key) }

// NewGroup returns a silent group that ends with the test.
func NewGroup(tb testing.TB, commands async.Policy) *async.Group {
	tb.Helper()
	g := &async.Group{Commands: commands, Logger: slog.New(slog.DiscardHandler)}
	tb.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
		defer cancel()
		if err := g.Close(ctx); err != nil {
			tb.Error(err)
		}
	})
	return g
}
