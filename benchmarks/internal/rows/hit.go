package rows

import (
	"testing"

	"github.com/infill-go/infill/benchmarks/internal/measure"
	"github.com/infill-go/infill/benchmarks/internal/report"
)

// A hit is the path that every page takes for every fragment: the value is there, and somebody wants it.
type hit struct {
	row, column string
	open        func(tb testing.TB) func(i int) bool
}

// name tells the contenders apart.
func (h hit) name() string { return h.row + ", " + h.column }

// The rows of hits.
const (
	hitMemo      = "hit"
	hitRefresh   = "hit, with a stale window"
	hitRead      = "hit, read only"
	hitNoExpiry  = "hit, no expiry"
	hitStruct    = "hit, struct key"
	hitCommand   = "hit, Command by id"
	hitBuilt     = "hit, Command, id and closure made"
	hitCallSite  = "hit, Command by call site"
	hitReference = hitMemo + ", " + report.GoCache
)

// hits begin with the rows of several columns.
var hits = []hit{
	{hitMemo, report.Async, asyncGet(usual)},
	{hitMemo, report.GoCache, goCacheGet(usual)},
	{hitMemo, report.Otter, otterGet(usual)},
	{hitMemo, report.Sturdyc, sturdycGetOrFetch(usual)},
	{hitMemo, report.TTLCache, ttlcacheGet(usual)},
	{hitMemo, report.Singleflight, singleflightDo},
	{hitMemo, report.SyncMap, syncMapLoad},

	{hitRefresh, report.Async, asyncGet(refreshing)},
	{hitRefresh, report.Otter, otterGet(refreshing)},
	{hitRefresh, report.Sturdyc, sturdycGetOrFetch(refreshing)},

	{hitRead, report.Otter, otterGetIfPresent},
	{hitRead, report.Sturdyc, sturdycGet},

	{hitNoExpiry, report.Async, asyncGet(forever)},
	{hitNoExpiry, report.GoCache, goCacheGet(forever)},
	{hitNoExpiry, report.Otter, otterGet(forever)},

	{hitStruct, report.Async, asyncStruct},
	{hitStruct, report.GoCache, goCacheBuiltKey},
	{hitStruct, report.Otter, otterStruct},
	{hitStruct, report.Sturdyc, sturdycPermutatedKey},
	{hitStruct, report.TTLCache, ttlcacheStruct},
	{hitStruct, report.SyncMap, syncMapStruct},

	{hitCommand, report.Async, commandByID},
	{hitBuilt, report.Async, commandWithClosure},
	{hitCallSite, report.Async, commandByCallSite},
}

// Hits measures one goroutine that asks for values that are there.
func Hits(t *testing.T, s Scale, table *report.Table) {
	contenders := HitContenders(t)
	nanoseconds := measure.SideBySide(t, s.Rounds, 2*keyCount, contenders)
	times := ratios(nanoseconds, contenders)
	table.Reference = nanoseconds[reference(contenders)]
	rows := make(map[string]report.Row)
	for i, h := range hits {
		row, ok := rows[h.row]
		if !ok {
			row = table.Row(h.row, "× / allocs")
			rows[h.row] = row
		}
		allocs := measure.Allocs(keyCount-1, contenders[i].Ask)
		row.Set(h.column, "%.2f / %.0f", times[i], allocs)
		if limit, ok := hitLimits[h.row]; ok && h.column == report.Async {
			table.Gate(h.row+", ×", times[i], limit.ratio)
			if limit.noAllocs {
				table.Gate(h.row+", allocs", allocs, 0)
			}
		}
	}
}

var hitLimits = map[string]struct {
	ratio    float64
	noAllocs bool
}{
	hitMemo:     {1.0, true},
	hitCommand:  {1.3, false},
	hitCallSite: {3.5, false},
	hitStruct:   {2.5, true},
}

// HitContenders returns all of them, filled.
func HitContenders(tb testing.TB) []measure.Contender {
	var contenders []measure.Contender
	for _, h := range hits {
		contenders = append(contenders, warm(h.name(), h.open(tb)))
	}
	return contenders
}

// warm is a contender that asks for each key once before the clock starts, and for all of them in turn after it. Without
// that the figure would depend on what the contender before has left of the processor's caches, and with it on how many
// contenders there are.
func warm(name string, ask func(i int) bool) measure.Contender {
	return measure.Contender{
		Name: name,
		Begin: func() {
			for i := range keyCount {
				ask(i)
			}
		},
		Ask: func(i int) bool { return ask(i % keyCount) },
	}
}
