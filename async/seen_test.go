package async

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/infill-go/infill/async/internal/results"
)

// TestSeen compares the table with a map, with as many fragments under one key as
// keys of one fragment, over pages of many sizes that use the memory in turn.
func TestSeen(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	var fragments [20]*fragment
	for i := range fragments {
		fragments[i] = &fragment{name: fmt.Sprint(i / 2), number: uint64(i / 3)} // two sets may have fragments of one name
	}
	type key struct {
		frag *fragment
		id   string
	}
	var s seen
	for _, size := range []int{1, 5, 40, 3, 700, 20, 3 * manySlots, 7} {
		want := make(map[key]*content)
		for range 2 * size {
			f, id := fragments[random.IntN(len(fragments))], fmt.Sprint(random.IntN(1+size/10))
			hash := results.Hash(id)
			one := s.at(f, id, hash)
			known, ok := want[key{f, id}]
			if ok != (one != nil) || ok && one.ready != known {
				t.Fatalf("page of %d: at(%s, %s) = %v, want %v", size, f.name, id, one, known)
			}
			if !ok {
				c := new(content)
				want[key{f, id}] = c
				s.add(sighting{frag: f, id: id, ready: c}, hash)
			}
		}
		if len(s.found) != len(want) || 2*len(s.found) > len(s.slots) {
			t.Errorf("page of %d: %d keys in %d slots, want %d keys", size, len(s.found), len(s.slots), len(want))
		}
		s.reset()
		for k := range want {
			if s.at(k.frag, k.id, results.Hash(k.id)) != nil {
				t.Fatalf("%s is there after the page", k.id)
			}
		}
		if len(s.slots) > manySlots {
			t.Errorf("%d slots are kept", len(s.slots))
		}
	}
}
