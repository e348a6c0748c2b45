package results

// A Set looks at so many results for their age, and moves so many if the shard is
// giving memory back.
const (
	sweep = 2
	moves = 16
)

// A shard gives memory back when it holds less than a quarter of what it once held,
// and that was enough to matter: go-cache's map, like Go's, never gets smaller.
const (
	shrinkBelow = 4
	worthwhile  = 1024
)

// sweepSome goes on round the queue where the last Set stopped. Rejected: to look
// at the oldest only. A result that is refreshed keeps its place there, and would
// hide all that expire behind it.
func (s *shard[V]) sweepSome(now int64) {
	for range min(sweep, s.queue.length) {
		s.sweepOne(&s.sweeper, now)
	}
}

// sweepOne looks at the result at a cursor and moves the cursor on.
func (s *shard[V]) sweepOne(c *cursor[V], now int64) {
	s.looked++
	r := s.queue.at(c)
	if s.expired(r, now) {
		s.remove(r) // moves the cursor
		return
	}
	c.at = r.newer
}

func (s *shard[V]) expired(r *Result[V], now int64) bool {
	return s.share.Life != Never && now-r.Completed >= s.share.Life
}

// sweepAll goes through the queue once, and then moves what a smaller map is to
// hold, letting others have the lock after each Budget.
func (s *shard[V]) sweepAll(now int64) {
	s.walk(func(c *cursor[V]) { s.sweepOne(c, now) }, func() bool { return true })
	for more := true; more; {
		s.lock()
		more = s.shrinkSome(Budget)
		s.unlock()
	}
}

// shrinkSome begins to move the results to a smaller map if the shard has become
// mostly empty, or moves up to so many. It says whether there are more.
func (s *shard[V]) shrinkSome(most int) (more bool) {
	c := s.caches.Load()
	if c.shrinking == nil {
		if s.peak < worthwhile || s.queue.length >= s.peak/shrinkBelow {
			return false
		}
		s.peak = s.queue.length
		s.mover.at = s.queue.oldest
		s.caches.Store(&caches{current: newCache(), shrinking: c.current})
		return true
	}
	for ; most > 0 && s.mover.at != nil; most-- {
		s.looked++
		s.put(s.mover.at)
		s.mover.at = s.mover.at.newer
	}
	if s.mover.at != nil {
		return true
	}
	s.caches.Store(&caches{current: c.current})
	return false
}
