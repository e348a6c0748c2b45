package async

import (
	"context"
	"fmt"

	"github.com/infill-go/infill/async/internal/results"
)

// ask is what a look may start if there is need of it.
type ask struct {
	key   any
	fn    runFunc // nil: the fragment's own
	depth int     // how many fragments stand around the place that asks
	set   *Set    // the set that wants a view, or nil for the bare value

	// again says that the same page asks again. What has failed since is what it is to
	// show: without a back-off it would try as fast as it fails.
	again bool
}

// snapshot is one key's record at one instant. A value, a run and a failure can
// all be there at once: a stale value whose last refresh failed and is tried
// again.
type snapshot struct {
	entry   *entry // nil if there is none that may be shown
	stale   bool   // past MaxAge
	settled bool   // fresh or within StaleWhileRevalidate: good enough for Wait

	flight  *flight  // the run waiting or under way
	failure *failure // of the last run
	refused error    // why no run was started although there was need of one

	render     *flight  // the render of the views that the set wants
	viewFailed *failure // of the last render
}

func (snap *snapshot) underWay() bool { return snap.flight != nil || snap.render != nil }

// glance is the ordinary case: one read of the store, and one of the clock if the
// result can get old; without a result, one look at the flights. It keeps nothing of
// id, allocates nothing, and answers false if a closer look is needed.
func (f *fragment) glance(id string) (e *entry, ok bool) {
	hash := results.Hash(id)
	if e = f.results.Get(hash, id); e != nil {
		if ok = f.isFresh(e); ok {
			f.tally(hash).hits.Add(1)
		}
		return e, ok
	}
	if ok = f.shardOf(hash).underWay(id); ok {
		f.tally(hash).defaults.Add(1)
	}
	return nil, ok
}

// fresh returns the result that is fresh and not due for a refresh, or nil. It keeps
// nothing of id, and allocates nothing.
func (f *fragment) fresh(id string) *entry {
	hash := results.Hash(id)
	e := f.results.Get(hash, id)
	if e == nil || !f.isFresh(e) {
		return nil
	}
	f.tally(hash).hits.Add(1)
	return e
}

// freshContent is fresh for a page, which has looked at the clock, and wants to know
// what to write.
func (f *fragment) freshContent(now int64, hash uint64, id string, l *looks) *content {
	e := f.results.Get(hash, id)
	if e == nil || now >= e.RefreshAt {
		return nil
	}
	c := l.readyContent(e)
	if c != nil {
		f.tally(hash).hits.Add(1)
	}
	return c
}

// isFresh says whether a result is fresh and not due for a refresh.
func (f *fragment) isFresh(e *entry) bool {
	return e.RefreshAt == never || f.group.now() < e.RefreshAt
}

// look returns the key's record, and starts a run if there is need of one. It
// never waits. What it finds is counted as shown.
func (f *fragment) look(id string, a ask) snapshot {
	hash := results.Hash(id)
	if e := f.results.Get(hash, id); e != nil && f.isFresh(e) && a.set.hasView(f, e) {
		f.tally(hash).hits.Add(1)
		return snapshot{entry: e, settled: true}
	}
	snap := f.observe(id, a)
	f.shown(hash, &snap, a.set)
	return snap
}

// shown counts what somebody is shown.
func (f *fragment) shown(hash uint64, snap *snapshot, s *Set) {
	t := f.tally(hash)
	switch {
	case snap.entry == nil || s != nil && !s.looks[f].shows(snap.entry):
		t.defaults.Add(1)
		return
	case snap.stale:
		t.staleHits.Add(1)
	default:
		t.hits.Add(1)
	}
	snap.entry.Visit()
}

// observe is look, but nobody is shown what it finds.
func (f *fragment) observe(id string, a ask) snapshot {
	snap := f.lookClosely(id, a)
	if snap.refused != nil && snap.refused != error(errStuck) {
		f.refused(runName{f, a.key}, snap.refused)
	}
	return snap
}

func (f *fragment) lookClosely(id string, a ask) snapshot {
	s := f.shard(id)
	s.mu.Lock()
	defer s.mu.Unlock()
	now := f.group.now()
	e := f.unexpired(id, now)
	snap := snapshot{flight: s.runs.undecided(id), failure: s.runs.failures.of(id)}
	if snap.flight == nil && (e == nil || now >= e.RefreshAt) && a.mayTry(snap.failure, now) {
		snap.flight, snap.refused = s.runs.started(newFlight(f, s, id, a))
	}
	if e == nil {
		return snap
	}
	ages := f.policy.ages(e.Completed)
	if !ages.mayShow(snap.failure, now) {
		return snap
	}
	snap.entry = e
	snap.stale = now >= ages.freshUntil
	snap.settled = now < max(ages.freshUntil, ages.staleUntil)
	if !a.set.hasView(f, e) {
		f.lookForViews(&snap, s, id, a, now)
	}
	return snap
}

