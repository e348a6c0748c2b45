package rows

import (
	"context"
	"strconv"
	"sync"
	"testing"

	"github.com/infill-go/infill/benchmarks/internal/peers"
	"golang.org/x/sync/singleflight"
)

// refreshing is usual with a window in which the old value is shown while a refresh is under way, forever without
// expiry.
var refreshing, forever = func() (peers.Settings, peers.Settings) {
	r, f := usual, usual
	r.Refresh = usual.Expire / 2
	f.Expire = 0
	return r, f
}()

func goCacheGet(s peers.Settings) func(testing.TB) func(i int) bool {
	return func(tb testing.TB) func(i int) bool {
		g := peers.NewGoCache(s)
		fill(tb, g)
		return func(i int) bool { _, ok := g.Look(keys[i]); return ok }
	}
}

func otterGet(s peers.Settings) func(testing.TB) func(i int) bool {
	return func(tb testing.TB) func(i int) bool {
		o := peers.NewOtter(tb, s)
		fill(tb, o)
		return func(i int) bool { _, err := o.Fetch(keys[i]); return err == nil }
	}
}

func otterGetIfPresent(tb testing.TB) func(i int) bool {
	o := peers.NewOtter(tb, usual)
	fill(tb, o)
	return func(i int) bool { _, ok := o.GetIfPresent(keys[i]); return ok }
}

func sturdycGetOrFetch(s peers.Settings) func(testing.TB) func(i int) bool {
	return func(tb testing.TB) func(i int) bool {
		c := peers.NewSturdyc(s)
		fill(tb, c)
		return func(i int) bool { _, err := c.Fetch(keys[i]); return err == nil }
	}
}

func sturdycGet(tb testing.TB) func(i int) bool {
	c := peers.NewSturdyc(usual)
	fill(tb, c)
	return func(i int) bool { _, ok := c.Get(keys[i]); return ok }
}

func ttlcacheGet(s peers.Settings) func(testing.TB) func(i int) bool {
	return func(tb testing.TB) func(i int) bool {
		c := peers.NewTTLCache(s)
		fill(tb, c)
		return func(i int) bool { _, err := c.Fetch(keys[i]); return err == nil }
	}
}

// singleflightDo has no store: it is what singleflight alone costs when its function returns at once.
func singleflightDo(testing.TB) func(i int) bool {
	var group singleflight.Group
	return func(i int) bool {
		key := keys[i]
		_, err, _ := group.Do(key, func() (any, error) { return usual.Fn(key) })
		return err == nil
	}
}

func syncMapLoad(tb testing.TB) func(i int) bool {
	m := peers.NewSyncMap(usual)
	fill(tb, m)
	return func(i int) bool { _, ok := m.Look(keys[i]); return ok }
}

// builtKey is how a key of two fields becomes one of go-cache.
func builtKey(a address) string { return a.Host + ":" + strconv.Itoa(a.Port) }

func goCacheBuiltKey(tb testing.TB) func(i int) bool {
	g := peers.NewGoCache(usual)
	for _, a := range addresses {
		if _, err := g.Fetch(builtKey(a)); err != nil {
			tb.Fatal(err)
		}
	}
	return func(i int) bool { _, ok := g.Look(builtKey(addresses[i])); return ok }
}

func otterStruct(tb testing.TB) func(i int) bool {
	o := peers.NewKeyedOtter(tb, usual, func(_ context.Context, a address) (string, error) { return usual.Fn(a.Host) })
	ask := func(i int) bool { _, err := o.Fetch(addresses[i]); return err == nil }
	return whenEvery(tb, ask)
}

// sturdycPermutatedKey makes its key by reflection over the struct, as sturdyc's documentation has it.
func sturdycPermutatedKey(tb testing.TB) func(i int) bool {
	c := peers.NewSturdyc(usual)
	ask := func(i int) bool {
		_, err := c.Fetch(c.PermutatedKey("hit", addresses[i]))
		return err == nil
	}
	return whenEvery(tb, ask)
}

func ttlcacheStruct(tb testing.TB) func(i int) bool {
	c := peers.NewKeyedTTLCache(usual, func(a address) (string, error) { return usual.Fn(a.Host) })
	ask := func(i int) bool { _, err := c.Fetch(addresses[i]); return err == nil }
	return whenEvery(tb, ask)
}

func syncMapStruct(testing.TB) func(i int) bool {
	var m sync.Map
	for _, a := range addresses {
		m.Store(a, "filled")
	}
	return func(i int) bool { _, ok := m.Load(addresses[i]); return ok }
}
