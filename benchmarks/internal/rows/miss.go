package rows

import (
	"testing"

	"github.com/infill-go/infill/benchmarks/internal/measure"
	"github.com/infill-go/infill/benchmarks/internal/peers"
	"github.com/infill-go/infill/benchmarks/internal/report"
)

// MissSlice is how many keys are asked for in one slice. It is short, and few slices share a store, so that most slices see no growth of a map.
const MissSlice = 64

// Misses measures a cold key whose function returns at once: the time until its value is there, all of which is the
// library's own.
func Misses(t *testing.T, s Scale, table *report.Table) {
	contenders := append(MissContenders(t), referenceContender(t))
	times := ratios(measure.SideBySide(t, s.Rounds, MissSlice, contenders), contenders)
	row := table.Row("miss", "× / allocs")
	for which, m := range memos {
		memo := m.open(t, usual)
		allocs := measure.Allocs(keyCount-1, func(i int) bool { _, err := memo.Fetch(keys[i]); return err == nil })
		row.Set(m.column, "%.1f / %.0f", times[which], allocs)
	}
}

// MissContenders ask for keys that were never asked for.
func MissContenders(tb testing.TB) []measure.Contender {
	var contenders []measure.Contender
	for _, m := range memos {
		var memo peers.Memo
		used := keyCount
		contenders = append(contenders, measure.Contender{
			Name: "miss, " + m.column,
			Begin: func() {
				if used += MissSlice; used >= keyCount {
					memo, used = m.open(tb, usual), 0
				}
			},
			Ask: func(i int) bool { _, err := memo.Fetch(keys[used+i]); return err == nil },
		})
	}
	return contenders
}
