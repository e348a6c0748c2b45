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

// memo is the naive cache of a hundred tutorials: go-cache with singleflight around
// the load. It keeps values for a minute, and errors not at all.
type memo struct {
	cache *gocache.Cache
	group singleflight.Group
	load  waitFunc
}

func (m *memo) wait(ctx context.Context, key string) (string, error) {
	if v, ok := m.cache.Get(key); ok {
		return v.(string), nil
	}
	v, err, _ := m.group.Do(key, func() (any, error) {
		v, err := m.load(ctx, key)
		if err == nil {
			m.cache.SetDefault(key, v)
		}
		return v, err
	})
	return v.(string), err
}

// dying is a source that answers once, if at all, and is then down.
type dying struct{ lives, runs int }

func (d *dying) load(context.Context, string) (string, error) {
	if d.runs++; d.runs > d.lives {
		return "", errNoSource
	}
	return "v", nil
}

// TestADeadSourceIsAskedSeldom, whatever there is to show meanwhile. With the naive
// way, in which errors are not kept, a source that is down is asked by every visitor,
// at the very time at which it should be left alone to come back: 60 times in a
// minute in which somebody comes each second. So it is with sturdyc before the first
// value, and with otter, whose refreshes have no back-off either, after the last.
func TestADeadSourceIsAskedSeldom(t *testing.T) {
	const visits = 60
	readers := map[string]func(h *async.Handle[string, string]){
		"Get":  func(h *async.Handle[string, string]) { h.Get("k") },
		"Wait": func(h *async.Handle[string, string]) { _, _ = h.Wait(context.Background(), "k") },
	}
	for _, c := range []struct {
		name   string
		lives  int
		policy async.Policy
	}{
		{"never a value", 0, async.Policy{}},
		{"a stale value", 1, async.Policy{MaxAge: time.Minute}},
		{"a value for errors", 1, async.Policy{MaxAge: time.Minute, StaleWhileRevalidate: -1, StaleIfError: time.Hour}},
		{"an expired value", 1, async.Policy{MaxAge: time.Minute, StaleWhileRevalidate: -1}},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				d := dying{lives: c.lives}
				m := memo{cache: gocache.New(time.Minute, 0), load: d.load}
				_, _ = m.wait(t.Context(), "k")
				pass(2 * time.Minute)
				d.runs = c.lives
				for range visits {
					_, _ = m.wait(t.Context(), "k")
					pass(time.Second)
				}
				if n := d.runs - c.lives; n != visits {
					t.Errorf("the naive way asks %d times in %d visits: the trap is no more", n, visits)
				}
			})
			for name, read := range readers {
				synctest.Test(t, func(t *testing.T) {
					g := trapGroup()
					d := dying{lives: c.lives}
					h := trapFragment(t, g, c.policy, d.load)
					read(h)
					pass(2 * time.Minute)
					d.runs = c.lives
					for range visits {
						read(h)
						pass(time.Second)
					}
					// At 0, 1, 3, 7, 15, 31 s, each pause up to a fifth shorter.
					if n := d.runs - c.lives; n < 5 || n > 7 {
						t.Errorf("%s: asked %d times in %d visits", name, n, visits)
					}
					closeTraps(t, g)
				})
			}
		})
	}
}

// TestAnOldValueHasAnEnd although the source never comes back: the window in which it
// is shown is counted from the end of its freshness, as in RFC 5861. The naive way
//
//	v, err := load(key)
//	if err != nil {
//		v = old // better than nothing
//	}
//	cache.Set(key, v, ttl)
//
// gives the old value a new life with each failure (KeepOnError of samber/hot): last
// year's prices, with nothing to say that they are.
func TestAnOldValueHasAnEnd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := dying{lives: 1}
		cache, old := gocache.New(time.Minute, 0), ""
		naive := func() string {
			if v, ok := cache.Get("k"); ok {
				return v.(string)
			}
			v, err := d.load(t.Context(), "k")
			if err != nil {
				v = old
			}
			old = v
			cache.SetDefault("k", v)
			return v
		}
		for range 1000 {
			naive()
			pass(time.Hour)
		}
		if naive() != "v" {
			t.Error("the naive way has given the old value up: the trap is no more")
		}

		g := trapGroup()
		d = dying{lives: 1}
		h := trapFragment(t, g, async.Policy{MaxAge: time.Minute, StaleIfError: time.Hour, StaleWhileRevalidate: time.Hour}, d.load)
		_, _ = h.Wait(t.Context(), "k")
		for range 61 * 60 {
			if _, ok := h.Get("k"); !ok {
				t.Fatal("the old value has gone before its time")
			}
			pass(time.Second)
		}
		if v, ok := h.Get("k"); ok {
			t.Errorf("%q is still shown after its time", v)
		}
		if d.runs < 60 {
			t.Errorf("%d runs: the test has tested nothing", d.runs)
		}
		synctest.Wait()
		closeTraps(t, g)
	})
}
