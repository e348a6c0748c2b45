package async

import (
	"context"
	"fmt"
	"runtime"
	"testing"
	"testing/synctest"
	"time"
)

// TestTheOrdinaryCaseAllocatesNothing: a hit, and a poll of a key whose run is under
// way, whatever the key.
func TestTheOrdinaryCaseAllocatesNothing(t *testing.T) {
	type server struct {
		Host string
		Port int
	}
	synctest.Test(t, func(t *testing.T) {
		g := quietGroup()
		release := make(chan struct{})
		byName := register(t, g, "name", Policy{MaxAge: time.Hour}, func(context.Context, string) (int, error) { return 1, nil })
		byServer := register(t, g, "server", Policy{MaxAge: time.Hour}, func(context.Context, server) (int, error) { return 1, nil })
		hangs := register(t, g, "hangs", Policy{}, func(context.Context, server) (int, error) { <-release; return 1, nil })
		name, host := fmt.Sprint("server-", 1234567), server{"web1.example.com", 22}
		fn := func(context.Context) (int, error) { return 1, nil }
		command := func() { CommandIn(g, name, 0, fn) }
		atPlace := func() { CommandIn(g, "", 0, fn) }
		for _, start := range []func(){command, atPlace, func() { byName.Get(name); byServer.Get(host); hangs.Get(host) }} {
			start()
		}
		synctest.Wait()
		for name, do := range map[string]func(){
			"a hit":                     func() { byName.Get(name) },
			"a hit by a struct":         func() { byServer.Get(host) },
			"a poll":                    func() { hangs.Get(host) },
			"a Command by id":           command,
			"a Command by its place":    atPlace,
			"a Wait for what is there":  func() { byName.Wait(t.Context(), name) },
			"a Keep's look, for itself": func() { byName.frag.untilDue(name) },
		} {
			if n := testing.AllocsPerRun(1000, do); n != 0 {
				t.Errorf("%s: %v allocations", name, n)
			}
		}
		close(release)
		closeGroup(t, g)
	})
}

// TestPollsAreNotKept: a million polls of one key leave nothing behind. With
// singleflight's DoChan each would leave a channel of 170 bytes until the run ends.
func TestPollsAreNotKept(t *testing.T) {
	g := quietGroup()
	begun, release := make(chan struct{}), make(chan struct{})
	h := register(t, g, "f", Policy{}, func(context.Context, string) (int, error) { close(begun); <-release; return 1, nil })
	h.Get("k")
	<-begun
	before := liveBytes()
	for range 1_000_000 {
		if _, ok := h.Get("k"); ok {
			t.Fatal("a value")
		}
	}
	if kept := liveBytes() - before; kept > 100_000 {
		t.Errorf("a million polls have left %d bytes", kept)
	}
	close(release)
	closeGroup(t, g)
}

func liveBytes() int64 {
	runtime.GC()
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}
