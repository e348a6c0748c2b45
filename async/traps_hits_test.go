package async_test

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	gocache "github.com/patrickmn/go-cache"
	"golang.org/x/sync/singleflight"

	"github.com/infill-go/infill/async"
)

// loadable is the naive cache whose every read goes through singleflight, hits
// included (the Loadable of eko/gocache):
//
//	group.Do(key, func() (any, error) {
//		if v, ok := cache.Get(key); ok {
//			return v, nil
//		}
//		return load(key)
//	})
type loadable struct {
	cache *gocache.Cache
	group singleflight.Group
	load  func() (any, error)
}

func (l *loadable) get(key string) any {
	v, _, _ := l.group.Do(key, func() (any, error) {
		if v, ok := l.cache.Get(key); ok {
			return v, nil
		}
		return l.load()
	})
	return v
}

// TestAHitCostsNoAllocation. The naive loadable makes a call for each, and all keys
// queue up at its one mutex.
func TestAHitCostsNoAllocation(t *testing.T) {
	const rounds = 1000
	l := &loadable{cache: gocache.New(time.Hour, 0)}
	l.cache.SetDefault("k", "v")
	if n := testing.AllocsPerRun(rounds, func() { l.get("k") }); n == 0 {
		t.Error("a naive hit allocates nothing: the trap is no more")
	}
	g := trapGroup()
	h := trapFragment(t, g, async.Policy{MaxAge: time.Hour}, func(_ context.Context, key string) (string, error) { return key, nil })
	if _, err := h.Wait(t.Context(), "k"); err != nil {
		t.Fatal(err)
	}
	if n := testing.AllocsPerRun(rounds, func() { h.Get("k") }); n != 0 {
		t.Errorf("%v allocations for a hit", n)
	}
	closeTraps(t, g)
}

// TestAHitWaitsForNoRun of its own key: a value that is there is read at once, though
// the next one is being made. The naive loadable, asked by somebody for a new value,
// keeps all others waiting who would be content with the old one.
func TestAHitWaitsForNoRun(t *testing.T) {
	took := func(read func()) time.Duration {
		begin := time.Now()
		read()
		return time.Since(begin)
	}
	synctest.Test(t, func(t *testing.T) {
		l := &loadable{cache: gocache.New(time.Hour, 0), load: func() (any, error) { return "new", work(context.Background(), time.Second) }}
		go l.get("k")
		synctest.Wait()
		l.cache.SetDefault("k", "put meanwhile")
		if d := took(func() { l.get("k") }); d == 0 {
			t.Error("a naive hit does not wait: the trap is no more")
		}

		g := trapGroup()
		h := trapFragment(t, g, async.Policy{MaxAge: time.Minute}, func(ctx context.Context, key string) (string, error) {
			return key, work(ctx, time.Second)
		})
		_, _ = h.Wait(t.Context(), "k")
		h.Refresh("k")
		for _, age := range []string{"fresh", "stale"} {
			synctest.Wait()
			for name, read := range map[string]func(){
				"Get":  func() { h.Get("k") },
				"Wait": func() { _, _ = h.Wait(t.Context(), "k") },
			} {
				if d := took(read); d != 0 {
					t.Errorf("%s, %s: waited %v", age, name, d)
				}
			}
			pass(time.Minute + 2*time.Second)
			h.Get("k") // starts the refresh of the second round
		}
		closeTraps(t, g)
	})
}
