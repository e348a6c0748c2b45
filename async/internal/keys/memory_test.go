package keys_test

import (
	"runtime"
	"strings"
	"sync"
	"testing"
	"unsafe"

	"github.com/infill-go/infill/async/internal/keys"
)

// What Transient returns is in the buffer, and what Encode returns is not in
// anything that changes.
func TestTransientLiesInTheBuffer(t *testing.T) {
	c := codec[Pair](t)
	var buf [128]byte
	s, err := keys.Transient(c, Pair{"web1", 22}, buf[:])
	if err != nil || unsafe.StringData(s) != &buf[0] {
		t.Errorf("%q (%v) is not in the buffer", s, err)
	}
	first, second := encode(t, c, Pair{"web1", 22}), encode(t, c, Pair{"web2", 23})
	if first != "4:web12:22" || second != "4:web22:23" {
		t.Errorf("Encode = %q, %q", first, second)
	}
	if s, err = keys.Transient(c, Pair{"web1", 22}, nil); err != nil || s != first {
		t.Errorf("Transient without a buffer = %q, %v", s, err)
	}
}

// The bytes of a string are encoded as the string is, where they lie.
func TestTransientBytes(t *testing.T) {
	for _, s := range []string{"", "web1", "\xffweb1", strings.Repeat("x", keys.MaxLen+1)} {
		if got := keys.TransientBytes([]byte(s)); got != keys.EncodeString(s) {
			t.Errorf("TransientBytes(%.10q) = %q", s, got)
		}
	}
	b := []byte("web1")
	if s := keys.TransientBytes(b); unsafe.StringData(s) != &b[0] {
		t.Error("the bytes were copied")
	}
}

// Hoarder and Shelf keep what they are given, in the ways in which that is easy
// to do: by a copy of a string, and by the address of the receiver.
type (
	Hoarder string
	Shelf   struct{ Book string }
)

var (
	hoard []string
	shelf []*Shelf
)

func (h Hoarder) MarshalText() ([]byte, error) {
	hoard = append(hoard, string(h))
	return []byte(h), nil
}
func (h *Hoarder) UnmarshalText([]byte) error { return nil }

func (s Shelf) MarshalText() ([]byte, error) { shelf = append(shelf, &s); return []byte(s.Book), nil }
func (s *Shelf) UnmarshalText([]byte) error  { return nil }

// The key and, if the compiler took it that nobody keeps them, the bytes of its
// string are on the stack of hoardKeys, which the next call overwrites.
func TestMarshalTextMayKeepItsReceiver(t *testing.T) {
	const want = "short enough for the stack"
	hoard, shelf = nil, nil
	hoardKeys(codec[Hoarder](t), codec[[1]Shelf](t), []byte(want))
	overwrite(1000)
	if len(hoard) != 1 || hoard[0] != want {
		t.Errorf("kept %q, want %q", hoard, want)
	}
	if len(shelf) != 1 || shelf[0].Book != want {
		t.Errorf("kept %+v, want %q", shelf[0], want)
	}
}

//go:noinline
func hoardKeys(hoarder, shelves *keys.Codec, text []byte) {
	var buf [128]byte
	_, _ = keys.Transient(hoarder, Hoarder(text), buf[:])
	_, _ = keys.Transient(shelves, [1]Shelf{{string(text)}}, buf[:])
}

//go:noinline
func overwrite(depth int) byte {
	var frame [256]byte
	for i := range frame {
		frame[i] = byte(depth) | 1
	}
	if depth == 0 {
		return frame[0]
	}
	return overwrite(depth-1) + frame[depth%len(frame)]
}

// Mover makes the stack grow while its text is made, which moves the keys on it,
// and gives what was the stack to others, who write on it.
type Mover struct{ Name string }

func (m Mover) MarshalText() ([]byte, error) {
	overwrite(2000)
	runtime.GC()
	var others sync.WaitGroup
	for range 20 {
		others.Go(func() { overwrite(100) })
	}
	others.Wait()
	return []byte(m.Name), nil
}

func (m *Mover) UnmarshalText([]byte) error { return nil }

func TestStackMovesDuringMarshalText(t *testing.T) {
	type Key struct {
		A, B Mover
		C    string
	}
	c := codec[Key](t)
	done := make(chan string)
	go func() { // a new goroutine has a small stack
		defer close(done)
		var buf [128]byte
		got, err := keys.Transient(c, Key{Mover{strings.Repeat("a", 3)}, Mover{strings.Repeat("b", 12)}, strings.Repeat("c", 2)}, buf[:])
		if err != nil {
			t.Error(err)
		}
		done <- strings.Clone(got)
	}()
	if got, want := <-done, "3:aaa12:bbbbbbbbbbbb2:cc"; got != want {
		t.Errorf("Transient = %q, want %q", got, want)
	}
}
