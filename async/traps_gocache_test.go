package async_test

import (
	"context"
	"errors"
	"html/template"
	"io"
	"runtime"
	"strconv"
	"testing"
	"testing/synctest"
	"time"
	"weak"

	gocache "github.com/patrickmn/go-cache"

	"github.com/infill-go/infill/async"
)

var errNoSource = errors.New("the source is down")

// TestAGroupAtRestHasNoGoroutine: a group that nobody closes costs memory only. The
// bubble fails if a goroutine is left when the test returns; and it would fail with
//
//	results := gocache.New(time.Minute, time.Minute)
//
// whose janitor starts with the cache and can be stopped by nothing but a finalizer
// (patrickmn/go-cache#166, #185); sturdyc's has no end at all.
func TestAGroupAtRestHasNoGoroutine(t *testing.T) {
	const caches = 10
	var held []*gocache.Cache
	for range caches {
		held = append(held, gocache.New(time.Minute, time.Minute))
	}
	if n := goroutinesWith("go-cache.runJanitor"); n < caches {
		t.Errorf("%d goroutines for %d naive caches: the trap is no more", n, caches)
	}
	runtime.KeepAlive(held)

	synctest.Test(t, func(t *testing.T) {
		for range caches {
			useEverything(t, trapGroup())
		}
		pass(time.Minute)
	})
}

// useEverything gives the group a value of each age, a failure, a page and a command.
func useEverything(t *testing.T, g *async.Group) {
	t.Helper()
	h := trapFragment(t, g, async.Policy{MaxAge: time.Nanosecond}, func(_ context.Context, key string) (string, error) {
		if key == "bad" {
			return "", errNoSource
		}
		return key, nil
	})
	for _, key := range []string{"a", "b", "bad"} {
		_, _ = h.Wait(context.Background(), key)
	}
	_ = h.Put("c", "put")
	h.Refresh("a")
	h.Forget("b")
	h.Keep("a")()
	async.CommandIn(g, "id", "def", func(context.Context) (string, error) { return "v", nil })
	set, err := async.Bind(template.Must(template.New("page").Funcs(g.Funcs()).Parse(
		`{{async "f" "a"}}{{define "f:view"}}<b>{{.}}</b>{{end}}`)), async.Options{Group: g})
	if err != nil {
		t.Fatal(err)
	}
	_, _ = set.Execute(io.Discard, "page", nil)
}

// counting is a naive owner of a cache that counts what has gone.
type counting struct {
	cache *gocache.Cache
	gone  int
}

func newCounting() *counting {
	c := &counting{cache: gocache.New(time.Minute, time.Hour)}
	c.cache.OnEvicted(func(string, any) { c.gone++ })
	return c
}

// TestADroppedGroupIsCollected with all its results, closed or not. The naive way of
// counting evictions
//
//	c.cache.OnEvicted(func(string, any) { c.gone++ })
//
// makes c live for ever: the janitor's goroutine holds the function, the function
// holds c, and c holds the cache whose finalizer would end the janitor.
func TestADroppedGroupIsCollected(t *testing.T) {
	naive := weak.Make(newCounting())
	for range 5 {
		runtime.GC()
	}
	if c := naive.Value(); c == nil {
		t.Error("the naive owner was collected: the trap is no more")
	} else {
		c.cache.OnEvicted(nil) // let it go
	}

	ours := func() weak.Pointer[async.Group] {
		g := trapGroup()
		useEverything(t, g)
		return weak.Make(g)
	}()
	soon(t, func() bool { return ours.Value() == nil }, "the group is still in memory")
}

