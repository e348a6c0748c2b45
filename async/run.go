package async

import (
	"context"
	"fmt"
	"log/slog"
	"runtime/debug"
	"time"

	"github.com/infill-go/infill/async/internal/keys"
)

// fly is the flight's goroutine.
func (f *flight) fly() {
	defer f.land()
	_, _, shared := f.line().guard.Do(f.id, f.attempt)
	if shared {
		f.frag.counts.doubled.Add(1)
		f.frag.group.record(slog.LevelError, "one key was run twice at a time; this is a bug of package async", "run", f.name())
	}
}

// land runs when the function has ended, in whatever way: return, panic, Goexit.
func (f *flight) land() {
	defer f.frag.group.sched.landed(f)
	f.decideAtLast()
	if next, err := f.leave(); err != nil {
		f.frag.group.missed(next, err)
		f.frag.refused(next.name(), err)
	}
}

// decideAtLast is for a flight that never got to its function, because singleflight
// has found another with its key: whoever waits is told, whatever the mistake was.
func (f *flight) decideAtLast() {
	f.shard.mu.Lock()
	defer f.shard.mu.Unlock()
	if !f.decided {
		f.decide(nil, &runError{f.name(), errStuck})
	}
}

// outcome is what a flight came to.
type outcome struct {
	entry *entry
	cost  int64

	err error
	why string // the reason of err in a word

	viewErr error // the value is good, a view of it failed
}

// attempt runs the function once and settles the flight. It settles in a defer:
// a Goexit in the function ends this goroutine, and everyone else would wait for
// ever.
func (f *flight) attempt() (any, error) {
	ctx, wanted := f.begin()
	if !wanted {
		return nil, nil
	}
	deadline := time.AfterFunc(f.frag.policy.Timeout, f.expire)
	o := outcome{err: errExited, why: "exit"}
	defer func() {
		deadline.Stop()
		defer f.cancel(nil) // even if an observer or a Logger ends the goroutine
		f.settle(o)
	}()
	o = f.execute(ctx)
	return nil, nil
}

// begin looks at the result again and makes the flight's context; deadlines come
// with the function and the views. The second look is for this interleaving: a
// request finds no result; the flight that was under way commits and leaves the
// table; the request finds no flight, and starts one that nobody needs.
func (f *flight) begin() (ctx context.Context, wanted bool) {
	f.shard.mu.Lock()
	defer f.shard.mu.Unlock()
	if f.decided {
		return nil, false
	}
	now := f.frag.group.now()
	f.found = f.frag.result(f.id)
	switch {
	case f.viewsOnly && f.found == nil:
		f.kill()
		return nil, false
	case !f.viewsOnly && !f.forced && f.found != nil && now < f.found.RefreshAt:
		f.decide(f.found, nil)
		return nil, false
	}
	f.started = now
	ctx, f.cancel = context.WithCancelCause(context.WithValue(f.frag.group.base, flightKey{}, f))
	return ctx, true
}

// execute calls the function and renders the views of its value. A panic in
// either is the run's error.
func (f *flight) execute(ctx context.Context) (o outcome) {
	defer func() {
		if v := recover(); v != nil {
			o = outcome{err: &PanicError{Value: v, Stack: debug.Stack()}, why: "panic"}
		}
	}()
	if f.viewsOnly {
		e := sameValue(f.found)
		e.Views = f.found.Views
		return f.rendered(ctx, e)
	}
	value, err := f.call(ctx)
	if err != nil {
		// Here, where a panic is caught: the error's methods are the user's, and it
		// may be a nil pointer in an interface.
		_ = err.Error()
		return outcome{err: err, why: reason(err)}
	}
	return f.rendered(ctx, f.frag.newEntry(value, f.started))
}

// call runs the function with its deadline.
func (f *flight) call(ctx context.Context) (any, error) {
	ctx, cancel := context.WithTimeoutCause(ctx, f.frag.policy.Timeout, f.frag.tooLate)
	defer cancel()
	f.frag.counts.runs.Add(1)
	if keys.Hashed(f.id) {
		f.frag.counts.hashedKeys.Add(1)
	}
	f.frag.tell(eventStart, State{Name: f.frag.name, Key: f.key, Running: true}, nil)
	value, err := f.fn(ctx)
	if err != nil {
		return nil, f.explain(ctx, err)
	}
	return value, nil
}

// rendered completes a new entry with its views. They have a deadline of their
// own: a good value that came late is to be shown, too.
func (f *flight) rendered(ctx context.Context, e *entry) outcome {
	if len(f.frag.showing()) == 0 {
		return outcome{entry: e, cost: f.frag.cost(f.id, e)}
	}
	ctx, cancel := context.WithTimeoutCause(ctx, f.frag.policy.Timeout, f.frag.tooLate)
	defer cancel()
	var err error
	e.Views, err = f.frag.render(ctx, e, f)
	return outcome{entry: e, cost: f.frag.cost(f.id, e), viewErr: err}
}

// explain says why the function's context had ended, if it had: its own error is
// then mostly a bare "context canceled".
func (f *flight) explain(ctx context.Context, err error) error {
	if ctx.Err() == nil {
		return err
	}
	return fmt.Errorf("%w: %w", context.Cause(ctx), err)
}

