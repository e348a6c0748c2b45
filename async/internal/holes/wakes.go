package holes

import "sync"

// Wakes collects the keys that may have something new to show, for one page that waits for any of them. Methods are safe
// for concurrent use; none of them waits.
//
// One channel for each key would have to be selected from by reflection, and a goroutine for each would be half of what a
// page costs that is held open.
type Wakes struct {
	mu     sync.Mutex // guards the rest, and raised of every Signal
	raised []*Signal
	ready  chan struct{} // nil while nobody has asked for it
}

// Signal is one key's; a page that is slow to look has it once, however often the key has changed.
type Signal struct {
	Key    Key
	raised bool
}

var now = func() <-chan struct{} {
	c := make(chan struct{})
	close(c)
	return c
}()

// Raise adds the signal's key. It may be called with locks held: it only takes its own, and closes a channel.
func (w *Wakes) Raise(s *Signal) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if s.raised {
		return
	}
	s.raised = true
	w.raised = append(w.raised, s)
	if w.ready != nil {
		close(w.ready)
		w.ready = nil
	}
}

// Ready returns a channel that is closed when there is something to take.
func (w *Wakes) Ready() <-chan struct{} {
	w.mu.Lock()
	defer w.mu.Unlock()
	if len(w.raised) > 0 {
		return now
	}
	if w.ready == nil {
		w.ready = make(chan struct{})
	}
	return w.ready
}

// Take returns the keys that were raised since the last Take, in the order in which they were.
func (w *Wakes) Take() []Key {
	w.mu.Lock()
	defer w.mu.Unlock()
	keys := make([]Key, len(w.raised))
	for i, s := range w.raised {
		s.raised = false
		keys[i] = s.Key
	}
	clear(w.raised)
	w.raised = w.raised[:0]
	return keys
}
