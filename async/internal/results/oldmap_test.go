package results

import (
	"strconv"
	"testing"
)

// TestAReaderWithAnOldMap: it has read which maps there are, others were made since, and
// what it looks for is in one that it does not know.
func TestAReaderWithAnOldMap(t *testing.T) {
	s := New[none](Bounds{Entries: 2 * worthwhile, Bytes: 1 << 20, Life: Never})
	sh := &s.shards[0]
	key := strconv.Itoa
	for n := range 2 * worthwhile {
		s.set(t, key(n), n, 1, 0)
	}
	old := sh.caches.Load()
	for n := range 2*worthwhile - 100 {
		s.Delete(Hash(key(n)), key(n))
	}
	s.Sweep(0)
	const there = 2*worthwhile - 1
	if find[none](old.current, key(there)) != nil {
		t.Fatal("no other map was made, so this test tells nothing")
	}
	if r := sh.missed(old, key(there)); r == nil || r.Value != there {
		t.Errorf("the result is missed: %v", r)
	}
}
