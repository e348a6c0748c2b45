package results

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"sync"
	"testing"
)

func TestStore(t *testing.T) {
	s := New[string](Bounds{Entries: 3, Bytes: 100})
	set := func(key, value string, cost int64) {
		t.Helper()
		if _, err := s.Set(key, &value, cost, Never, 0); err != nil {
			t.Fatal(err)
		}
	}
	has := func(want map[string]string) {
		t.Helper()
		for _, k := range []string{"a", "b", "c", "d"} {
			got := ""
			if v := s.Get(k); v != nil {
				got = *v
			}
			if got != want[k] {
				t.Errorf("%s is %q, want %q", k, got, want[k])
			}
		}
	}
	has(nil)
	set("a", "1", 10)
	set("b", "2", 10)
	set("c", "3", 10)
	s.Get("a")
	set("d", "4", 10) // b is the oldest that nobody has read
	has(map[string]string{"a": "1", "c": "3", "d": "4"})
	set("a", "5", 90)
	if s.Bytes() > 100 || s.Get("a") == nil {
		t.Errorf("%d bytes, a is %v", s.Bytes(), s.Get("a"))
	}
	v := "big"
	if _, err := s.Set("a", &v, 101, Never, 0); !errors.Is(err, ErrTooLarge) {
		t.Errorf("Set of what is too large: %v", err)
	}
	if got := s.Get("a"); got == nil || *got != "5" {
		t.Error("a refused Set has changed what was there")
	}
	for _, k := range []string{"a", "b", "c", "d", "d"} {
		s.Delete(k)
	}
	has(nil)
	if s.Len() != 0 || s.Bytes() != 0 {
		t.Errorf("empty, but %d results of %d bytes", s.Len(), s.Bytes())
	}
}

// TestExpiredAreSwept: each Set removes up to two of the oldest that are past
// their deadline.
func TestExpiredAreSwept(t *testing.T) {
	s := New[int](Bounds{Entries: 100, Bytes: 100})
	n := 1
	for i := range 10 {
		s.Set(fmt.Sprint(i), &n, 1, 50, 0)
	}
	for i := range 5 {
		s.Set(fmt.Sprint("new", i), &n, 1, Never, 100)
	}
	if s.Len() != 5 {
		t.Errorf("%d results left, want the 5 new ones", s.Len())
	}
}

// TestBoundsAreExact in one shard, and never passed in many.
func TestBoundsAreExact(t *testing.T) {
	n := 1
	for _, b := range []Bounds{{100, 1 << 20}, {10_000, 64 << 20}, {5000, 1 << 20}, {10_000, 16 << 20}} {
		s := New[int](b)
		for i := range 50_000 {
			s.Set(fmt.Sprint(i), &n, 2000, Never, 0)
			if i%3 == 0 {
				s.Get(fmt.Sprint(rand.IntN(i + 1)))
			}
		}
		if s.Len() > b.Entries || s.Bytes() > b.Bytes {
			t.Errorf("%+v: %d results of %d bytes", b, s.Len(), s.Bytes())
		}
		full := s.Len() >= b.Entries*9/10 || s.Bytes() >= b.Bytes*9/10
		if !full {
			t.Errorf("%+v: only %d results of %d bytes", b, s.Len(), s.Bytes())
		}
		if len(s.shards) == 1 && s.Len() != min(b.Entries, int(b.Bytes/2000)) {
			t.Errorf("%+v: %d results in one shard", b, s.Len())
		}
	}
}

// TestTheQueueIsTheMap: after any sequence of operations the list and the map
// hold the same keys.
func TestTheQueueIsTheMap(t *testing.T) {
	s := New[int](Bounds{Entries: 20, Bytes: 400})
	n := 1
	for i := range 20_000 {
		key := fmt.Sprint(rand.IntN(40))
		switch rand.IntN(5) {
		case 0:
			s.Delete(key)
		case 1:
			s.Get(key)
		default:
			s.Set(key, &n, rand.Int64N(60), int64(i+rand.IntN(200)), int64(i))
		}
		sh := &s.shards[0]
		entries, bytes, hand := 0, int64(0), sh.hand == nil
		var newer *node[int]
		for e := sh.newest; e != nil; newer, e = e, e.older {
			if e.newer != newer || sh.find(e.key) != e {
				t.Fatalf("step %d: %q stands wrong", i, e.key)
			}
			entries++
			bytes += e.cost
			hand = hand || e == sh.hand
		}
		if sh.oldest != newer || !hand || entries != sh.entries || bytes != sh.bytes || sh.cache.ItemCount() != entries {
			t.Fatalf("step %d: %d in the list, %d counted, %d in the map; hand in the list: %v", i, entries, sh.entries, sh.cache.ItemCount(), hand)
		}
	}
}

func TestStoreConcurrently(t *testing.T) {
	s := New[int](Bounds{Entries: 50, Bytes: 1000})
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			for range 2000 {
				n := rand.IntN(100)
				key := fmt.Sprint(n)
				switch rand.IntN(4) {
				case 0:
					s.Set(key, &n, 10, Never, 0)
				case 1:
					s.Delete(key)
				default:
					if v := s.Get(key); v != nil && *v != n {
						t.Errorf("%s is %d", key, *v)
					}
				}
			}
		})
	}
	all.Wait()
	if s.Len() > 50 {
		t.Errorf("%d results", s.Len())
	}
}
