package async

import "container/list"

// failure is what is remembered of a key whose last run failed. It stands beside
// the key's result and never replaces it.
type failure struct {
	err   error
	why   string // the reason in a word; found when the function returned, since looking at its error may call its methods
	count int    // failures in a row
	retry int64  // no run before this instant
}

// failures remembers a bounded number of keys; the one that failed longest ago
// goes first. It is guarded by its shard's mu.
type failures struct {
	max   int
	byKey map[string]*list.Element
	order list.List // of *failedKey, the oldest in front
}

type failedKey struct {
	id string
	*failure
}

func (s *failures) of(id string) *failure {
	if e, ok := s.byKey[id]; ok {
		return e.Value.(*failedKey).failure
	}
	return nil
}

// remember says whether another had to go.
func (s *failures) remember(id string, f *failure) (full bool) {
	s.forget(id)
	if s.byKey == nil {
		s.byKey = make(map[string]*list.Element)
	}
	s.byKey[id] = s.order.PushBack(&failedKey{id, f})
	if full = s.order.Len() > s.max; full {
		s.forget(s.order.Front().Value.(*failedKey).id)
	}
	return full
}

func (s *failures) forget(id string) {
	if e, ok := s.byKey[id]; ok {
		s.order.Remove(e)
		delete(s.byKey, id)
	}
}
