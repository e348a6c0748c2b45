package rows

import (
	"slices"
	"testing"

	"github.com/infill-go/infill/benchmarks/internal/measure"
	"github.com/infill-go/infill/benchmarks/internal/report"
)

// ColdHits measures hits of values that the processor has in none of its own caches, as after the work for other requests.
// A cache that keeps little in few places is good at that.
func ColdHits(t *testing.T, s Scale, table *report.Table) {
	var contenders []measure.Contender
	var columns []string
	for _, h := range hits {
		if h.row != hitMemo || h.column == report.Singleflight { // which has no memory
			continue
		}
		ask := h.open(t)
		columns = append(columns, h.column)
		contenders = append(contenders, measure.Contender{
			Name: h.name(), Begin: chill, Ask: func(i int) bool { return ask(shuffled[i]) },
		})
	}
	row := table.Row("hit, cold memory", "×")
	for i, ratio := range ratios(measure.SideBySide(t, s.Rounds/2, keyCount, contenders), contenders) {
		row.Set(columns[i], "%.2f", ratio)
	}
}

// shuffled is the order in which the keys are asked for. In the order in which they were stored, each would find that the
// processor had read ahead.
var shuffled = func() (order [keyCount]int) {
	for i := range order {
		order[i] = i * 389 % keyCount // odd, so that it comes to each
	}
	return order
}()

// other is memory of somebody else, more than a core has for itself.
var other = make([]byte, 4<<20)

// chill puts it into the place of what the processor remembers.
func chill() {
	const line = 64
	for chunk := range slices.Chunk(other, line) {
		chunk[0]++
	}
}
