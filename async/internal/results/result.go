package results

import (
	"math"
	"sync/atomic"
)

// Result is one remembered result. The fields that are exported are the caller's:
// they are set before Set and never changed afterwards, so that readers need no
// lock. A Result is given to Set once.
//
// It is its own place in the queue: a node beside it would cost 16 bytes for the
// pointers to each other and 32 more for a second object. V is what the caller
// keeps of views, which many results do not have.
type Result[V any] struct {
	Value     any
	Completed int64 // when, on the caller's clock, in nanoseconds
	RefreshAt int64 // from here on a look starts a refresh
	Views     *V
	Took      uint32 // the caller's, in a unit of its own

	mark atomic.Uint32 // the cost, and in the lowest bit whether it was visited
	key  string

	newer, older *Result[V] // guarded by the shard's mu; nil when the result is not in the store
}

// MaxCost is what one result may cost at most, whatever the bounds: a cost has 31
// bits, beside the visited bit.
const MaxCost = math.MaxInt32

const visited = 1

// Visit marks the result as used, which keeps it from the next eviction. It loads
// first: a store would make every core fetch the line again.
func (r *Result[V]) Visit() {
	if r.mark.Load()&visited == 0 {
		r.mark.Or(visited)
	}
}

// unvisit takes the mark back, and says whether it was there.
func (r *Result[V]) unvisit() bool {
	return r.mark.Load()&visited != 0 && r.mark.And(^uint32(visited))&visited != 0
}

func (r *Result[V]) cost() int64 { return int64(r.mark.Load() >> 1) }

// Cost is what the result counts for against the bounds.
func (r *Result[V]) Cost() int64 { return r.cost() }

// Key returns the encoded key under which the result was set.
func (r *Result[V]) Key() string { return r.key }
