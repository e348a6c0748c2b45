package results

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"strconv"
	"sync"
	"testing"
	"unsafe"
)

// none is what these tests keep of views: nothing.
type none struct{}

func (s *Store[V]) set(t *testing.T, key string, value any, cost, now int64) (evicted int) {
	t.Helper()
	evicted, err := s.Set(Hash(key), key, &Result[V]{Value: value, Completed: now}, cost, now)
	if err != nil {
		t.Fatal(err)
	}
	return evicted
}

func (s *Store[V]) value(key string) any {
	if r := s.Get(Hash(key), key); r != nil {
		return r.Value
	}
	return nil
}

func (s *Store[V]) length() int {
	n, _ := s.Size()
	return n
}

func TestStore(t *testing.T) {
	s := New[none](Bounds{Entries: 3, Bytes: 100, Life: Never})
	has := func(want map[string]any) {
		t.Helper()
		for _, k := range []string{"a", "b", "c", "d"} {
			if got := s.value(k); got != want[k] {
				t.Errorf("%s is %v, want %v", k, got, want[k])
			}
		}
	}
	has(nil)
	s.set(t, "a", "1", 10, 0)
	s.set(t, "b", "2", 10, 0)
	s.set(t, "c", "3", 10, 0)
	s.value("a")
	s.set(t, "d", "4", 10, 0) // b is the oldest that nobody has read
	has(map[string]any{"a": "1", "c": "3", "d": "4"})
	s.set(t, "a", "5", 90, 0)
	if _, bytes := s.Size(); bytes > 100 || s.value("a") != "5" {
		t.Errorf("%d bytes, a is %v", bytes, s.value("a"))
	}
	if _, err := s.Set(Hash("a"), "a", &Result[none]{Value: "big"}, 101, 0); !errors.Is(err, ErrTooLarge) {
		t.Errorf("Set of what is too large: %v", err)
	}
	if s.value("a") != "5" {
		t.Error("a refused Set has changed what was there")
	}
	for _, k := range []string{"a", "b", "c", "d", "d"} {
		s.Delete(Hash(k), k)
	}
	has(nil)
	if entries, bytes := s.Size(); entries != 0 || bytes != 0 {
		t.Errorf("empty, but %d results of %d bytes", entries, bytes)
	}
}

// TestSizeOfAResult holds what a result costs beside its key and value: a million of
// them are to take less than 330 bytes each, of which go-cache's map takes 100, and
// a boxed string of 100 bytes with a key of 16 another 144.
func TestSizeOfAResult(t *testing.T) {
	if size := unsafe.Sizeof(Result[none]{}); size > 80 {
		t.Errorf("a result has %d bytes, want at most 80", size)
	}
}

// A cost has 31 bits; more is refused rather than cut off, whatever the bounds.
func TestCostIsNotCutOff(t *testing.T) {
	s := New[none](Bounds{Entries: 3, Bytes: 1 << 40, Life: Never})
	if _, err := s.Set(0, "a", new(Result[none]), MaxCost+1, 0); !errors.Is(err, ErrTooLarge) {
		t.Errorf("a cost of %d: %v", int64(MaxCost)+1, err)
	}
	s.set(t, "b", 1, MaxCost, 0)
	if r := s.Get(Hash("b"), "b"); r.Cost() != MaxCost || r.Key() != "b" {
		t.Errorf("%q costs %d, want %d", r.Key(), r.Cost(), MaxCost)
	}
}

// TestBoundsAreExact in one shard, and never passed in many.
func TestBoundsAreExact(t *testing.T) {
	for _, b := range []Bounds{{100, 1 << 20, Never}, {10_000, 64 << 20, Never}, {5000, 1 << 20, Never}, {10_000, 16 << 20, Never}} {
		s := New[none](b)
		for i := range 50_000 {
			s.set(t, fmt.Sprint(i), i, 2000, 0)
			if i%3 == 0 {
				s.value(fmt.Sprint(rand.IntN(i + 1)))
			}
		}
		entries, bytes := s.Size()
		if entries > b.Entries || bytes > b.Bytes {
			t.Errorf("%+v: %d results of %d bytes", b, entries, bytes)
		}
		if entries < b.Entries*9/10 && bytes < b.Bytes*9/10 {
			t.Errorf("%+v: only %d results of %d bytes", b, entries, bytes)
		}
		if len(s.shards) == 1 && entries != min(b.Entries, int(b.Bytes/2000)) {
			t.Errorf("%+v: %d results in one shard", b, entries)
		}
	}
}

