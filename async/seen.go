package async

import "github.com/infill-go/infill/async/internal/results"

// seen is what a page has found where it looked. It looks once at each key, so that
// one key does not show two versions on one page.
//
// It is a hash table whose memory is used again for other pages: a map that was made
// anew for each page took a fifth of the page's time, and one that is cleared takes a
// twentieth more than this.
type seen struct {
	found []sighting
	slots []int32 // each an index into found, plus 1; a power of two of them, less than half of them in use
}

// sighting is one key and what was found: what to write, or all that there is to know.
type sighting struct {
	frag  *fragment
	id    string
	ready *content
	snap  *snapshot
	late  *lateKey // if the page waits for it
}

const (
	fewSlots  = 64
	manySlots = 1 << 12 // more of them are not kept for other pages
)

// at returns what the page has found under the key, nil if it has not looked there.
func (s *seen) at(f *fragment, id string, hash uint64) *sighting {
	if len(s.slots) > 0 {
		if i := s.slots[s.slot(f, id, hash)]; i > 0 {
			return &s.found[i-1]
		}
	}
	return nil
}

// slot is where the key is, or where it belongs. The table must have slots.
func (s *seen) slot(f *fragment, id string, hash uint64) uint64 {
	mask := uint64(len(s.slots) - 1)
	for at := (hash + f.number) & mask; ; at = (at + 1) & mask {
		i := s.slots[at]
		if i == 0 {
			return at
		}
		if one := &s.found[i-1]; one.frag == f && one.id == id {
			return at
		}
	}
}

// add remembers what was found under a key that was not there.
func (s *seen) add(one sighting, hash uint64) {
	if 2*len(s.found) >= len(s.slots) {
		s.grow()
	}
	s.slots[s.slot(one.frag, one.id, hash)] = int32(len(s.found) + 1)
	s.found = append(s.found, one)
}

func (s *seen) grow() {
	s.slots = make([]int32, max(fewSlots, 2*len(s.slots)))
	for i := range s.found {
		one := &s.found[i]
		s.slots[s.slot(one.frag, one.id, results.Hash(one.id))] = int32(i + 1)
	}
}

// reset forgets everything.
func (s *seen) reset() {
	if len(s.slots) > manySlots {
		*s = seen{}
		return
	}
	clear(s.found)
	clear(s.slots)
	s.found = s.found[:0]
}
