package results

import (
	"iter"
	"slices"
)

// All returns the results that are in the store, in no particular order, without
// marking them as visited. It holds no lock while it yields. What stays all the time
// comes once; what is set meanwhile may be left out, or come again.
func (s *Store[V]) All() iter.Seq[*Result[V]] {
	return func(yield func(*Result[V]) bool) {
		for i := range s.shards {
			if !s.shards[i].each(yield) {
				return
			}
		}
	}
}

// each collects up to Budget results under the lock, and yields them without it.
func (s *shard[V]) each(yield func(*Result[V]) bool) (goOn bool) {
	var batch []*Result[V]
	collect := func(c *cursor[V]) {
		s.looked++
		batch = append(batch, c.at)
		c.at = c.at.newer
	}
	return s.walk(collect, func() bool {
		for _, r := range batch {
			if !yield(r) {
				return false
			}
		}
		batch = batch[:0]
		return true
	})
}

// walk calls do, with the lock held, for each result at a cursor of its own, which
// do moves on. After each Budget, and at the end, it calls between without the lock;
// false ends the walk.
//
// It ends by itself after as many results as there were when it began, since what is
// set meanwhile comes after them: else somebody who sets each result again that he is
// shown would go on for ever.
func (s *shard[V]) walk(do func(*cursor[V]), between func() bool) (goOn bool) {
	c, left := s.enter()
	defer s.leave(c)
	for more := true; more; {
		more = s.step(c, &left, do)
		if !between() {
			return false
		}
	}
	return true
}

func (s *shard[V]) step(c *cursor[V], left *int, do func(*cursor[V])) (more bool) {
	s.lock()
	defer s.unlock()
	for ; c.at != nil && *left > 0 && s.looked < Budget; *left-- {
		do(c)
	}
	return c.at != nil && *left > 0
}

func (s *shard[V]) enter() (c *cursor[V], length int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	c = &cursor[V]{at: s.queue.oldest}
	s.queue.cursors = append(s.queue.cursors, c)
	return c, s.queue.length
}

func (s *shard[V]) leave(c *cursor[V]) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.queue.cursors = slices.DeleteFunc(s.queue.cursors, func(other *cursor[V]) bool { return other == c })
}