// TestAFloodLeavesHotKeys: keys that are read again and again stay while a million
// others pass through.
func TestAFloodLeavesHotKeys(t *testing.T) {
	const hot, flood = 1000, 1_000_000
	s := New[none](Bounds{Entries: 10_000, Bytes: 64 << 20, Life: Never})
	name := func(i int) string { return "hot" + strconv.Itoa(i) }
	asked, there := 0, 0
	for i := range flood {
		s.set(t, strconv.Itoa(i), i, 200, 0)
		if i%2 == 0 {
			asked++
			key := name(rand.IntN(hot))
			if s.value(key) != nil {
				there++
			} else {
				s.set(t, key, i, 200, 0)
			}
		}
	}
	if there*100 < asked*95 {
		t.Errorf("%d of %d reads of hot keys were hits, want 95 %%", there, asked)
	}
}

// TestTheQueueIsTheMap: after any sequence of operations the list and the maps
// hold the same keys, and every cursor stands in the list.
func TestTheQueueIsTheMap(t *testing.T) {
	s := New[none](Bounds{Entries: 20, Bytes: 400, Life: 100})
	sh := &s.shards[0]
	for i := range 20_000 {
		key := fmt.Sprint(rand.IntN(40))
		switch rand.IntN(6) {
		case 0:
			s.Delete(Hash(key), key)
		case 1:
			s.value(key)
		case 2:
			sh.mu.Lock()
			sh.peak = worthwhile // so that it gives memory back even with so few
			sh.shrinkSome(rand.IntN(4))
			sh.mu.Unlock()
		default:
			s.set(t, key, i, rand.Int64N(60), int64(i))
		}
		sh.check(t, fmt.Sprint("step ", i))
	}
}

func (s *shard[V]) check(t *testing.T, when string) {
	t.Helper()
	entries, bytes := 0, int64(0)
	standing := map[*Result[V]]bool{nil: true}
	var older *Result[V]
	for r := s.queue.oldest; r != nil; older, r = r, r.newer {
		if r.older != older || s.get(r.key) != r {
			t.Fatalf("%s: %q stands wrong", when, r.key)
		}
		entries++
		bytes += r.cost()
		standing[r] = true
	}
	for _, c := range s.queue.cursors {
		if !standing[c.at] {
			t.Fatalf("%s: a cursor at %q, which is gone", when, c.at.key)
		}
	}
	c := s.caches.Load()
	held := c.current.ItemCount()
	if c.shrinking != nil {
		held += c.shrinking.ItemCount()
	}
	if s.queue.newest != older || entries != s.queue.length || bytes != s.bytes || held != entries {
		t.Fatalf("%s: %d in the list, %d counted, %d in the maps", when, entries, s.queue.length, held)
	}
}

func TestStoreConcurrently(t *testing.T) {
	s := New[none](Bounds{Entries: 50, Bytes: 1000, Life: Never})
	var writers [100]sync.Mutex // one Set of a key at a time
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			for range 2000 {
				n := rand.IntN(100)
				key := fmt.Sprint(n)
				switch rand.IntN(4) {
				case 0:
					writers[n].Lock()
					s.Set(Hash(key), key, &Result[none]{Value: n}, 10, 0)
					writers[n].Unlock()
				case 1:
					s.Delete(Hash(key), key)
				default:
					if v := s.value(key); v != nil && v != n {
						t.Errorf("%s is %v", key, v)
					}
				}
			}
		})
	}
	all.Wait()
	if s.length() > 50 {
		t.Errorf("%d results", s.length())
	}
	s.shards[0].check(t, "at the end")
}
