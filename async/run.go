package async

import (
	"context"
	"fmt"
	"runtime/debug"
	"time"
)

// fly is the flight's goroutine.
func (f *flight) fly() {
	defer f.land()
	_, _, shared := f.shard.runs.Do(f.id, f.attempt)
	if shared {
		f.frag.counts.doubled.Add(1)
		f.frag.group.logger().Error("async: one key was run twice at a time; this is a bug of package async", "run", f.name())
	}
}

// land runs when the function has ended, in whatever way: return, panic, Goexit.
func (f *flight) land() {
	if next, err := f.shard.leave(f); err != nil {
		f.frag.group.missed(next, err)
		f.frag.degraded(reason(err), "run refused", "run", next.name(), "error", err)
	}
	f.frag.group.sched.landed(f)
}

// outcome is what a run came to.
type outcome struct {
	entry   *entry
	cost    int64
	err     error
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
	o := outcome{err: errExited}
	defer func() {
		deadline.Stop()
		f.settle(o)
		f.cancel(nil)
	}()
	o = f.execute(ctx)
	return nil, nil
}

// begin looks at the result again and makes the run's context, which has a
// deadline from execute. The second look is for this interleaving: a request finds no result; the flight that was under
// way commits and leaves the table; the request finds no flight, and starts one
// that nobody needs. Without it, check-then-run ran twice in 2,913 of 3,000
// rounds.
func (f *flight) begin() (ctx context.Context, wanted bool) {
	f.shard.mu.Lock()
	defer f.shard.mu.Unlock()
	if f.decided {
		return nil, false
	}
	now := f.frag.group.now()
	e := f.frag.results.Get(f.id)
	switch {
	case f.viewsOnly && e == nil:
		f.kill()
		return nil, false
	case !f.viewsOnly && !f.forced && e != nil && now < e.refreshAt:
		f.decide(e, nil)
		return nil, false
	}
	f.started, f.found = now, e
	ctx, f.cancel = context.WithCancelCause(context.WithValue(f.frag.group.base, flightKey{}, f))
	return ctx, true
}

// execute calls the function and renders the views of its value. A panic in
// either is the run's error.
func (f *flight) execute(ctx context.Context) (o outcome) {
	defer func() {
		if v := recover(); v != nil {
			o = outcome{err: &PanicError{Value: v, Stack: debug.Stack()}}
		}
	}()
	if f.viewsOnly {
		return f.renderMissing(ctx)
	}
	value, err := f.call(ctx)
	if err != nil {
		return outcome{err: err}
	}
	return f.rendered(ctx, f.frag.newEntry(value, f.started), f.frag.results.Get(f.id))
}

// call runs the function with its deadline.
func (f *flight) call(ctx context.Context) (any, error) {
	ctx, cancel := context.WithTimeoutCause(ctx, f.frag.policy.Timeout, f.tooLate())
	defer cancel()
	f.frag.counts.runs.Add(1)
	value, err := f.fn(ctx)
	if err != nil {
		return nil, f.explain(ctx, err)
	}
	return value, nil
}

// rendered completes a new entry with its views. They have a deadline of their
// own: a good value that came late is to be shown, too.
//
// Where a view of a new value fails, the one of the value before stays.
func (f *flight) rendered(ctx context.Context, e, before *entry) outcome {
	ctx, cancel := context.WithTimeoutCause(ctx, f.frag.policy.Timeout, f.tooLate())
	defer cancel()
	var err error
	e.views, err = f.frag.render(ctx, e, f)
	if err != nil && before != nil {
		e.views = insteadOfFailed(e.views, before.views)
	}
	return outcome{entry: e, cost: f.frag.cost(f.id, e), viewErr: err}
}

func (f *flight) renderMissing(ctx context.Context) outcome {
	e := *f.found
	return f.rendered(ctx, &e, f.found)
}

// explain says why the function's context had ended, if it had: its own error is
// then mostly a bare "context canceled".
func (f *flight) explain(ctx context.Context, err error) error {
	if cause := context.Cause(ctx); cause != nil && cause != err {
		return fmt.Errorf("%w: %w", cause, err)
	}
	return err
}

// settle publishes the outcome. A good result is accepted even after the
// deadline, if nothing has overtaken the flight: the failure that the deadline
// published goes. Those who waited have their answer, so it is not changed.
func (f *flight) settle(o outcome) {
	s := f.shard
	s.mu.Lock()
	late := f.overdue
	f.overdue = false
	f.returned = true
	if !f.dead && o.err == nil {
		o.err = f.commit(o)
	}
	failed := !f.dead && o.err != nil && !f.decided
	switch {
	case failed:
		s.fail(f, o.err)
	case o.viewErr != nil && f.succeeded: // tried again after a pause, like a run
		s.remember(f, &runError{f.name(), o.viewErr})
	}
	dead := f.dead
	s.mu.Unlock()

	switch {
	case dead:
		f.frag.counts.discarded.Add(1)
	case failed:
		f.frag.failed(f, o.err)
	case o.err == nil && late:
		f.frag.counts.late.Add(1)
	}
}

// commit remembers the result. The caller holds the shard's mu.
func (f *flight) commit(o outcome) error {
	evicted, err := f.frag.results.Set(f.id, o.entry, o.cost, o.entry.expireAfter, f.frag.group.now())
	if err != nil {
		return limitError(fmt.Sprintf("the result takes %d bytes, of %d (a part of Policy.MaxBytes)", o.cost, f.frag.results.Share().Bytes))
	}
	f.frag.counts.evicted.Add(int64(evicted))
	if o.viewErr == nil {
		f.shard.failures.forget(f.id)
	}
	f.succeeded = true
	f.decide(o.entry, nil)
	return nil
}

// expire runs when the deadline has passed and the function has not returned. It
// publishes the failure and frees the slot; the key stays taken. A successor that
// is waited for behind this flight is told, too, else those who wait for it would
// wait as long as the function hangs.
func (f *flight) expire() {
	err := f.tooLate()
	s := f.shard
	s.mu.Lock()
	if f.returned { // while this timer's goroutine was starting
		s.mu.Unlock()
		return
	}
	f.overdue = true
	failed := !f.decided
	if failed {
		s.fail(f, err)
	}
	if n := f.next; n != nil {
		f.next = n.again()
		s.fail(n, errStuck)
	}
	s.mu.Unlock()
	f.frag.group.sched.abandon(f)
	if failed {
		f.frag.failed(f, err)
	}
}

func (f *flight) tooLate() error {
	return deadlineError(fmt.Sprintf("no result within %v (Policy.Timeout)", f.frag.policy.Timeout))
}

// again returns a flight like this one, for which nobody waits yet.
func (f *flight) again() *flight {
	n := newFlight(f.frag, f.shard, f.id, ask{key: f.key, fn: f.fn, depth: f.depth})
	n.forced, n.viewsOnly = f.forced, f.viewsOnly
	return n
}
