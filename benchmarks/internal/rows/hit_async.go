package rows

import (
	"context"
	"testing"
	"time"

	"github.com/infill-go/infill/async"
	"github.com/infill-go/infill/benchmarks/internal/peers"
)

func asyncGet(s peers.Settings) func(testing.TB) func(i int) bool {
	return func(tb testing.TB) func(i int) bool {
		a := peers.NewAsync(tb, s)
		fill(tb, a)
		return func(i int) bool { _, ok := a.Get(keys[i]); return ok }
	}
}

// address is a key of two fields, as a server and its port.
type address struct {
	Host string
	Port int
}

var addresses = func() (all [keyCount]address) {
	for i := range all {
		all[i] = address{keys[i], 8000 + i}
	}
	return all
}()

func asyncStruct(tb testing.TB) func(i int) bool {
	h, err := async.Register(peers.NewGroup(tb, async.Policy{}), "hit",
		func(_ context.Context, a address) (string, error) { return usual.Fn(a.Host) }, async.Policy{MaxAge: time.Hour})
	if err != nil {
		tb.Fatal(err)
	}
	for _, a := range addresses {
		if _, err := h.Wait(tb.Context(), a); err != nil {
			tb.Fatal(err)
		}
	}
	return func(i int) bool { _, ok := h.Get(addresses[i]); return ok }
}

// commands returns a group whose Commands are limited by age, so that there is a clock to read, as go-cache has to. All
// are asked for before the first one is ready, which is more than wait by default.
func commands(tb testing.TB) *async.Group {
	return peers.NewGroup(tb, async.Policy{MaxAge: time.Hour, MaxWaiting: keyCount})
}

func filled(context.Context) (string, error) { return "filled", nil }

func commandByID(tb testing.TB) func(i int) bool {
	g := commands(tb)
	return whenEvery(tb, func(i int) bool { return async.CommandIn(g, keys[i], "", filled) != "" })
}

// commandWithClosure is how a Command is mostly written: the id is put together, and the function needs a variable.
func commandWithClosure(tb testing.TB) func(i int) bool {
	g := commands(tb)
	return whenEvery(tb, func(i int) bool {
		host := keys[i]
		return async.CommandIn(g, "ps "+host, "", func(context.Context) (string, error) { return host, nil }) != ""
	})
}

func commandByCallSite(tb testing.TB) func(i int) bool {
	g := commands(tb)
	return whenEvery(tb, func(int) bool { return async.CommandIn(g, "", "", filled) != "" })
}

// whenEvery returns ask when it has a value for every key.
func whenEvery(tb testing.TB, ask func(i int) bool) func(i int) bool {
	until(tb, "Command", func() bool {
		all := true
		for i := range keyCount {
			all = ask(i) && all // no short cut: the call is what starts the work for its key
		}
		return all
	})
	return ask
}
