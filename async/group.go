package async

import (
	"context"
	"fmt"
	"log/slog"
	"math"
	"os"
	"sync"
	"sync/atomic"
	"time"
	"weak"

	"github.com/infill-go/infill/async/internal/results"
)

// Group owns fragments, their limits and every goroutine that works for them.
// [Group.Close] ends them all. The zero value is ready to use; a nil *Group is
// the default group, everywhere in this package. Set the exported fields before
// the first use and not after it. Methods are safe for concurrent use.
type Group struct {
	// Logger gets a record for everything that degrades: failed runs, reached
	// limits, keys that cannot be keys, lost work. Nil: slog.Default() at the time
	// of the record.
	Logger *slog.Logger
	// MaxRuns is how many runs of all fragments together execute at a time. Zero
	// or less: 64.
	MaxRuns int
	// Commands is the policy of the one fragment that all Commands of the group
	// share. The zero value keeps a value until the process ends or the value is
	// evicted.
	Commands Policy
	// Observe, if not nil, is told what happens to the runs of the group's fragments:
	//
	//	start    a run has begun
	//	done     its result is remembered; s.Duration is what it took
	//	fail     it failed with err; s.Reason, s.Failures and s.Retry say more
	//	discard  its result was dropped, because Put or Forget had overtaken it
	//	abandon  its function has passed its deadline and does not return
	//	refuse   a run was not started, for a limit or because the group is closed: err
	//	put      Put has stored a value
	//	forget   Forget was called
	//
	// s.Name and s.Key say which; the Key of a Command is its id, or file:line. It is
	// called in the goroutine in which it happens, with no lock held: the run's, a
	// timer's for deadlines, the caller's for refuse, put and forget. Of a run that ends
	// just at its deadline, fail and done may come in either order. It must be safe for
	// concurrent use and return at once; a panic in it is logged. It may use the group,
	// but what makes the same event again goes on for ever. What is shown makes no
	// events, only counts: [Group.Stats].
	Observe func(event string, s State, err error)

	once  sync.Once
	epoch time.Time // the clock's zero
	sched scheduler

	// base is what every run's context descends from. It carries no values and
	// nobody's cancellation but the group's own.
	base   context.Context
	cutOff context.CancelCauseFunc

	closing  chan struct{} // closed when Close begins
	closed   chan struct{} // closed when Close has ended
	keepers  sync.WaitGroup
	commands *fragment

	badCommands atomic.Pointer[error] // why Group.Commands could not be used, until it is told

	mu        sync.Mutex           // guards the rest
	fragments map[string]*fragment // registered ones, by name
	templates map[string]string    // names that a bound set took as template fragments, and where
	ofSets    []weak.Pointer[fragment]
	isClosing bool
	lost      []string // the runs that Close lost
}

var defaultGroup Group

// Default returns the group that a nil *Group stands for: to set its fields,
// before anything of the package is used, and to close it.
func Default() *Group { return &defaultGroup }

// ready returns the group itself, or the default group for nil, initialised.
func (g *Group) ready() *Group {
	if g == nil {
		g = &defaultGroup
	}
	g.once.Do(g.init)
	return g
}

func (g *Group) init() {
	g.epoch = time.Now()
	g.base, g.cutOff = context.WithCancelCause(context.Background())
	g.closing = make(chan struct{})
	g.closed = make(chan struct{})
	g.fragments = make(map[string]*fragment)
	g.templates = make(map[string]string)
	g.sched.limit = g.maxRuns()
	g.sched.idle = make(chan struct{})
	g.commands = newCommands(g)
}

func (g *Group) maxRuns() int {
	if g.MaxRuns > 0 {
		return g.MaxRuns
	}
	return defaultGroupRuns
}

const never = results.Never

// now reads the monotonic clock, in nanoseconds since the group's first use. It
// is half the price of time.Now, and no step of the wall clock moves a deadline.
func (g *Group) now() int64 { return int64(time.Since(g.epoch)) }

// wall turns an instant of the group's clock into a time for people to read.
func (g *Group) wall(t int64) time.Time {
	if t == math.MaxInt64 {
		return time.Time{}
	}
	return g.epoch.Add(time.Duration(t))
}

// record writes to the log. It is called in goroutines that nobody else guards, so
// a Logger that panics must not end the process.
func (g *Group) record(level slog.Level, message string, args ...any) {
	defer func() {
		if v := recover(); v != nil {
			fmt.Fprintf(os.Stderr, "async: Group.Logger panicked: %v; the record was: %s %v\n", v, message, args)
		}
	}()
	g.logger().Log(g.base, level, "async: "+message, args...)
}

func (g *Group) logger() *slog.Logger {
	if g.Logger != nil {
		return g.Logger
	}
	return slog.Default()
}
