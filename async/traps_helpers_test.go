package async_test

import (
	"context"
	"io"
	"log/slog"
	"runtime"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/infill-go/infill/async"
)

// The tests in the files traps_*_test.go are about promises that well-known kinds
// of caches and flight tables break. The comment of each shows the naive way; where
// it needs no luck, the naive way runs beside ours, so that the trap is seen to be
// real and not only told of.

// trapPatience is how long a test waits for what must come.
const trapPatience = 10 * time.Second

func trapGroup() *async.Group {
	return &async.Group{Logger: slog.New(slog.NewTextHandler(io.Discard, nil))}
}

func trapFragment[K comparable, V any](t testing.TB, g *async.Group, p async.Policy, fn func(context.Context, K) (V, error)) *async.Handle[K, V] {
	t.Helper()
	h, err := async.Register(g, "f", fn, p)
	if err != nil {
		t.Fatal(err)
	}
	return h
}

// closeTraps ends the group, which must lose nothing.
func closeTraps(t testing.TB, g *async.Group) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), trapPatience)
	defer cancel()
	if err := g.Close(ctx); err != nil {
		t.Error(err)
	}
}

// pass lets the bubble's time pass, and everybody finish what there is to do then.
func pass(d time.Duration) {
	<-time.After(d)
	synctest.Wait()
}

// work is what a slow function does: it takes its time, and obeys its context.
func work(ctx context.Context, d time.Duration) error {
	done := time.NewTimer(d)
	defer done.Stop()
	select {
	case <-done.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func endedContext() context.Context {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	return ctx
}

// kept is how many objects are on the heap because of what do has done.
func kept(do func()) int {
	before := liveObjects()
	do()
	return liveObjects() - before
}

func liveObjects() int {
	var m runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&m)
	return int(m.HeapObjects)
}

// goroutinesWith counts the goroutines whose stacks have all the texts.
func goroutinesWith(texts ...string) int {
	buf := make([]byte, 1<<16)
	for {
		n := runtime.Stack(buf, true)
		if n == len(buf) {
			buf = make([]byte, 2*len(buf))
			continue
		}
		n = 0
		for _, stack := range strings.Split(string(buf), "\n\n") {
			if !slices.ContainsFunc(texts, func(text string) bool { return !strings.Contains(stack, text) }) {
				n++
			}
		}
		return n
	}
}

const (
	// startedByTheLibrary is in the stack of every goroutine that package async starts.
	startedByTheLibrary = "created by github.com/infill-go/infill/async."
	// inTheBubble is in those of a test that uses synctest; what an earlier test has
	// left to end in its own time is not.
	inTheBubble = "synctest bubble"
)

// soon asks until it is so: for what the garbage collector does in its own time.
func soon(t testing.TB, so func() bool, problem string) {
	t.Helper()
	deadline := time.After(trapPatience)
	again := time.NewTicker(time.Millisecond)
	defer again.Stop()
	for !so() {
		runtime.GC()
		select {
		case <-again.C:
		case <-deadline:
			t.Fatal(problem)
		}
	}
}
