package async

import "github.com/infill-go/infill/async/internal/holes"

// watch tells a page that a flight of a key was decided. It belongs to the key and not
// to the flight: one that is overtaken has a successor, and a value that was put has a
// render, and the page is to hear of these, too.
type watch struct {
	signal holes.Signal
	wakes  *holes.Wakes

	prev, next *watch // of the same key; guarded by the shard's mu
}

// watch adds w to those who watch the key. The caller must look afterwards: what was
// decided before is not told.
func (s *shard) watch(id string, w *watch) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.watches == nil {
		s.watches = make(map[string]*watch)
	}
	if w.next = s.watches[id]; w.next != nil {
		w.next.prev = w
	}
	s.watches[id] = w
}

func (s *shard) unwatch(id string, w *watch) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if w.next != nil {
		w.next.prev = w.prev
	}
	switch {
	case w.prev != nil:
		w.prev.next = w.next
	case w.next != nil:
		s.watches[id] = w.next
	default:
		delete(s.watches, id)
	}
	w.prev, w.next = nil, nil
}

// wake tells those who watch the key. The caller holds the shard's mu.
func (s *shard) wake(id string) {
	for w := s.watches[id]; w != nil; w = w.next {
		w.wakes.Raise(&w.signal)
	}
}
