package async

import "time"

// keepCheck is how often a kept key is looked at for which nothing is to be done
// for long, in case it was forgotten, evicted or put meanwhile.
const keepCheck = time.Minute

// keepPatience is the pause where a run was to follow at once on one that has not
// helped.
const keepPatience = time.Second

// keep starts the goroutine that keeps one key fresh. It ends with done, or with
// the group.
func (g *Group) keep(f *fragment, id string, a ask, done <-chan struct{}) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.isClosing {
		return
	}
	g.keepers.Go(func() {
		for g.keepOnce(f, id, a, done) {
		}
	})
}

// keepOnce looks at the key, which starts a run if it is time, waits for the run,
// and then until it has to look again.
func (g *Group) keepOnce(f *fragment, id string, a ask, done <-chan struct{}) (goOn bool) {
	snap := f.observe(id, a)
	if snap.flight != nil {
		select {
		case <-snap.flight.done:
		case <-done:
			return false
		case <-g.closing:
			return false
		}
		if snap.flight.err == errDiscarded {
			return true
		}
	}
	again := time.NewTimer(f.untilDue(id))
	defer again.Stop()
	select {
	case <-again.C:
		return true
	case <-done:
	case <-g.closing:
	}
	return false
}

// untilDue is the time until the key needs a run. If it needs one although a run
// has just been tried, because it was refused, has failed without a back-off, or
// its result is gone already, then a moment's patience: nobody is waiting.
func (f *fragment) untilDue(id string) time.Duration {
	s := f.shard(id)
	s.mu.Lock()
	defer s.mu.Unlock()
	now := f.group.now()
	due := now
	if e := f.result(id); e != nil {
		due = min(e.RefreshAt, after(now, keepCheck))
	}
	if fail := s.runs.failures.of(id); fail != nil {
		// Not longer than a check: Put or Refresh may end the failure meanwhile.
		due = min(max(due, fail.retry), after(now, keepCheck))
	}
	if due <= now {
		due = after(now, keepPatience)
	}
	return time.Duration(due - now)
}
