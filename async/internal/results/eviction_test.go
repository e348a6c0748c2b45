package results

import (
	"runtime"
	"testing"
	"weak"
)

// TestARefreshedResultStaysHot: what was read is spared by the next eviction, although
// it has been refreshed since.
func TestARefreshedResultStaysHot(t *testing.T) {
	s := New[none](Bounds{Entries: 2, Bytes: 100, Life: Never})
	s.set(t, "hot", 1, 1, 0)
	s.value("hot")
	s.set(t, "hot", 2, 1, 0)
	s.set(t, "cold", 1, 1, 0)
	s.set(t, "new", 1, 1, 0)
	if s.value("hot") != 2 || s.value("cold") != nil {
		t.Errorf("hot is %v, cold is %v", s.value("hot"), s.value("cold"))
	}
}

// TestAReadIsSparedOnce: the hand takes the mark of a read back as it passes, so what
// was read long ago goes before what is read again and again.
func TestAReadIsSparedOnce(t *testing.T) {
	s := New[none](Bounds{Entries: 2, Bytes: 100, Life: Never})
	s.set(t, "once", 1, 1, 0)
	s.set(t, "again", 1, 1, 0)
	s.value("once")
	for i, key := range []string{"a", "b", "c", "d"} {
		s.value("again")
		s.set(t, key, i, 1, 0)
	}
	if s.value("once") != nil || s.value("again") == nil {
		t.Errorf("once is %v, again is %v", s.value("once"), s.value("again"))
	}
}

// TestAResultKeepsNoOther: a page that holds a result which is in the store no more
// holds neither its neighbours nor what came in its place.
func TestAResultKeepsNoOther(t *testing.T) {
	for _, way := range []string{"deleted", "replaced"} {
		s := New[none](Bounds{Entries: 10, Bytes: 100, Life: Never})
		var others []weak.Pointer[Result[none]]
		for _, key := range []string{"older", "held", "newer"} {
			s.set(t, key, key, 1, 0)
			if key != "held" {
				others = append(others, weak.Make(s.Get(Hash(key), key)))
			}
		}
		held := s.Get(Hash("held"), "held")
		if way == "replaced" {
			s.set(t, "held", "instead", 1, 0)
			others = append(others, weak.Make(s.Get(Hash("held"), "held")))
		}
		for _, key := range []string{"held", "older", "newer"} {
			s.Delete(Hash(key), key)
		}
		runtime.GC()
		for i, other := range others {
			if other.Value() != nil {
				t.Errorf("%s: it keeps the %dth of the others", way, i+1)
			}
		}
		runtime.KeepAlive(held)
	}
}
