package histories

import (
	"context"
	"errors"
	"log/slog"
	"math/rand/v2"
	"runtime"
	"strings"
	"sync"
	"testing"

	"github.com/infill-go/infill/async"
)

const (
	clients    = 8
	operations = 25 // of each client
	sources    = 2  // keys
)

// round is a group with one fragment, used by some clients at once.
type round struct {
	handle  *async.Handle[int, int]
	sources [sources]source
	kinds   []kind // to choose from
	lost    string // what Close has answered
}

// play lets the clients loose and returns when everything has come to rest.
func play(t *testing.T, p async.Policy, kinds []kind) *round {
	r := &round{kinds: kinds}
	g := &async.Group{Logger: slog.New(slog.DiscardHandler)}
	var err error
	r.handle, err = async.Register(g, "f", func(ctx context.Context, key int) (int, error) { return r.sources[key].read(ctx) }, p)
	if err != nil {
		t.Fatal(err)
	}
	start := make(chan struct{})
	var all sync.WaitGroup
	for client := range clients {
		all.Go(func() {
			<-start
			for range operations {
				r.step(t, client)
			}
		})
	}
	close(start)
	all.Wait()
	// It waits for the runs under way; the successors that it refuses are named.
	if err := g.Close(t.Context()); err != nil {
		r.lost = err.Error()
	}
	for key := range r.sources {
		r.do(t, clients, key, get)
	}
	return r
}

// step does one operation at random.
func (r *round) step(t *testing.T, client int) {
	for range rand.IntN(4) {
		runtime.Gosched()
	}
	r.do(t, client, rand.IntN(sources), r.kinds[rand.IntN(len(r.kinds))])
}

func (r *round) do(t *testing.T, client, key int, k kind) {
	s := &r.sources[key]
	o := op{client: client, kind: k}
	var err error
	if k == put {
		o.version = s.next()
	}
	o.call = now()
	switch k {
	case get:
		o.version, _ = r.handle.Get(key)
	case wait:
		o.version, err = r.handle.Wait(t.Context(), key)
		err = unexpected(err)
	case put:
		err = r.handle.Put(key, o.version)
	case forget:
		r.handle.Forget(key)
	case refresh:
		r.handle.Refresh(key)
	}
	o.ret = now()
	if err != nil {
		t.Errorf("%s: %v", k, err)
	}
	s.history.add(o)
}

// unexpected returns the error of a Wait unless it is one of the source's.
func unexpected(err error) error {
	if err == nil || errors.Is(err, errFailed) || strings.Contains(err.Error(), "Goexit") {
		return nil
	}
	return err
}