// TestNobodysFinalizerWaits: what hangs in a dropped group keeps no finalizer of the
// process from running. All of them run in one goroutine, and the one of
//
//	cache := gocache.New(time.Minute, time.Millisecond)
//	cache.OnEvicted(func(key string, _ any) { tell(key) })
//
// hands the janitor a message that nobody takes while tell hangs.
func TestNobodysFinalizerWaits(t *testing.T) {
	hangs, releaseNaive, release := make(chan struct{}), make(chan struct{}), make(chan struct{})
	func() {
		cache := gocache.New(time.Nanosecond, time.Millisecond)
		cache.OnEvicted(func(string, any) { hangs <- struct{}{}; <-releaseNaive })
		cache.SetDefault("k", "v")
	}()
	<-hangs
	soon(t, func() bool { return goroutinesWith("go-cache.stopJanitor") > 0 }, "the naive cache's finalizer does not hang: the trap is no more")
	close(releaseNaive)

	defer close(release)
	func() {
		g := trapGroup()
		h := trapFragment(t, g, async.Policy{}, func(_ context.Context, key string) (string, error) {
			hangs <- struct{}{}
			<-release
			return key, nil
		})
		h.Get("k")
	}()
	<-hangs
	for range 3 { // finalizers of what was dropped begin, if there are any
		runtime.GC()
	}
	ran := make(chan struct{})
	runtime.SetFinalizer(&counting{}, func(*counting) { close(ran) })
	soon(t, func() bool {
		select {
		case <-ran:
			return true
		default:
			return false
		}
	}, "no finalizer runs")
}

// TestAnAgeIsNeverForEverByAccident: an age that was computed and came out below zero
// is refused where it is written, and at its deadline a value is over. The naive way
//
//	cache.Set(key, v, time.Until(token.Expires))
//
// keeps what has just expired for ever: to go-cache every negative age is "never".
// At the deadline itself it still shows the value.
func TestAnAgeIsNeverForEverByAccident(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		cache := gocache.New(time.Hour, 0)
		cache.Set("expired", "v", -5*time.Second)
		cache.Set("minute", "v", time.Minute)
		pass(time.Minute)
		if _, ok := cache.Get("minute"); !ok {
			t.Error("the naive cache shows nothing at the deadline: the trap is no more")
		}
		pass(1000 * time.Hour)
		if _, ok := cache.Get("expired"); !ok {
			t.Error("the naive cache has let it go: the trap is no more")
		}

		g := trapGroup()
		echo := func(_ context.Context, key string) (string, error) { return key, nil }
		if _, err := async.Register(g, "f", echo, async.Policy{MaxAge: -5 * time.Second}); err == nil {
			t.Error("a negative MaxAge is taken")
		}
		h := trapFragment(t, g, async.Policy{MaxAge: time.Minute, StaleWhileRevalidate: -1, Jitter: -1}, echo)
		_, _ = h.Wait(t.Context(), "k")
		pass(time.Minute - 1)
		if _, ok := h.Get("k"); !ok {
			t.Error("no value just before the deadline")
		}
		pass(1)
		if v, ok := h.Get("k"); ok {
			t.Errorf("%q is shown at the deadline", v)
		}
		synctest.Wait()
		closeTraps(t, g)
	})
}

// TestOverwritingEvictsNobody: a value that replaces its own predecessor needs no
// room. The naive way looks for room before it looks for the key:
//
//	if len(m) >= capacity {
//		evict()
//	}
//	m[key] = v
//
// so refreshing one key of a full cache drives out the others, which then run again
// (sturdyc: half of them at a time).
func TestOverwritingEvictsNobody(t *testing.T) {
	const capacity = 10
	naive := make(map[string]string)
	put := func(key, v string) {
		if len(naive) >= capacity {
			for other := range naive {
				if other != key {
					delete(naive, other)
					break
				}
			}
		}
		naive[key] = v
	}
	g := trapGroup()
	runs := 0
	h := trapFragment(t, g, async.Policy{MaxResults: capacity, MaxBytes: capacity * 110, MaxRuns: 1}, func(_ context.Context, key string) (string, error) {
		runs++
		return key, nil
	})
	hundred := string(make([]byte, 100))
	for round := range 100 {
		for n := range capacity {
			key := strconv.Itoa(n)
			if round > 0 {
				key = "0"
			}
			put(key, hundred)
			if err := h.Put(key, hundred); err != nil {
				t.Fatal(err)
			}
		}
	}
	if len(naive) == capacity {
		t.Error("the naive way has kept all: the trap is no more")
	}
	for n := range capacity {
		if _, ok := h.Get(strconv.Itoa(n)); !ok {
			t.Errorf("%d was evicted", n)
		}
	}
	closeTraps(t, g)
	if runs != 0 {
		t.Errorf("%d runs", runs)
	}
}
