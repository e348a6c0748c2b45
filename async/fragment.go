package async

import (
	"fmt"
	"log/slog"
	"math/rand/v2"
	"reflect"
	"runtime"
	"sync"
	"sync/atomic"
	"weak"

	"github.com/infill-go/infill/async/internal/keys"
	"github.com/infill-go/infill/async/internal/results"
)

// fragment is a named slow block: a function of one key, and a policy. Handles,
// Commands and template fragments are typed faces of it.
type fragment struct {
	group  *Group
	number uint64 // spreads the keys that fragments have in common
	name   string
	origin string // file:line, or template:line, of its definition
	policy Policy // resolved
	codec  *keys.Codec
	zero   any // the zero value of its results

	tooLate error // of a run whose deadline has passed

	isTemplate bool // its function executes a template with the key as dot
	isCommands bool // its keys are commandKeys

	bind func(key any) runFunc
	// display names a key in logs; nil is the codec's way.
	display func(key any) string

	shards   []shard
	results  *results.Store[view]
	life     int64 // of a result, in nanoseconds
	sweeping atomic.Bool
	turns    turns // the scheduler's

	counts    counters
	tallies   [tallies]tally
	durations durations
	used      atomic.Bool // of Commands: whether it was

	mu   sync.Mutex // guards sets
	sets []weak.Pointer[Set]
}

// Below these bounds a fragment has one shard, so that its bounds are exact.
const (
	fragmentShards = 16
	manyResults    = 4096
	manyFailures   = 256
)

func newFragment(g *Group, name, origin string, p Policy) *fragment {
	f := &fragment{group: g, number: rand.Uint64(), name: name, origin: origin, policy: p, life: p.life()}
	f.tooLate = deadlineError(fmt.Sprintf("no result within %v (Policy.Timeout)", p.Timeout))
	f.results = results.New[view](results.Bounds{Entries: p.MaxResults, Bytes: p.MaxBytes, Life: f.life})
	n := 1
	if p.MaxResults >= manyResults && p.MaxFailures >= manyFailures {
		n = fragmentShards
	}
	f.shards = make([]shard, n)
	for i := range f.shards {
		most := p.MaxFailures / n
		if i < p.MaxFailures%n {
			most++ // so that all together keep the bound to the entry
		}
		f.shards[i].runs.failures.max, f.shards[i].renders.failures.max = most, most
	}
	return f
}

func (f *fragment) shard(id string) *shard { return f.shardOf(results.Hash(id)) }

func (f *fragment) shardOf(hash uint64) *shard {
	return &f.shards[hash&uint64(len(f.shards)-1)] // their number is a power of two
}

// result returns what is remembered of the key, however old, or nil. It is for the
// library's own business, and so does not count as a visit.
func (f *fragment) result(id string) *entry { return f.results.Peek(results.Hash(id), id) }

// makeRoom evicts what a result of that cost will push out, while no lock is held:
// if it is a large one among many small, that takes long, and the keys of its shard
// would have to wait.
func (f *fragment) makeRoom(id string, cost int64) {
	f.counts.evicted.Add(int64(f.results.MakeRoom(results.Hash(id), id, cost)))
}

// remember stores a result. The caller holds the mu of the key's shard.
func (f *fragment) remember(id string, e *entry, cost int64) error {
	evicted, err := f.results.Set(results.Hash(id), id, e, cost, f.group.now())
	if err != nil {
		return err
	}
	f.counts.evicted.Add(int64(evicted))
	f.sweepLater()
	return nil
}

// runName names a key of a fragment in logs and errors, as in ps("web1").
type runName struct {
	frag *fragment
	key  any
}

func (n runName) String() string {
	show := n.frag.display
	if show == nil {
		show = n.frag.codec.Display
	}
	return n.frag.name + "(" + show(n.key) + ")"
}

// LogValue names the run in a log record, whatever the handler.
func (n runName) LogValue() slog.Value { return slog.StringValue(n.String()) }

// convert turns a template's dot into a key and its encoding.
func (f *fragment) convert(dot any) (key any, id string, err error) {
	if key, err = f.codec.Convert(dot); err == nil {
		id, err = f.codec.Encode(key)
	}
	if err != nil && f.isTemplate {
		err = fmt.Errorf("the key of a template fragment is its dot, which is remembered by its value and so must be a plain one; for a pointer, a map or anything with unexported fields Register a fragment whose key says which one it is: %w", err)
	}
	if err != nil {
		return nil, "", notAKey(err)
	}
	return key, id, nil
}

// shownBy remembers that the set has views of the fragment's results. The
// pointer is weak: a set that its program has dropped must not be kept, and
// rendered for, by the group.
func (f *fragment) shownBy(s *Set) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.sets = append(f.sets, weak.Make(s))
}

// showing returns the sets that show the fragment and are still in use.
func (f *fragment) showing() []*Set {
	f.mu.Lock()
	defer f.mu.Unlock()
	live := f.sets[:0]
	var sets []*Set
	for _, p := range f.sets {
		if s := p.Value(); s != nil {
			live = append(live, p)
			sets = append(sets, s)
		}
	}
	clear(f.sets[len(live):])
	f.sets = live
	return sets
}

// caller returns the file:line of the function that called into the package, skip
// frames above the caller of caller.
func caller(skip int) string {
	_, file, line, ok := runtime.Caller(skip + 2)
	if !ok {
		return "unknown place"
	}
	return fmt.Sprintf("%s:%d", file, line)
}

func codecFor[K any]() (*keys.Codec, error) { return keys.For(reflect.TypeFor[K]()) }
