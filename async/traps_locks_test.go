package async_test

import (
	"context"
	"errors"
	"html/template"
	"io"
	"log/slog"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/infill-go/infill/async"
)

// slowAt holds up what an application does for the key "slow", in one place.
type slowAt struct {
	place   string
	once    sync.Once
	entered chan struct{} // closed when the place was reached
	release chan struct{}
}

func newSlowAt(place string) *slowAt {
	return &slowAt{place: place, entered: make(chan struct{}), release: make(chan struct{})}
}

func (s *slowAt) pass(place string, slow bool) {
	if slow && place == s.place {
		s.once.Do(func() { close(s.entered) })
		<-s.release
	}
}

// slowPlace is that of the test that runs: a method of a key has no other way to it.
var slowPlace atomic.Pointer[slowAt]

// slowKey is a key, its own value and error, whose methods may be slow.
type slowKey struct{ Name string }

func (k slowKey) at(place string) { slowPlace.Load().pass(place, k.Name == "slow") }

func (k slowKey) MarshalText() ([]byte, error) { k.at("MarshalText"); return []byte(k.Name), nil }
func (k slowKey) Error() string                { k.at("Error"); return "no answer from " + k.Name }
func (k slowKey) View() string                 { k.at("view"); return k.Name }

func (k *slowKey) UnmarshalText(text []byte) error { k.Name = string(text); return nil }

type slowLog struct{ slog.Handler }

func (l slowLog) Handle(_ context.Context, r slog.Record) error {
	r.Attrs(func(a slog.Attr) bool {
		slowPlace.Load().pass("Logger", a.Key == "run" && strings.Contains(a.Value.Resolve().String(), "slow"))
		return true
	})
	return nil
}

// slowLoad is the fragment's function: it fails where the failure is to be slow.
func slowLoad(_ context.Context, k slowKey) (slowKey, error) {
	k.at("function")
	if place := slowPlace.Load().place; k.Name == "slow" && (place == "Error" || place == "Logger") {
		return k, k
	}
	return k, nil
}

// TestASlowKeyHoldsNobodyUp: none of the library's locks is held while code of the
// application runs, wherever that is called, so what is slow for one key does not
// keep the others waiting, which stand in the same part of the table here. The naive
// way is the cache that everybody has written once:
//
//	mu.Lock()
//	defer mu.Unlock()
//	v, ok := m[key]
//	if !ok {
//		v = load(key)
//		m[key] = v
//	}
//
// One slow load, and nobody reads anything. A softer form is the one mutex of
// singleflight, under which it hands results to all who wait: a million of them
// stop every key of the Group for 40 ms.
func TestASlowKeyHoldsNobodyUp(t *testing.T) {
	for _, place := range []string{"function", "Cost", "MarshalText", "Error", "view", "Logger"} {
		t.Run(place, func(t *testing.T) {
			at := newSlowAt(place)
			slowPlace.Store(at)
			g := &async.Group{Logger: slog.New(slowLog{slog.NewTextHandler(io.Discard, nil)})}
			h := trapFragment(t, g, async.Policy{
				MaxResults: 100, // few enough for one part
				Cost:       func(v any) int64 { v.(slowKey).at("Cost"); return 1 },
			}, slowLoad)
			set, err := async.Bind(template.Must(template.New("page").Funcs(g.Funcs()).Parse(
				`{{async "f" .}}{{define "f:view"}}{{.View}}{{end}}`)), async.Options{Group: g})
			if err != nil {
				t.Fatal(err)
			}
			var slow, other sync.WaitGroup
			defer func() {
				close(at.release)
				slow.Wait()
				other.Wait()
				closeTraps(t, g)
			}()
			slow.Go(func() { h.Get(slowKey{"slow"}) })
			must(t, at.entered, "the place is never reached")
			done := make(chan struct{})
			other.Go(func() {
				defer close(done)
				if err := useAnother(h, set); err != nil {
					t.Error(err)
				}
			})
			must(t, done, "another key stands still")
		})
	}
	t.Run("naive", func(t *testing.T) {
		at := newSlowAt("load")
		var mu sync.Mutex
		var slow sync.WaitGroup
		slow.Go(func() {
			mu.Lock()
			defer mu.Unlock()
			at.pass("load", true)
		})
		<-at.entered
		if mu.TryLock() {
			t.Error("the naive way lets others in: the trap is no more")
		}
		close(at.release)
		slow.Wait()
	})
}

func must(t *testing.T, done <-chan struct{}, problem string) {
	t.Helper()
	select {
	case <-done:
	case <-time.After(trapPatience):
		t.Fatal(problem)
	}
}

// useAnother does all there is with another key.
func useAnother(h *async.Handle[slowKey, slowKey], set *async.Set) error {
	k := slowKey{"other"}
	_, errWait := h.Wait(context.Background(), k)
	h.Get(k)
	errPut := h.Put(k, k)
	h.Refresh(k)
	h.Keep(k)()
	_, errExecute := set.Execute(io.Discard, "page", k)
	h.Forget(k)
	_, errAgain := h.Wait(context.Background(), k)
	return errors.Join(errWait, errPut, errExecute, errAgain)
}
