package async

import "hash/maphash"

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

// sighting is one key and what was found.
type sighting struct {
	frag *fragment
	id   string
	hash uint64
	snap snapshot
}

var seenSeed = maphash.MakeSeed() // nobody can choose keys that meet in one slot

const (
	fewSlots  = 64
	manySlots = 1 << 12 // more of them are not kept for other pages
)

// at returns what the page has found under the key, nil if it has not looked there,
// and the key's hash.
func (s *seen) at(f *fragment, id string) (*snapshot, uint64) {
	hash := 3*maphash.String(seenSeed, f.name) + maphash.String(seenSeed, id)
	if len(s.slots) > 0 {
		if i := s.slots[s.slot(f, id, hash)]; i > 0 {
			return &s.found[i-1].snap, hash
		}
	}
	return nil, hash
}

// slot is where the key is, or where it belongs. The table must have slots.
func (s *seen) slot(f *fragment, id string, hash uint64) uint64 {
	mask := uint64(len(s.slots) - 1)
	for at := hash & mask; ; at = (at + 1) & mask {
		i := s.slots[at]
		if i == 0 {
			return at
		}
		if one := &s.found[i-1]; one.hash == hash && one.frag == f && one.id == id {
			return at
		}
	}
}

// add remembers what was found under a key that was not there. The pointer is good
// until reset.
func (s *seen) add(f *fragment, id string, hash uint64, snap snapshot) *snapshot {
	if 2*len(s.found) >= len(s.slots) {
		s.grow()
	}
	s.found = append(s.found, sighting{f, id, hash, snap})
	s.slots[s.slot(f, id, hash)] = int32(len(s.found))
	return &s.found[len(s.found)-1].snap
}

func (s *seen) grow() {
	s.slots = make([]int32, max(fewSlots, 2*len(s.slots)))
	for i := range s.found {
		one := &s.found[i]
		s.slots[s.slot(one.frag, one.id, one.hash)] = int32(i + 1)
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