// mayTry says whether the back-off is over, if the last one has failed.
func (a *ask) mayTry(last *failure, now int64) bool {
	return last == nil || !a.again && now >= last.retry
}

// lookForViews sees to it that the views which the set wants are rendered. The
// caller holds the shard's mu.
func (f *fragment) lookForViews(snap *snapshot, s *shard, id string, a ask, now int64) {
	snap.render, snap.viewFailed = s.renders.undecided(id), s.renders.failures.of(id)
	if snap.render != nil || !a.mayTry(snap.viewFailed, now) {
		return
	}
	render := newFlight(f, s, id, a)
	render.viewsOnly = true
	var refused error
	if snap.render, refused = s.renders.started(render); snap.refused == nil {
		snap.refused = refused
	}
}

// started is start, for a flight that is nothing if it is refused.
func (l *line) started(f *flight) (*flight, error) {
	if err := l.start(f); err != nil {
		return nil, err
	}
	return f, nil
}

// unexpired returns the result unless it is past every window; then it deletes
// it. The caller holds the shard's mu.
func (f *fragment) unexpired(id string, now int64) *entry {
	e := f.result(id)
	if e == nil || now < f.policy.ages(e.Completed).expireAfter {
		return e
	}
	f.results.Delete(results.Hash(id), id)
	return nil
}

// mayShow says whether a result may be shown. Within StaleIfError the old value
// is shown while a refresh is undecided, too: else the default would flash up
// between the end of the one window and the failure that opens the other.
func (a *ages) mayShow(failed *failure, now int64) bool {
	switch {
	case now < a.freshUntil:
		return true
	case failed != nil:
		return now < a.errorUntil
	default:
		return now < a.expireAfter
	}
}

// wait returns a result that is fresh or stale at once, else the outcome of the
// run. The run goes on when ctx ends first.
func (f *fragment) wait(ctx context.Context, id string, a ask) (*entry, error) {
	if e := f.fresh(id); e != nil {
		return e, nil
	}
	for {
		snap := f.observe(id, a)
		if snap.settled && snap.entry != nil {
			f.shown(results.Hash(id), &snap, nil)
			return snap.entry, nil
		}
		if snap.flight == nil {
			return snap.answer(f, id, a)
		}
		if err := await(ctx, snap.flight); err != nil {
			return nil, fmt.Errorf("async: waiting for %s: %w", runName{f, a.key}, err)
		}
		switch err := snap.flight.err; {
		case err == nil:
			return snap.flight.got, nil
		case err == errDiscarded: // by Put or Forget: look again
			if err := ctx.Err(); err != nil {
				return nil, fmt.Errorf("async: waiting for %s: %w", runName{f, a.key}, context.Cause(ctx))
			}
		default:
			return f.lastGood(id, err)
		}
	}
}

// outcome looks again until no run is under way that would change what is shown.
// Every run has a deadline, so this ends; a key that is forgotten again and again
// is shown as it is after a few looks.
func (f *fragment) outcome(ctx context.Context, snap snapshot, id string, a ask) snapshot {
	for range 5 {
		shown := snap.entry != nil && a.set.hasView(f, snap.entry)
		next := snap.flight
		if snap.entry != nil {
			next = snap.render
		}
		if shown || next == nil || await(ctx, next) != nil {
			break
		}
		snap = f.observe(id, a)
	}
	return snap
}

// answer is what Wait gives when nothing is under way: the value of the StaleIfError
// window, else why there is none.
func (snap *snapshot) answer(f *fragment, id string, a ask) (*entry, error) {
	switch {
	case snap.entry != nil:
		f.shown(results.Hash(id), snap, nil)
		return snap.entry, nil
	case snap.refused != nil:
		return nil, &runError{runName{f, a.key}, snap.refused}
	case snap.failure != nil:
		return nil, snap.failure.err
	}
	return nil, &runError{runName{f, a.key}, errStuck}
}

// lastGood is the answer when the run has failed with err: the value of the
// StaleIfError window, else the error.
func (f *fragment) lastGood(id string, err error) (*entry, error) {
	s := f.shard(id)
	s.mu.Lock()
	defer s.mu.Unlock()
	now := f.group.now()
	e := f.unexpired(id, now)
	if e == nil {
		return nil, err
	}
	if ages := f.policy.ages(e.Completed); !ages.mayShow(s.runs.failures.of(id), now) {
		return nil, err
	}
	return e, nil
}

// await returns when the flight is decided, or with the reason why it was not
// waited for.
func await(ctx context.Context, fl *flight) error {
	release, err := enterWait(ctx, fl)
	if err != nil {
		return err
	}
	defer release()
	if self := flightOf(ctx); self != nil {
		if err := self.frag.group.sched.lend(self, fl); err != nil {
			return err
		}
		defer self.frag.group.sched.back(self)
	}
	select {
	case <-fl.done:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}
