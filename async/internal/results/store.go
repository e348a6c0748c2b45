// Package results keeps the remembered results of one fragment: go-cache maps,
// bounded in entries and bytes, without a goroutine, a finalizer or a wall clock.
//
// go-cache gives the map and its lock. It has no bound of its own, its janitor
// cannot be stopped and its expiry reads the wall clock on every hit, so none
// of these is used: every cache is made with New(NoExpiration, 0), and the
// bound around it is SIEVE (Zhang et al., NSDI 2024), whose hit sets one bit
// and takes no lock.
package results

import (
	"errors"
	"hash/maphash"
	"math"

	gocache "github.com/patrickmn/go-cache"
)

// Never is the deadline of a result that does not expire.
const Never = math.MaxInt64

// ErrTooLarge says that a result costs more than one shard may hold.
var ErrTooLarge = errors.New("larger than the fragment's share of memory")

// shardsWhenLarge is the number of shards of a store whose bounds are large
// enough to be divided. A divided bound is kept per shard, so a store with
// small bounds has one shard and keeps them to the entry.
const (
	shardsWhenLarge = 16
	largeEntries    = 4096
	largeBytes      = 16 << 20
)

// Bounds is what a store may hold. Both must be positive.
type Bounds struct {
	Entries int
	Bytes   int64
}

// Store maps encoded keys to immutable results of type E. Its methods are safe
// for concurrent use. A reader gets the pointer that was set; nobody may change
// what it points to.
type Store[E any] struct {
	seed   maphash.Seed
	shards []shard[E]
	share  Bounds
}

// New returns an empty store with the given bounds.
func New[E any](b Bounds) *Store[E] {
	n := 1
	if b.Entries >= largeEntries && b.Bytes >= largeBytes {
		n = shardsWhenLarge
	}
	s := &Store[E]{
		seed:   maphash.MakeSeed(),
		shards: make([]shard[E], n),
		share:  Bounds{Entries: b.Entries / n, Bytes: b.Bytes / int64(n)},
	}
	for i := range s.shards {
		s.shards[i].cache = gocache.New(gocache.NoExpiration, 0)
	}
	return s
}

// Get returns the result of key, or nil. It marks the result as visited, which
// keeps it from the next eviction. It does not look at deadlines: what is shown
// of an old result is the caller's decision.
func (s *Store[E]) Get(key string) *E {
	v, ok := s.shard(key).cache.Get(key)
	if !ok {
		return nil
	}
	n, ok := v.(*node[E])
	if !ok {
		return nil
	}
	if !n.visited.Load() { // a load first: a store would make every core fetch the line again
		n.visited.Store(true)
	}
	return n.result
}

// Set keeps the result under key, replacing what was there, until the deadline
// expires. Times are monotonic nanoseconds of the caller's clock. It evicts what
// is over the bounds and returns how many results went. A result that costs more
// than a shard's share is refused with ErrTooLarge, and what was there stays.
func (s *Store[E]) Set(key string, result *E, cost int64, expires, now int64) (evicted int, err error) {
	if cost > s.share.Bytes {
		return 0, ErrTooLarge
	}
	return s.shard(key).set(&node[E]{key: key, result: result, cost: cost, expires: expires}, s.share, now), nil
}

// Delete forgets the result of key.
func (s *Store[E]) Delete(key string) {
	s.shard(key).delete(key)
}

// Len returns the number of results held, expired ones included until they are
// swept out.
func (s *Store[E]) Len() int {
	n := 0
	for i := range s.shards {
		entries, _ := s.shards[i].size()
		n += entries
	}
	return n
}

// Bytes returns the sum of the costs of the results held.
func (s *Store[E]) Bytes() int64 {
	var b int64
	for i := range s.shards {
		_, bytes := s.shards[i].size()
		b += bytes
	}
	return b
}

// Share returns the part of the bounds that one shard keeps.
func (s *Store[E]) Share() Bounds { return s.share }

func (s *Store[E]) shard(key string) *shard[E] {
	if len(s.shards) == 1 {
		return &s.shards[0]
	}
	return &s.shards[maphash.String(s.seed, key)%uint64(len(s.shards))]
}