// settle publishes the outcome. A good result is accepted even after the
// deadline, if nothing has overtaken the flight: the failure that the deadline
// published goes. Those who waited have their answer, so it is not changed.
func (f *flight) settle(o outcome) {
	if o.err == nil && !f.isDead() {
		f.frag.makeRoom(f.id, o.cost)
	}
	f.shard.mu.Lock()
	late := f.overdue
	f.overdue = false
	f.returned = true
	if f.abandon != nil {
		f.abandon.Stop()
	}
	if !f.dead && o.err == nil {
		o.why, o.err = f.commit(o)
	}
	var failed *failure
	if !f.dead && o.err != nil && !f.decided {
		failed = f.line().fail(f, o.err, o.why)
	}
	dead := f.dead
	f.found = nil // a value may keep its run's context, and with it this flight
	f.shard.mu.Unlock()

	switch {
	case dead && f.viewsOnly:
	case dead:
		f.frag.counts.discarded.Add(1)
		f.frag.tell(eventDiscard, f.state(), nil)
	case failed != nil:
		f.frag.failed(f, failed)
	case o.err == nil:
		f.completed(o.entry, late)
	}
	if !dead {
		f.tellFailedViews()
	}
}

// tellFailedViews comes after the outcome is published: a slow Logger must not hold
// up those who wait for a good value. Nor are the views of a dead flight told, which
// was cancelled in the midst of them.
func (f *flight) tellFailedViews() {
	for _, v := range f.failedViews {
		f.frag.viewFailed(v.err, "view", v.name, "run", f.name())
	}
}

// completed counts and tells a run whose result is remembered.
func (f *flight) completed(e *entry, late bool) {
	if f.viewsOnly {
		return
	}
	if late {
		f.frag.counts.late.Add(1)
	}
	f.frag.durations.add(time.Duration(e.Completed - f.started))
	f.frag.tell(eventDone, f.frag.entryState(f.key, e), nil)
}

// state describes the run for an observer.
func (f *flight) state() State {
	s := State{Name: f.frag.name, Key: f.key}
	if f.started != 0 {
		s.Duration = time.Duration(f.frag.group.now() - f.started)
	}
	return s
}

// commit remembers the result. The caller holds the shard's mu.
func (f *flight) commit(o outcome) (why string, err error) {
	if f.viewsOnly && f.frag.result(f.id) != f.found {
		f.kill() // a run has made a newer value, with views of its own
		return "", nil
	}
	if o.viewErr != nil {
		o.cost += keepShown(o.entry, f.frag.result(f.id), f.frag.results.Share().Bytes-o.cost)
	}
	if err := f.frag.remember(f.id, o.entry, o.cost); err != nil {
		return "limit", f.frag.tooLarge("result", o.cost)
	}
	if !f.viewsOnly {
		f.shard.runs.failures.forget(f.id)
	}
	f.succeeded = true
	f.decide(o.entry, nil)
	if o.viewErr == nil {
		f.shard.renders.failures.forget(f.id)
	} else {
		f.shard.renders.fail(f, o.viewErr, "view") // what was decided stays
	}
	return "", nil
}

// expire runs when the deadline has passed and the function has not returned. It
// publishes the failure and frees the slot; the key stays taken. A successor that
// is waited for behind this flight is told, too, else those who wait for it would
// wait as long as the function hangs.
func (f *flight) expire() {
	err := f.frag.tooLate
	f.shard.mu.Lock()
	if f.returned { // while this timer's goroutine was starting
		f.shard.mu.Unlock()
		return
	}
	f.overdue = true
	var failed, toldFailed *failure
	if !f.decided {
		failed = f.line().fail(f, err, "timeout")
	}
	told := f.next
	if told != nil {
		f.next = told.again()
	}
	switch {
	case told == nil:
	case failed != nil: // the key has failed once, not twice
		told.decide(nil, &runError{told.name(), errStuck})
	default:
		toldFailed = f.line().fail(told, errStuck, "timeout")
	}
	f.shard.mu.Unlock()
	f.frag.group.sched.expire(f)
	f.straggle()
	if failed != nil {
		f.frag.failed(f, failed)
	}
	if toldFailed != nil {
		f.frag.failed(told, toldFailed)
	}
}

// straggle calls the function abandoned if it has not returned a while after its
// deadline, a tenth of it, at most a second.
func (f *flight) straggle() {
	f.shard.mu.Lock()
	defer f.shard.mu.Unlock()
	if !f.returned {
		f.abandon = time.AfterFunc(min(f.frag.policy.Timeout/10, time.Second), f.abandoned)
	}
}

func (f *flight) abandoned() {
	f.shard.mu.Lock()
	returned := f.returned // while this timer's goroutine was starting
	f.shard.mu.Unlock()
	if !returned && f.frag.group.sched.abandon(f) {
		f.frag.tell(eventAbandon, f.state(), nil)
	}
}

// again returns a flight like this one, for which nobody waits yet.
func (f *flight) again() *flight {
	n := newFlight(f.frag, f.shard, f.id, ask{key: f.key, fn: f.fn, depth: f.depth})
	n.forced, n.viewsOnly = f.forced, f.viewsOnly
	return n
}
