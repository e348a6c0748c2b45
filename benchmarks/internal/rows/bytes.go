package rows

import (
	"runtime"
	"runtime/debug"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/infill-go/infill/benchmarks/internal/measure"
	"github.com/infill-go/infill/benchmarks/internal/report"
)

// Bytes measures what many results of 100 bytes under keys of 16 take of the heap, each of them made by the function, and
// how many objects the garbage collector has to visit for each.
func Bytes(t *testing.T, s Scale, table *report.Table) {
	bytes := table.Row("a result of 16 + 100 bytes", "B")
	objects := table.Row("the same, objects on the heap", "objects")
	for _, m := range memos {
		if m.column == report.Singleflight {
			continue // keeps nothing; what is around it is go-cache's
		}
		heap := heapOf(t, m, s.Results)
		perResult := float64(heap.Bytes) / float64(s.Results)
		bytes.Set(m.column, "%.0f", perResult)
		objects.Set(m.column, "%.1f", float64(heap.Objects)/float64(s.Results))
		if m.column == report.Async {
			table.Gate("a result of 16 + 100 bytes, B", perResult, 330)
		}
	}
}

func heapOf(t *testing.T, m memoOf, results int) measure.Heap {
	var runs atomic.Int64
	settings := counted(usual, &runs, func() (string, error) { return strings.Repeat("x", 100), nil })
	settings.Capacity = 2 * results // shards are never filled evenly
	// Fewer collections while the heap grows: what is live at the end is the same, and it takes half the time.
	defer debug.SetGCPercent(debug.SetGCPercent(400))
	before := measure.LiveHeap()
	memo := m.open(t, settings)
	for i := range results {
		if _, err := memo.Fetch(keyOf(i)); err != nil {
			t.Fatal(err)
		}
	}
	heap := measure.LiveHeap().Since(before)
	// Every result must still be there, or the figure is about fewer.
	for i := 0; i < results; i += 100 {
		if _, err := memo.Fetch(keyOf(i)); err != nil {
			t.Fatal(err)
		}
	}
	if again := runs.Load() - int64(results); again > 0 {
		t.Errorf("%s: %d of %d results were evicted", m.column, again, results/100)
	}
	runtime.KeepAlive(memo)
	return heap
}
