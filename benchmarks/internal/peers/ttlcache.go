package peers

import (
	"errors"

	"github.com/jellydator/ttlcache/v3"
)

// TTLCache is ttlcache with a loader that suppresses double calls. A read does not extend the life of a value, which it
// would do by default: a memoized result would never be made anew as long as somebody reads it.
type TTLCache[K comparable] struct {
	*ttlcache.Cache[K, string]
}

var errNoItem = errors.New("ttlcache: the loader has no item")

// NewTTLCache makes one for string keys.
func NewTTLCache(s Settings) *TTLCache[string] { return NewKeyedTTLCache(s, s.Fn) }

// NewKeyedTTLCache does not start the cache's cleaning goroutine: expired items are not returned without it either.
func NewKeyedTTLCache[K comparable](s Settings, fn func(key K) (string, error)) *TTLCache[K] {
	load := ttlcache.LoaderFunc[K, string](func(c *ttlcache.Cache[K, string], key K) *ttlcache.Item[K, string] {
		v, err := fn(key)
		if err != nil {
			return nil // a loader has no other way to say it
		}
		return c.Set(key, v, ttlcache.DefaultTTL)
	})
	return &TTLCache[K]{ttlcache.New(
		ttlcache.WithTTL[K, string](s.Expire),
		ttlcache.WithCapacity[K, string](uint64(s.Capacity)),
		ttlcache.WithLoader[K, string](ttlcache.NewSuppressedLoader[K, string](load, nil)),
		ttlcache.WithDisableTouchOnHit[K, string](),
	)}
}

// Fetch loads the value on the caller's goroutine if it is not there.
func (c *TTLCache[K]) Fetch(key K) (string, error) {
	item := c.Get(key)
	if item == nil {
		return "", errNoItem
	}
	return item.Value(), nil
}
