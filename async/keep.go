package async

import "time"

// keepCheck is how often a kept key whose value never gets stale is looked at, in
// case it was forgotten or evicted.
const keepCheck = time.Minute

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

// keepOnce looks at the key, which starts a run if it is time, and waits until it
// has to look again.
func (g *Group) keepOnce(f *fragment, id string, a ask, done <-chan struct{}) (goOn bool) {
	snap := f.look(id, a)
	if snap.flight != nil {
		select {
		case <-snap.flight.done:
			return true
		case <-done:
		case <-g.closing:
		}
		return false
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

// untilDue is the time until the key needs a run.
func (f *fragment) untilDue(id string) time.Duration {
	s := f.shard(id)
	s.mu.Lock()
	defer s.mu.Unlock()
	now := f.group.now()
	due := after(now, keepCheck)
	if e := f.results.Get(id); e != nil {
		due = min(due, e.refreshAt)
	}
	if fail := s.failures.of(id); fail != nil {
		due = max(now, fail.retry)
	} else if due <= now {
		due = after(now, f.policy.pause(1)) // it was refused, or the key is taken: a moment's patience
	}
	return time.Duration(due - now)
}
