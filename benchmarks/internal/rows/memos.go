package rows

import (
	"testing"

	"github.com/infill-go/infill/benchmarks/internal/peers"
	"github.com/infill-go/infill/benchmarks/internal/report"
)

// memoOf is a library that can be asked for a value and makes it if it is not there.
type memoOf struct {
	column    string
	expires   bool
	refreshes bool // behind the old value
	open      func(tb testing.TB, s peers.Settings) peers.Memo
}

var memos = []memoOf{
	{report.Async, true, true, func(tb testing.TB, s peers.Settings) peers.Memo { return peers.NewAsync(tb, s) }},
	{report.GoCache, true, false, func(_ testing.TB, s peers.Settings) peers.Memo { return peers.NewGoCache(s) }},
	{report.Otter, true, true, func(tb testing.TB, s peers.Settings) peers.Memo { return peers.NewOtter(tb, s) }},
	{report.Sturdyc, true, true, func(_ testing.TB, s peers.Settings) peers.Memo { return peers.NewSturdyc(s) }},
	{report.TTLCache, true, false, func(_ testing.TB, s peers.Settings) peers.Memo { return peers.NewTTLCache(s) }},
	{report.Singleflight, true, false, func(_ testing.TB, s peers.Settings) peers.Memo { return peers.NewSingleflight(s) }},
	{report.SyncMap, false, false, func(_ testing.TB, s peers.Settings) peers.Memo { return peers.NewSyncMap(s) }},
}
