package async

import (
	"context"
	"sync"
	"testing"
	"testing/synctest"
)

// gated is a fragment whose runs end when the test says so.
type gated struct {
	*Handle[string, string]
	t        *testing.T
	stubborn bool // its function does not look at its context

	mu    sync.Mutex // guards calls
	calls map[string][]chan answer
	runs  map[string]int
}

type answer struct {
	value string
	err   error
}

func gate(t *testing.T, g *Group, name string, p Policy) *gated {
	t.Helper()
	f := &gated{t: t, calls: make(map[string][]chan answer), runs: make(map[string]int)}
	f.Handle = register(t, g, name, p, f.run)
	return f
}

func (f *gated) run(ctx context.Context, key string) (string, error) {
	done := ctx.Done()
	if f.stubborn {
		done = nil
	}
	c := make(chan answer, 1)
	f.mu.Lock()
	f.calls[key] = append(f.calls[key], c)
	f.runs[key]++
	f.mu.Unlock()
	select {
	case a := <-c:
		return a.value, a.err
	case <-done:
		return "", ctx.Err()
	}
}

// end ends the newest run of the key; all is done that follows from it.
func (f *gated) end(key, value string, err error) {
	f.t.Helper()
	synctest.Wait()
	f.mu.Lock()
	calls := f.calls[key]
	if len(calls) == 0 {
		f.mu.Unlock()
		f.t.Fatalf("%s(%q) does not run", f.frag.name, key)
	}
	last := len(calls) - 1
	calls[last] <- answer{value, err}
	f.calls[key] = calls[:last]
	f.mu.Unlock()
	synctest.Wait()
}

func (f *gated) good(key string) { f.t.Helper(); f.end(key, "<"+key+">", nil) }
func (f *gated) bad(key string)  { f.t.Helper(); f.end(key, "", errSource) }

// ran is how often the function was called for the key.
func (f *gated) ran(key string) int {
	synctest.Wait()
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.runs[key]
}
