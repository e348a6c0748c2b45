package async

import (
	"context"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// TestThePlaceOfAPanicIsLogged: nobody else has the stack, for a page shows no error's
// text and Get has none.
func TestThePlaceOfAPanicIsLogged(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var log strings.Builder
		g := &Group{Logger: textLogger(&log)}
		h := register(t, g, "f", Policy{}, func(ctx context.Context, key string) (int, error) { return explode(), nil })
		h.Get("k")
		synctest.Wait()
		for _, want := range []string{`run="f(\"k\")"`, "reason=panic", "stack=", "async.explode("} {
			if !strings.Contains(log.String(), want) {
				t.Errorf("the log has no %s: %s", want, log.String())
			}
		}
		closeGroup(t, g)
	})
}

//go:noinline
func explode() int { panic("boom") }

// TestABrokenViewIsTriedSeldom: however many pages ask for it, it is rendered again
// after its pause only, and once for all of them.
func TestABrokenViewIsTriedSeldom(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := quietGroup()
		h := register(t, g, "n", Policy{}, func(ctx context.Context, key string) (int, error) { return 7, nil })
		s := bound(t, g, `{{async "n" .}}{{define "n:view"}}{{.Nope}}{{end}}{{define "n:error"}}broken{{end}}`, Options{})
		execute(t, s, "k")
		synctest.Wait()
		for second := range 2 {
			for range 50 {
				shows(t, s, "k", "broken", Report{Failed: 1})
				synctest.Wait()
			}
			if n := h.frag.counts.viewErrors.Load(); n != int64(second+1) {
				t.Errorf("after %d pauses the view was rendered %d times", second, n)
			}
			advance(time.Second)
			execute(t, s, "k")
			synctest.Wait()
		}
		closeGroup(t, g)
	})
}

// TestKeysOfExpiredResults: what is past its windows is of no use to anybody, and is not
// listed, swept out or not.
func TestKeysOfExpiredResults(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := quietGroup()
		h := register(t, g, "f", Policy{MaxAge: time.Second, StaleWhileRevalidate: time.Second, Jitter: -1},
			func(ctx context.Context, key string) (int, error) { return 1, nil })
		h.Put("k", 1)
		for second, want := range []int{1, 1, 0} {
			n := 0
			for range g.Keys("f") {
				n++
			}
			if n != want {
				t.Errorf("after %d s Keys lists %d keys, want %d", second, n, want)
			}
			if second == 1 && entriesOf(h.frag.results) != 1 {
				t.Error("it was swept out already, so this shows nothing")
			}
			advance(time.Second)
		}
		closeGroup(t, g)
	})
}
