package async

import (
	"encoding/binary"
	"testing"
)

// TestAnIDThatLooksLikeAPlace: an id may hold any bytes, those of a place in the program
// among them, and is another key all the same.
func TestAnIDThatLooksLikeAPlace(t *testing.T) {
	const site = 0x40_20_10
	place := commandKey{site: site}
	id := commandKey{id: string(binary.NativeEndian.AppendUint64(nil, site))}
	word := typeWord[string]()
	if place.encode(nil, word) == id.encode(nil, word) {
		t.Errorf("%v and %v are one key", place, id)
	}
	for _, key := range []commandKey{place, id} {
		if found := commandOf(key.encode(nil, word)); found != key {
			t.Errorf("of %v its encoding tells %v", key, found)
		}
	}
}
