package async

import (
	"context"
	"runtime"
	"strconv"
	"testing"
	"testing/synctest"
	"time"
	"weak"
)

// TestAQuietFragmentIsSwept: results past all their windows go without anybody
// asking for anything, and the timer with them.
func TestAQuietFragmentIsSwept(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := quietGroup()
		h := register(t, g, "f", Policy{MaxAge: time.Minute, StaleWhileRevalidate: time.Minute, StaleIfError: time.Hour}, func(ctx context.Context, key string) (string, error) { return key, nil })
		for i := range 1000 {
			h.Put(strconv.Itoa(i), "v")
		}
		advance(time.Hour + time.Minute - 1)
		if n := entriesOf(h.frag.results); n != 1000 {
			t.Errorf("%d results before their time, want 1000", n)
		}
		advance(1)
		if n := entriesOf(h.frag.results); n != 0 {
			t.Errorf("%d results after all their windows", n)
		}
		if h.frag.sweeping.Load() {
			t.Error("a timer is set, and there is nothing to sweep")
		}
		h.Put("again", "v")
		advance(3 * time.Hour)
		if n := entriesOf(h.frag.results); n != 0 {
			t.Errorf("%d results: the second time nothing was swept", n)
		}
		closeGroup(t, g)
	})
}

// TestShortLivesAreNotSweptAllTheTime: at least ten seconds lie between two sweeps,
// and after Close there is none.
func TestShortLivesAreNotSweptAllTheTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := quietGroup()
		h := register(t, g, "f", Policy{MaxAge: time.Millisecond, StaleWhileRevalidate: -1}, func(ctx context.Context, key string) (string, error) { return key, nil })
		h.Put("k", "v")
		advance(sweepAtLeast - 1)
		if n := entriesOf(h.frag.results); n != 1 {
			t.Errorf("%d results within ten seconds, want 1", n)
		}
		h.Put("other", "v")
		advance(1)
		if n := entriesOf(h.frag.results); n != 1 || !h.frag.sweeping.Load() {
			t.Errorf("%d results, want the newer; a timer for it: %t", n, h.frag.sweeping.Load())
		}
		closeGroup(t, g)
		advance(time.Hour)
		if h.frag.sweeping.Load() {
			t.Error("a timer is set after Close")
		}
	})
}

// TestResultsThatStayNeedNoTimer, and a timer keeps no fragment alive.
func TestResultsThatStayNeedNoTimer(t *testing.T) {
	g := quietGroup()
	stays := register(t, g, "stays", Policy{MaxAge: time.Minute}, func(ctx context.Context, key string) (string, error) { return key, nil })
	stays.Put("k", "v")
	if stays.frag.sweeping.Load() {
		t.Error("a timer is set, but the result is kept until it is evicted")
	}
	dropped := func() weak.Pointer[fragment] {
		g := quietGroup()
		h := register(t, g, "goes", Policy{MaxAge: time.Hour, StaleWhileRevalidate: time.Hour}, func(ctx context.Context, key string) (string, error) { return key, nil })
		h.Put("k", "v")
		if !h.frag.sweeping.Load() {
			t.Error("no timer is set")
		}
		closeGroup(t, g)
		return weak.Make(h.frag)
	}()
	for range 3 {
		runtime.GC()
	}
	if dropped.Value() != nil {
		t.Error("the timer keeps the fragment")
	}
	closeGroup(t, g)
}
