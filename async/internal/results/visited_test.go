package results

import "testing"

// TestARefreshKeepsTheMark: a result that was used since the hand last passed is spared,
// although it was refreshed after that.
func TestARefreshKeepsTheMark(t *testing.T) {
	s := New[none](Bounds{Entries: 3, Bytes: 100, Life: Never})
	s.set(t, "a", 1, 1, 0)
	s.set(t, "b", 1, 1, 0)
	s.set(t, "c", 1, 1, 0)
	s.value("a")
	s.set(t, "a", 2, 1, 0)
	s.set(t, "d", 1, 1, 0)
	if got := s.value("a"); got != 2 {
		t.Errorf("a is %v, want 2", got)
	}
	if got := s.value("b"); got != nil {
		t.Errorf("b is %v, want it evicted", got)
	}
}
