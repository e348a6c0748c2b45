package results

import (
	"fmt"
	"runtime"
	"strconv"
	"sync"
	"testing"
)

// TestExpiredAreSwept: each Set removes up to two that are past their life, also
// those behind one that was refreshed and so has kept its place.
func TestExpiredAreSwept(t *testing.T) {
	s := New[none](Bounds{Entries: 100, Bytes: 100, Life: 50})
	for i := range 10 {
		s.set(t, strconv.Itoa(i), i, 1, 0)
	}
	s.set(t, "0", "refreshed", 1, 49)
	for i := range 12 {
		s.set(t, fmt.Sprint("new", i%6), i, 1, 50)
	}
	if s.length() != 7 || s.value("0") == nil {
		t.Errorf("%d results left, want the 6 new ones and the refreshed one (%v)", s.length(), s.value("0"))
	}
}

// TestNoLongHold: while a million results are set, expire, are swept out and their
// memory is given back, no hold of a lock looks at more of them than Budget. Counted,
// not timed.
func TestNoLongHold(t *testing.T) {
	const many = 1_000_000
	s := New[none](Bounds{Entries: many * 2, Bytes: 1 << 40, Life: 100})
	for i := range many {
		s.set(t, strconv.Itoa(i), nil, 1, 0)
	}
	s.Sweep(99)
	if s.length() != many {
		t.Fatalf("%d results before their life is over, want %d", s.length(), many)
	}
	s.Sweep(100)
	if s.length() != 0 {
		t.Errorf("%d results after their life", s.length())
	}
	looked := 0
	for i := range s.shards {
		looked = max(looked, s.shards[i].longest)
	}
	if looked == 0 || looked > Budget {
		t.Errorf("one hold of a lock looked at %d results, want 1 to %d", looked, Budget)
	}
}

// TestNoLongEviction: one large result takes the place of a hundred thousand small
// ones, and a shard full of visited ones evicts, within Budget.
func TestNoLongEviction(t *testing.T) {
	s := New[none](Bounds{Entries: 200_000, Bytes: 1_000_000, Life: Never})
	for i := range 100_000 {
		s.set(t, strconv.Itoa(i), nil, 10, 0)
		s.value(fmt.Sprint(i))
	}
	s.set(t, "one more", nil, 10, 0)
	if s.length() != 100_000 {
		t.Errorf("%d results, want 100,000", s.length())
	}
	s.set(t, "large", "large", 1_000_000, 0)
	if s.length() != 1 || s.value("large") == nil {
		t.Errorf("%d results, want the large one", s.length())
	}
	if longest := s.shards[0].longest; longest > Budget {
		t.Errorf("one hold of the lock looked at %d results, want at most %d", longest, Budget)
	}
}

// TestMemoryIsGivenBack: go-cache's map alone, which is what is left if nobody
// replaces it, keeps about 90 bytes for each result that ever was.
func TestMemoryIsGivenBack(t *testing.T) {
	const many = 200_000
	for _, way := range []string{"Sweep", "Delete", "Set"} {
		t.Run(way, func(t *testing.T) {
			before := heap()
			s := New[none](Bounds{Entries: many * 2, Bytes: 1 << 40, Life: 100})
			for i := range many {
				s.set(t, strconv.Itoa(i), nil, 1, 0)
			}
			full := heap() - before
			switch way {
			case "Sweep":
				s.Sweep(100)
			case "Delete":
				for i := range many {
					s.Delete(Hash(strconv.Itoa(i)), strconv.Itoa(i))
				}
			case "Set":
				for i := range many {
					s.set(t, strconv.Itoa(-i%1000), nil, 1, 100)
				}
			}
			if left := heap() - before; left > full/20 {
				t.Errorf("%d results left and %d of %d bytes", s.length(), left, full)
			}
			for i := range s.shards {
				s.shards[i].check(t, fmt.Sprint("shard ", i))
			}
		})
	}
}

func heap() int64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}

