package results

import (
	"sync"
	"sync/atomic"

	gocache "github.com/patrickmn/go-cache"
)

// Budget is how many results are looked at in one hold of a shard's lock, at
// most, whatever is to be done: a thousand take about 50 us when they are not in
// the processor's cache.
const Budget = 1000

// shard is one part of a store with its own bound: a go-cache, and a queue of the
// results in it.
//
// go-cache's lock is taken inside mu and calls nothing of ours, so the order is
// always mu, then go-cache.
type shard[V any] struct {
	caches atomic.Pointer[caches] // reads need no mu; writes are made under it, so that maps and queue agree

	mu    sync.Mutex // guards the rest
	share *Bounds
	queue queue[V]
	bytes int64
	peak  int // most entries since the map was made: what memory it takes

	// Cursors stand in the queue. The hand is SIEVE's, where the next eviction looks
	// first; sweeper is where the next Set looks for what has expired; mover is the
	// next to be moved to a smaller map.
	hand, sweeper, mover cursor[V]

	longest int // the most results that were looked at in one hold: for the test of Budget
	looked  int // in this hold
}

// caches are the maps of a shard. While a shard gives memory back there are two:
// what was set before is moved, a few at a time, from shrinking to current.
type caches struct {
	current   *gocache.Cache
	shrinking *gocache.Cache // nil most of the time
}

func (s *shard[V]) init(share *Bounds) {
	s.share = share
	s.caches.Store(&caches{current: newCache()})
	s.queue.cursors = []*cursor[V]{&s.hand, &s.sweeper, &s.mover}
}

// get reads without mu. A result that is there is found even while it moves: it is
// set in current before it is deleted in shrinking. For this interleaving current
// is read twice: the reader finds nothing in current; the mover sets it there and
// deletes it in shrinking; the reader finds nothing in shrinking. And for this one
// the pointer is read twice: the reader has read the pointer; another goroutine
// makes a new pair, and moves the result to a map that the reader does not know.
func (s *shard[V]) get(key string) *Result[V] {
	for {
		c := s.caches.Load()
		r := find[V](c.current, key)
		if r == nil && c.shrinking != nil {
			if r = find[V](c.shrinking, key); r == nil {
				r = find[V](c.current, key)
			}
		}
		if r != nil || s.caches.Load() == c {
			return r
		}
	}
}

// missed is get after a first look, at c, that has found nothing.
func (s *shard[V]) missed(c *caches, key string) *Result[V] {
	if c.shrinking == nil && s.caches.Load() == c {
		return nil
	}
	return s.get(key)
}

func find[V any](c *gocache.Cache, key string) *Result[V] {
	v, ok := c.Get(key)
	if !ok {
		return nil
	}
	r, _ := v.(*Result[V])
	return r
}

// set makes room, in as many holds of the lock as the budget asks for, and then
// puts the result in. A refreshed result keeps its place in the queue and its
// visited bit: it is the same result to its readers.
func (s *shard[V]) set(r *Result[V], now int64) (evicted int) {
	for {
		s.lock()
		old := s.get(r.key)
		evicted += s.makeRoom(r.cost(), old)
		if !s.fits(r.cost(), old) {
			s.unlock()
			continue
		}
		if old != nil {
			s.replace(old, r)
		} else {
			s.insert(r)
		}
		s.sweepSome(now)
		s.shrinkSome(moves)
		s.unlock()
		return evicted
	}
}

// makeRoomFor is the first part of set.
func (s *shard[V]) makeRoomFor(key string, cost int64) (evicted int) {
	for fits := false; !fits; {
		s.lock()
		old := s.get(key)
		evicted += s.makeRoom(cost, old)
		fits = s.fits(cost, old)
		s.unlock()
	}
	return evicted
}

func (s *shard[V]) lock() {
	s.mu.Lock()
	s.looked = 0
}

func (s *shard[V]) unlock() {
	s.longest = max(s.longest, s.looked)
	s.mu.Unlock()
}

// fits says whether the bounds are kept with a result of that cost in place of old,
// which may be nil.
func (s *shard[V]) fits(cost int64, old *Result[V]) bool {
	entries, bytes := s.queue.length, s.bytes+cost
	if old != nil {
		bytes -= old.cost()
	} else {
		entries++
	}
	return entries <= s.share.Entries && bytes <= s.share.Bytes
}

// evictBudget leaves of Budget what a Set does besides.
const evictBudget = Budget - sweep - moves

// makeRoom evicts until a result of that cost fits or the budget is spent.
func (s *shard[V]) makeRoom(cost int64, old *Result[V]) (evicted int) {
	for !s.fits(cost, old) && s.looked < evictBudget {
		s.remove(s.victim(old))
		evicted++
	}
	return evicted
}

// victim is SIEVE's choice: from the hand towards the newest, the first result
// that was not visited since the hand last passed. The one that is to be replaced
// is not taken. When all that the budget allows to look at were visited, the next
// one goes.
func (s *shard[V]) victim(replaced *Result[V]) *Result[V] {
	for {
		r := s.queue.at(&s.hand)
		s.looked++
		spared := s.looked < evictBudget && r.unvisit()
		if r != replaced && !spared {
			return r
		}
		s.hand.at = r.newer
	}
}

func (s *shard[V]) insert(r *Result[V]) {
	s.queue.push(r)
	s.bytes += r.cost()
	s.put(r)
	s.peak = max(s.peak, s.queue.length)
}

func (s *shard[V]) replace(old, r *Result[V]) {
	if old.mark.Load()&visited != 0 {
		r.Visit()
	}
	s.bytes += r.cost() - old.cost()
	s.queue.replace(old, r)
	s.put(r)
}

func (s *shard[V]) put(r *Result[V]) {
	c := s.caches.Load()
	c.current.Set(r.key, r, gocache.NoExpiration)
	if c.shrinking != nil {
		c.shrinking.Delete(r.key)
	}
}

func (s *shard[V]) remove(r *Result[V]) {
	s.queue.remove(r)
	s.bytes -= r.cost()
	c := s.caches.Load()
	c.current.Delete(r.key)
	if c.shrinking != nil {
		c.shrinking.Delete(r.key)
	}
}

func (s *shard[V]) delete(key string) {
	s.lock()
	defer s.unlock()
	if r := s.get(key); r != nil {
		s.remove(r)
		s.shrinkSome(moves)
	}
}

func (s *shard[V]) size() (entries int, bytes int64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.queue.length, s.bytes
}
