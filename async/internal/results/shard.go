package results

import (
	"sync"
	"sync/atomic"

	gocache "github.com/patrickmn/go-cache"
)

// sweep is how many of the oldest results each Set looks at for their deadline,
// so that expiry needs no goroutine and no long hold of the lock.
const sweep = 2

// node is what go-cache holds: a result and its place in the queue.
type node[E any] struct {
	key     string
	result  *E
	cost    int64
	expires int64
	visited atomic.Bool

	newer, older *node[E] // guarded by the shard's mu
}

// shard is one go-cache with its own bound.
//
// go-cache's lock is taken inside mu and calls nothing of ours, so the order is
// always mu, then go-cache.
type shard[E any] struct {
	cache *gocache.Cache // reads need no mu; writes are made under it, so that map and queue agree

	mu             sync.Mutex // guards the rest
	newest, oldest *node[E]
	hand           *node[E] // where the next eviction looks first; nil is the oldest
	entries        int
	bytes          int64
}

func (s *shard[E]) set(n *node[E], share Bounds, now int64) (evicted int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if old := s.find(n.key); old != nil {
		s.replace(old, n)
	} else {
		s.push(n)
	}
	s.cache.Set(n.key, n, gocache.NoExpiration)
	s.sweepOldest(now)
	for s.entries > share.Entries || s.bytes > share.Bytes {
		s.remove(s.victim(n))
		evicted++
	}
	return evicted
}

func (s *shard[E]) delete(key string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if n := s.find(key); n != nil {
		s.remove(n)
	}
}

func (s *shard[E]) size() (entries int, bytes int64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.entries, s.bytes
}

func (s *shard[E]) find(key string) *node[E] {
	v, ok := s.cache.Get(key)
	if !ok {
		return nil
	}
	n, _ := v.(*node[E])
	return n
}

func (s *shard[E]) push(n *node[E]) {
	n.older = s.newest
	if s.newest != nil {
		s.newest.newer = n
	} else {
		s.oldest = n
	}
	s.newest = n
	s.entries++
	s.bytes += n.cost
}

// replace puts n where old stood. A refreshed result keeps its place and its
// visited bit: it is the same result to its readers.
func (s *shard[E]) replace(old, n *node[E]) {
	n.newer, n.older = old.newer, old.older
	n.visited.Store(old.visited.Load())
	if n.newer != nil {
		n.newer.older = n
	} else {
		s.newest = n
	}
	if n.older != nil {
		n.older.newer = n
	} else {
		s.oldest = n
	}
	if s.hand == old {
		s.hand = n
	}
	s.bytes += n.cost - old.cost
}

func (s *shard[E]) remove(n *node[E]) {
	if s.hand == n {
		s.hand = n.newer
	}
	if n.newer != nil {
		n.newer.older = n.older
	} else {
		s.newest = n.older
	}
	if n.older != nil {
		n.older.newer = n.newer
	} else {
		s.oldest = n.newer
	}
	n.newer, n.older = nil, nil
	s.entries--
	s.bytes -= n.cost
	s.cache.Delete(n.key)
}

// victim is SIEVE's choice: from the hand towards the newest, the first result
// that was not visited since the hand last passed. The result that was just set
// is never the victim, else a full shard of visited results would refuse all
// newcomers.
func (s *shard[E]) victim(justSet *node[E]) *node[E] {
	n := s.hand
	for {
		if n == nil {
			n = s.oldest
		}
		if n != justSet && !n.visited.Swap(false) {
			s.hand = n.newer
			return n
		}
		n = n.newer
	}
}

// sweepOldest removes the oldest results whose deadline has passed.
func (s *shard[E]) sweepOldest(now int64) {
	for range sweep {
		n := s.oldest
		if n == nil || n.expires > now {
			return
		}
		s.remove(n)
	}
}
