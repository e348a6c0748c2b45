package holes

import (
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

// counted is a key that changes.
type counted struct {
	name    string
	changes atomic.Int64
	slot    Slot
}

func (*counted) Look() bool           { return false }
func (*counted) Usual() time.Duration { return 0 }
func (k *counted) Slot() *Slot        { return &k.slot }

func signals(names ...string) (all []*Signal) {
	for _, name := range names {
		all = append(all, &Signal{Key: &counted{name: name}})
	}
	return all
}

func taken(w *Wakes) (names []string) {
	for _, key := range w.Take() {
		names = append(names, key.(*counted).name)
	}
	return names
}

func isReady(w *Wakes) bool {
	select {
	case <-w.Ready():
		return true
	default:
		return false
	}
}

func TestWakes(t *testing.T) {
	var w Wakes
	s := signals("a", "b", "c")
	if isReady(&w) || taken(&w) != nil {
		t.Error("there is something before anything was raised")
	}
	for _, i := range []int{1, 0, 1, 1, 2, 0} {
		w.Raise(s[i])
	}
	for range 2 {
		if !isReady(&w) {
			t.Error("Ready does not say that there is something")
		}
	}
	if got := taken(&w); !slices.Equal(got, []string{"b", "a", "c"}) {
		t.Errorf("taken %q: each once, in the order in which they were raised", got)
	}
	if isReady(&w) || taken(&w) != nil {
		t.Error("there is something after everything was taken")
	}
	w.Raise(s[0])
	if got := taken(&w); !slices.Equal(got, []string{"a"}) {
		t.Errorf("taken %q: what was taken can be raised again", got)
	}
}

// TestReadyBefore: whoever asked before something was raised is woken, all of them; and
// a channel that was closed says nothing of what comes later.
func TestReadyBefore(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var w Wakes
		s := signals("a", "b")
		for range 3 {
			var woken atomic.Int32
			for range 4 {
				c := w.Ready()
				go func() {
					<-c
					woken.Add(1)
				}()
			}
			synctest.Wait()
			if n := woken.Load(); n != 0 {
				t.Fatalf("%d are awake before anything was raised", n)
			}
			w.Raise(s[0])
			w.Raise(s[1])
			synctest.Wait()
			if n := woken.Load(); n != 4 {
				t.Errorf("%d of 4 are awake", n)
			}
			w.Take()
		}
	})
}

// TestRaiseWhileTaking: a key that is raised after it was taken, and before it was looked
// at, is taken once more; one that is raised before is looked at after. So nothing is
// lost:
//
//	key changes            taker                        taker, the other way
//	                       Take gives the key
//	change; Raise          (raised is false: it counts)  change
//	                       looks, sees it               Take gives the key, looks
//	                       Ready, Take, looks again     Raise: once more, in vain
func TestRaiseWhileTaking(t *testing.T) {
	var w Wakes
	s := signals("a", "b")
	w.Raise(s[0])
	if got := taken(&w); !slices.Equal(got, []string{"a"}) {
		t.Fatal(got)
	}
	w.Raise(s[0]) // before the taker has looked
	w.Raise(s[1])
	if got := taken(&w); !slices.Equal(got, []string{"a", "b"}) {
		t.Errorf("taken %q", got)
	}
}

// TestNothingIsLost with several who raise and several who take: the last change of each
// key is looked at by somebody.
func TestNothingIsLost(t *testing.T) {
	const (
		keys    = 8
		raisers = 4
		changes = 2000
	)
	var (
		w    Wakes
		all  []*Signal
		seen [keys]atomic.Int64
	)
	index := make(map[Key]int)
	for i := range keys {
		s := signals("x")[0]
		all = append(all, s)
		index[s.Key] = i
	}
	var raising, taking sync.WaitGroup
	for r := range raisers {
		raising.Go(func() {
			for i := range changes {
				s := all[(i*(r+1)+r)%keys]
				s.Key.(*counted).changes.Add(1)
				w.Raise(s)
			}
		})
	}
	done := make(chan struct{})
	look := func() {
		for _, key := range w.Take() {
			now := key.(*counted).changes.Load()
			for last := seen[index[key]].Load(); last < now && !seen[index[key]].CompareAndSwap(last, now); last = seen[index[key]].Load() {
			}
		}
	}
	for range 2 {
		taking.Go(func() {
			for {
				select {
				case <-w.Ready():
					look()
				case <-done:
					return
				}
			}
		})
	}
	raising.Wait()
	close(done)
	taking.Wait()
	look() // what was raised last may be left
	total := int64(0)
	for i, s := range all {
		changed := s.Key.(*counted).changes.Load()
		if got := seen[i].Load(); got != changed {
			t.Errorf("key %d: %d of %d changes were seen", i, got, changed)
		}
		total += changed
	}
	if total != raisers*changes {
		t.Errorf("%d changes", total)
	}
	if isReady(&w) {
		t.Error("there is something left")
	}
}

// TestTakenKeysAreFree: the memory of what was raised is used again, and keeps no key.
func TestTakenKeysAreFree(t *testing.T) {
	var w Wakes
	for _, s := range signals("a", "b") {
		w.Raise(s)
	}
	w.Take()
	for _, s := range w.raised[:cap(w.raised)] {
		if s != nil {
			t.Errorf("%q is kept", s.Key.(*counted).name)
		}
	}
}
