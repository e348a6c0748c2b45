package model

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"testing/synctest"
	"time"

	"github.com/infill-go/infill/async"
)

// instant is a time since the check began.
type instant = time.Duration

// moment is how long a function that obeys its context takes to return when its
// deadline has passed. Without it the return and the deadline's own timer would be
// at one instant, in either order.
const moment = time.Millisecond

// world is the real side of a check: the group, and the fragment's function, which
// ends when and how the check wants it.
type world struct {
	group  *async.Group
	handle *async.Handle[string, value]
	epoch  time.Time
	deaf   bool // functions ignore their context, unless planned otherwise

	mu     sync.Mutex       // guards the rest, what is under it in calls, and every wait's answer
	plans  map[string]plan  // for the next call of a key
	begun  []*call          // not yet taken by the model
	open   map[string]*call // begun and not returned
	broken []string         // promises that were seen broken from inside
}

// plan is how one call of the function behaves.
type plan struct {
	atOnce *outcome // nil: when it is released
	deaf   bool     // it ignores its context
}

// call is one call of the function.
type call struct {
	key      string
	plan     plan
	ctx      context.Context
	at       instant
	deadline instant
	release  chan outcome
	returned bool
}

func newWorld(r rules) (*world, error) {
	w := &world{deaf: r.deaf, epoch: time.Now(), plans: make(map[string]plan), open: make(map[string]*call)}
	w.group = &async.Group{Logger: slog.New((*alarm)(w))}
	var err error
	w.handle, err = async.Register(w.group, "f", w.run, r.Policy)
	return w, err
}

func (w *world) now() instant { return time.Since(w.epoch) }

// run is the fragment's function.
func (w *world) run(ctx context.Context, key string) (value, error) {
	c := w.enter(ctx, key)
	defer w.leave(c) // also for a panic and a Goexit
	return c.await(ctx).end(ctx)
}

func (w *world) enter(ctx context.Context, key string) *call {
	w.mu.Lock()
	defer w.mu.Unlock()
	p, planned := w.plans[key]
	if !planned {
		p.deaf = w.deaf
	}
	c := &call{key: key, plan: p, ctx: ctx, at: w.now(), release: make(chan outcome, 1)}
	delete(w.plans, key)
	if at, ok := ctx.Deadline(); ok {
		c.deadline = at.Sub(w.epoch)
	}
	if w.open[key] != nil {
		w.broken = append(w.broken, fmt.Sprintf("a second run of %q began at %v while the first was under way", key, c.at))
	}
	if ctx.Value(visitor{}) != nil {
		w.broken = append(w.broken, fmt.Sprintf("the run of %q got a value from the context of the one who waits", key))
	}
	w.open[key] = c
	w.begun = append(w.begun, c)
	return c
}

func (w *world) leave(c *call) {
	w.mu.Lock()
	defer w.mu.Unlock()
	c.returned = true
	if w.open[c.key] == c {
		delete(w.open, c.key)
	}
}

func (c *call) await(ctx context.Context) outcome {
	if c.plan.atOnce != nil {
		return *c.plan.atOnce
	}
	done := ctx.Done()
	if c.plan.deaf {
		done = nil
	}
	select {
	case o := <-c.release:
		return o
	case <-done:
		if errors.Is(ctx.Err(), context.DeadlineExceeded) {
			advance(moment)
		}
		return outcome{how: gaveUp}
	}
}

// GoString is how rapid prints it.
func (c *call) GoString() string { return fmt.Sprintf("the run of %q that began at %v", c.key, c.at) }

// take returns the calls that have begun since the last take, in their order.
func (w *world) take() []*call {
	w.mu.Lock()
	defer w.mu.Unlock()
	begun := w.begun
	w.begun = nil
	return begun
}

// hasBegun says whether a call of the key has begun since the last take.
func (w *world) hasBegun(key string) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, c := range w.begun {
		if c.key == key {
			return true
		}
	}
	return false
}

func (w *world) hasReturned(c *call) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return c.returned
}

// advance lets the fake time pass, for whoever calls it.
func advance(d time.Duration) { <-time.After(d) }

// settle returns when everybody else has done what there is to do at this instant.
func settle() { synctest.Wait() }

// alarm is the group's log handler. Nearly all records are of failures that were
// wanted; that a run was doubled is not.
type alarm world

func (a *alarm) Enabled(context.Context, slog.Level) bool { return true }
func (a *alarm) WithAttrs([]slog.Attr) slog.Handler       { return a }
func (a *alarm) WithGroup(string) slog.Handler            { return a }
func (a *alarm) Handle(_ context.Context, r slog.Record) error {
	if strings.Contains(r.Message, "bug") {
		a.mu.Lock()
		defer a.mu.Unlock()
		a.broken = append(a.broken, r.Message)
	}
	return nil
}
