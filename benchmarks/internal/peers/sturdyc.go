package peers

import (
	"context"
	"time"

	"github.com/viccon/sturdyc"
)

// Sturdyc is sturdyc with a fetch function for each call, as it wants it.
type Sturdyc struct {
	*sturdyc.Client[string]
	fn func(key string) (string, error)
}

// NewSturdyc refreshes in the background up to the expiry. Continuous evictions are switched off: their goroutine never
// ends. The pause between refreshes that fail begins with a second, as in the other libraries that have one.
func NewSturdyc(s Settings) *Sturdyc {
	options := []sturdyc.Option{sturdyc.WithNoContinuousEvictions(), sturdyc.WithLog(&sturdyc.NoopLogger{})}
	if s.Refresh > 0 {
		options = append(options, sturdyc.WithEarlyRefreshes(s.Refresh, s.Refresh, s.Expire, time.Second))
	}
	return &Sturdyc{sturdyc.New[string](s.Capacity, shards, s.Expire, evictionPercentage, options...), s.Fn}
}

// Fetch passes a closure over the key, since the fetch function is not told which one it is.
func (s *Sturdyc) Fetch(key string) (string, error) {
	return s.GetOrFetch(context.Background(), key, func(context.Context) (string, error) { return s.fn(key) })
}
