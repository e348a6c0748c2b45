package rows

import (
	"runtime"
	"testing"

	"github.com/infill-go/infill/benchmarks/internal/measure"
	"github.com/infill-go/infill/benchmarks/internal/peers"
	"github.com/infill-go/infill/benchmarks/internal/report"
	"github.com/jellydator/ttlcache/v3"
)

// shared is a cache that several goroutines read and write.
type shared struct {
	column string
	open   func(tb testing.TB) (get func(key string) bool, set func(key string) bool)
}

// sharers leave singleflight out: it has nothing to write to.
var sharers = []shared{
	{report.Async, func(tb testing.TB) (get, set func(string) bool) {
		a := peers.NewAsync(tb, usual)
		fill(tb, a)
		return func(key string) bool { _, ok := a.Get(key); return ok },
			func(key string) bool { return a.Put(key, "filled") == nil }
	}},
	{report.GoCache, func(tb testing.TB) (get, set func(string) bool) {
		g := peers.NewGoCache(usual)
		fill(tb, g)
		return func(key string) bool { _, ok := g.Look(key); return ok },
			func(key string) bool { g.SetDefault(key, "filled"); return true }
	}},
	{report.Otter, func(tb testing.TB) (get, set func(string) bool) {
		o := peers.NewOtter(tb, usual)
		fill(tb, o)
		return func(key string) bool { _, err := o.Fetch(key); return err == nil },
			func(key string) bool { o.Set(key, "filled"); return true }
	}},
	{report.Sturdyc, func(tb testing.TB) (get, set func(string) bool) {
		c := peers.NewSturdyc(usual)
		fill(tb, c)
		return func(key string) bool { _, err := c.Fetch(key); return err == nil },
			func(key string) bool { c.Set(key, "filled"); return true }
	}},
	{report.TTLCache, func(tb testing.TB) (get, set func(string) bool) {
		c := peers.NewTTLCache(usual)
		fill(tb, c)
		return func(key string) bool { _, err := c.Fetch(key); return err == nil },
			func(key string) bool { return c.Set(key, "filled", ttlcache.DefaultTTL) != nil }
	}},
	{report.SyncMap, func(tb testing.TB) (get, set func(string) bool) {
		m := peers.NewSyncMap(usual)
		fill(tb, m)
		return func(key string) bool { _, ok := m.Look(key); return ok },
			func(key string) bool { m.Store(key, "filled"); return true }
	}},
}

// parallelRows are the shares of writes. Only the first is of the kind that a page makes; the second is for results that
// the application puts.
var parallelRows = []struct {
	label  string
	writes int // of ten calls
}{
	{"hit on 2 CPUs", 0},
	{"9 hits and 1 write on 2 CPUs", 1},
}

// ParallelHits measures two goroutines on two processors that ask for values of the same cache.
func ParallelHits(t *testing.T, s Scale, table *report.Table) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(2))
	for _, r := range parallelRows {
		contenders := ParallelContenders(t, r.writes)
		times := measure.InParallel(t, s.Rounds/2, 2*keyCount, 2, keyCount/7, contenders)
		row := table.Row(r.label, "×")
		for i, ratio := range ratios(times, contenders) {
			row.Set(sharers[i].column, "%.2f", ratio)
		}
	}
}

// ParallelContenders returns caches of which so many of ten calls are writes.
func ParallelContenders(tb testing.TB, writes int) []measure.Contender {
	var contenders []measure.Contender
	for _, c := range sharers {
		get, set := c.open(tb)
		contender := warm(hit{row: hitMemo, column: c.column}.name(), func(i int) bool { return get(keys[i]) })
		if writes > 0 {
			contender.Ask = func(i int) bool {
				if i%10 < writes {
					return set(keys[i%keyCount])
				}
				return get(keys[i%keyCount])
			}
		}
		contenders = append(contenders, contender)
	}
	return contenders
}
