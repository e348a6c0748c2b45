package async

import (
	"slices"
	"testing"

	"github.com/infill-go/infill/async/internal/holes"
)

// namedKey is a key that nobody looks at.
type namedKey struct {
	lateKey
	name string
}

// TestWatches: the list of those who watch a key, in every order of leaving, beside
// those of another.
func TestWatches(t *testing.T) {
	names := []string{"a", "b", "c"}
	for _, order := range [][]int{{0, 1, 2}, {0, 2, 1}, {1, 0, 2}, {1, 2, 0}, {2, 0, 1}, {2, 1, 0}} {
		var (
			s     shard
			wakes holes.Wakes
			all   []*watch
		)
		for _, name := range append(names, "other") {
			all = append(all, &watch{signal: holes.Signal{Key: &namedKey{name: name}}, wakes: &wakes})
		}
		heard := func(id string) (told []string) {
			s.mu.Lock()
			s.wake(id)
			s.mu.Unlock()
			for _, key := range wakes.Take() {
				told = append(told, key.(*namedKey).name)
			}
			slices.Sort(told)
			return told
		}
		s.watch("y", all[3])
		for _, w := range all[:3] {
			s.watch("x", w)
		}
		left := slices.Clone(names)
		for _, i := range order {
			if told := heard("x"); !slices.Equal(told, left) {
				t.Errorf("%v: %q are told, want %q", order, told, left)
			}
			s.unwatch("x", all[i])
			left = slices.DeleteFunc(left, func(name string) bool { return name == names[i] })
		}
		if told := heard("x"); told != nil {
			t.Errorf("%v: %q are told after they left", order, told)
		}
		if told := heard("y"); !slices.Equal(told, []string{"other"}) {
			t.Errorf("%v: the other key tells %q", order, told)
		}
		if len(s.watches) != 1 {
			t.Errorf("%v: %d keys are watched", order, len(s.watches))
		}
		s.unwatch("y", all[3])
		for _, w := range all {
			if w.prev != nil || w.next != nil {
				t.Errorf("%v: a watch that has left still knows others", order)
			}
		}
	}
}
