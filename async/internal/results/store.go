// Package results keeps the remembered results of one fragment: go-cache maps,
// bounded in entries and bytes, without a goroutine, a finalizer or a wall clock.
//
// go-cache gives the map and its lock. It has no bound of its own, its janitor
// cannot be stopped, its expiry reads the wall clock on every hit and its map
// never gets smaller, so none of these is used: every cache is made with
// New(NoExpiration, 0), the bound around it is SIEVE (Zhang et al., NSDI 2024),
// whose hit sets one bit and takes no lock, and a cache that has become mostly
// empty is replaced.
//
// No lock is held for longer than it takes to look at Budget results.
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

// Bounds is what a store may hold. All must be positive.
type Bounds struct {
	Entries int
	Bytes   int64
	// Life is how long after its completion a result may be removed, in
	// nanoseconds. Never: not at all.
	Life int64
}

// Store maps encoded keys to immutable results. Its methods are safe for
// concurrent use, but two Sets of one key at a time are the caller's mistake: he
// would not know which of them has won.
//
// Every method takes the key's hash, of whatever function the caller likes, as
// long as it is always the same: the caller mostly needs one, too.
type Store[V any] struct {
	shards []shard[V]
	share  Bounds
}

// New returns an empty store with the given bounds.
func New[V any](b Bounds) *Store[V] {
	n := 1
	if b.Entries >= largeEntries && b.Bytes >= largeBytes {
		n = shardsWhenLarge
	}
	s := &Store[V]{
		shards: make([]shard[V], n),
		share:  Bounds{Entries: b.Entries / n, Bytes: b.Bytes / int64(n), Life: b.Life},
	}
	for i := range s.shards {
		s.shards[i].init(&s.share)
	}
	return s
}

// Hash is a hash of the key for the methods of any Store.
func Hash(key string) uint64 { return maphash.String(seed, key) }

// seed is one for the process, drawn at its start: whoever chooses keys cannot
// choose their shard.
var seed = maphash.MakeSeed()

func newCache() *gocache.Cache { return gocache.New(gocache.NoExpiration, 0) }

// Get returns the result of key, or nil. It marks the result as visited, which
// keeps it from the next eviction. It does not look at deadlines: what is shown
// of an old result is the caller's decision.
func (s *Store[V]) Get(hash uint64, key string) *Result[V] {
	sh := s.shard(hash)
	c := sh.caches.Load()
	r := find[V](c.current, key)
	if r == nil {
		if r = sh.missed(c, key); r == nil {
			return nil
		}
	}
	r.Visit()
	return r
}

// Peek is Get without the mark: for who does not use the result.
func (s *Store[V]) Peek(hash uint64, key string) *Result[V] { return s.shard(hash).get(key) }

// Set keeps the result under key, replacing what was there. It evicts first what
// would be over the bounds, and returns how many results went. A result that
// costs more than a shard's share, or MaxCost, is refused with ErrTooLarge, and what was there
// stays. now is the instant on the clock of Completed.
func (s *Store[V]) Set(hash uint64, key string, r *Result[V], cost, now int64) (evicted int, err error) {
	if cost > min(s.share.Bytes, MaxCost) {
		return 0, ErrTooLarge
	}
	r.key = key
	r.mark.Store(uint32(max(cost, 0)) << 1)
	return s.shard(hash).set(r, now), nil
}

// MakeRoom evicts what a Set of the key with that cost would evict, and returns how
// many results went. It is for who calls Set with a lock held, and does not want to
// hold it for long.
func (s *Store[V]) MakeRoom(hash uint64, key string, cost int64) (evicted int) {
	if cost > min(s.share.Bytes, MaxCost) {
		return 0
	}
	return s.shard(hash).makeRoomFor(key, max(cost, 0))
}

// Delete forgets the result of key.
func (s *Store[V]) Delete(hash uint64, key string) { s.shard(hash).delete(key) }

// Sweep removes all results that are past their life, and gives back the memory
// of shards that have become mostly empty.
func (s *Store[V]) Sweep(now int64) {
	for i := range s.shards {
		s.shards[i].sweepAll(now)
	}
}

// Size returns the number of results held, those past their life included until
// they are swept out, and the sum of their costs.
func (s *Store[V]) Size() (entries int, bytes int64) {
	for i := range s.shards {
		e, b := s.shards[i].size()
		entries += e
		bytes += b
	}
	return entries, bytes
}

// Share returns the part of the bounds that one shard keeps.
func (s *Store[V]) Share() Bounds { return s.share }

func (s *Store[V]) shard(hash uint64) *shard[V] {
	return &s.shards[hash&uint64(len(s.shards)-1)] // their number is a power of two
}