// TestAResultIsFoundWhileItMoves: readers never miss a result that is there, while
// the shard is changing maps all the time.
func TestAResultIsFoundWhileItMoves(t *testing.T) {
	s := New[none](Bounds{Entries: 1000, Bytes: 1 << 20, Life: Never})
	sh := &s.shards[0]
	for i := range 50 {
		s.set(t, strconv.Itoa(i), i, 1, 0)
	}
	stop := make(chan struct{})
	var readers sync.WaitGroup
	for w := range 2 {
		readers.Go(func() {
			for i := w; ; i++ {
				select {
				case <-stop:
					return
				default:
				}
				if v := s.value(fmt.Sprint(i % 50)); v != i%50 {
					t.Errorf("%d is %v", i%50, v)
					return
				}
			}
		})
	}
	for range 2000 {
		sh.lock()
		sh.peak = worthwhile
		sh.shrinkSome(0)
		sh.unlock()
		for more := true; more; {
			sh.lock()
			sh.peak = 0
			more = sh.shrinkSome(7)
			sh.unlock()
		}
	}
	close(stop)
	readers.Wait()
}

// TestAllWhileItChanges: what stays all the time comes once, whatever is set,
// replaced and deleted meanwhile.
func TestAllWhileItChanges(t *testing.T) {
	s := New[none](Bounds{Entries: 100_000, Bytes: 1 << 30, Life: Never})
	const stay = 20_000
	for i := range stay {
		s.set(t, fmt.Sprint("goes", i), i, 1, 0)
		s.set(t, fmt.Sprint("stays", i), i, 1, 0)
	}
	seen := make(map[string]int)
	for r := range s.All() {
		seen[r.Key()]++
		if n := len(seen); n <= stay {
			key := fmt.Sprint("goes", n)
			s.Delete(Hash(key), key)
			s.set(t, fmt.Sprint("stays", n-1), -n, 1, 0)
		}
	}
	for i := range stay {
		if n := seen[fmt.Sprint("stays", i)]; n != 1 {
			t.Fatalf("stays%d came %d times", i, n)
		}
	}
	for range s.All() {
		break
	}
	for i := range s.shards {
		if n := len(s.shards[i].queue.cursors); n != 3 {
			t.Errorf("%d cursors left, want the 3 of the shard", n)
		}
	}
}

// TestAWalkEnds although each result that it shows is set again, at the end of the
// queue.
func TestAWalkEnds(t *testing.T) {
	s := New[none](Bounds{Entries: 3 * Budget, Bytes: 1 << 30, Life: Never})
	for i := range 2 * Budget {
		s.set(t, strconv.Itoa(i), i, 1, 0)
	}
	shown := 0
	for r := range s.All() {
		if shown++; shown > 3*Budget {
			t.Fatal("it goes on")
		}
		s.Delete(Hash(r.Key()), r.Key())
		s.set(t, r.Key(), r.Value, 1, 0)
	}
}

// TestManyBytes: a bound of more than one result may take is kept as it is.
func TestManyBytes(t *testing.T) {
	s := New[none](Bounds{Entries: 100, Bytes: 100 << 30, Life: Never})
	for i := range 10 {
		s.set(t, strconv.Itoa(i), i, 1<<30, 0)
	}
	if n, bytes := s.Size(); n != 10 || bytes != 10<<30 {
		t.Errorf("%d results of %d bytes", n, bytes)
	}
}

// TestMakeRoom evicts what Set would, so that Set evicts nothing; what is too large
// evicts nothing.
func TestMakeRoom(t *testing.T) {
	s := New[none](Bounds{Entries: 100, Bytes: 1000, Life: Never})
	for i := range 100 {
		s.set(t, strconv.Itoa(i), i, 10, 0)
	}
	if n := s.MakeRoom(Hash("large"), "large", 1001); n != 0 {
		t.Errorf("%d evicted for what is too large", n)
	}
	if n := s.MakeRoom(Hash("large"), "large", 500); n != 50 {
		t.Errorf("%d evicted, want 50", n)
	}
	if n := s.set(t, "large", "large", 500, 0); n != 0 {
		t.Errorf("Set has evicted %d more", n)
	}
	if n := s.MakeRoom(Hash("large"), "large", 510); n != 1 {
		t.Errorf("%d evicted in place of the old one, want 1", n)
	}
}
