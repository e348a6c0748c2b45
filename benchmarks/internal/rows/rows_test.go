package rows

import (
	"strings"
	"testing"

	"github.com/infill-go/infill/benchmarks/internal/report"
)

// small is enough to see every row measured. There are few goroutines at a time, for the race detector bears no more than
// 8,000.
var small = Scale{Rounds: 4, Stampedes: 1, Callers: 500, Duels: 20, Readers: 500, Polls: 1000, Results: 1000, Connections: 50}

// TestEveryRow measures all rows at a small scale. What is looked at are figures that do not depend on the machine.
func TestEveryRow(t *testing.T) {
	var table report.Table
	for _, family := range Families {
		t.Run(family.Name, func(t *testing.T) { family.Measure(t, small, &table) })
	}
	for _, want := range []struct{ row, column, cell string }{
		{"runs for 10,000 callers of a cold key", report.Async, "1"},
		{"runs for 10,000 callers of a cold key", report.Otter, "1"},
		{"second runs in 10,000 rounds of 8 callers", report.Async, "0"},
		{"runs for 100,000 readers of one stale key", report.Async, "1"},
		{"runs for 100,000 readers of one stale key", report.GoCache, "500"}, // all the readers of the small scale
		{"runs for 100,000 readers of one stale key", report.Otter, "1"},
		{"runs for 100,000 readers of one stale key", report.SyncMap, ""},
		{"of them, readers that waited", report.Async, "0"},
		{"of them, readers that waited", report.Sturdyc, "0"},
		{"of them, readers that waited", report.TTLCache, "500"},
		{"runs in a minute of a failing source", report.GoCache, "60"},
		{"runs in a minute of a failing source", report.Otter, "60"},
		{"the same, after a success", report.Otter, "60"},
		{"of its 60 readers, those that got the old value", report.Async, "60"},
		{"of its 60 readers, those that got the old value", report.Sturdyc, "60"},
		{"of its 60 readers, those that got the old value", report.TTLCache, "0"},
	} {
		if got := table.Cell(want.row, want.column); got != want.cell {
			t.Errorf("%s of %s: %q, not %q", want.row, want.column, got, want.cell)
		}
	}
	// The back-off has chance in it.
	for _, row := range []string{"runs in a minute of a failing source", "the same, after a success"} {
		if got := table.Cell(row, report.Async); got != "6" && got != "7" {
			t.Errorf("%s: %q, not 6 or 7", row, got)
		}
	}
	if table.Reference <= 0 {
		t.Errorf("1.00 × is %v ns", table.Reference)
	}
	for _, label := range []string{"hit", "hit, cold memory", "miss", "poll of a key in flight", "a result of 16 + 100 bytes", "page of 20 fragments, words",
		"Render of 20 ready fragments, words", "first byte of 20 pending fragments, words", "an open response, 20 pending"} {
		if table.Cell(label, report.Async) == "" {
			t.Errorf("%s: no figure", label)
		}
	}
	everyGateIsChecked(t, &table)
}

// A gate that was lost would never be missed.
func everyGateIsChecked(t *testing.T, table *report.Table) {
	t.Helper()
	gates := table.GatesMarkdown()
	for _, name := range []string{
		"hit, ×", "hit, allocs", "hit, Command by id, ×", "hit, Command by call site, ×", "hit, struct key, ×",
		"hit, struct key, allocs", "poll of a key in flight, ×", "kept of a poll, B", "a result of 16 + 100 bytes, B",
		"page, bare, ×", "page, words, ×", "Render, bare, ×", "Render, words, ×", "first byte, bare, ×", "first byte, words, ×",
		"runs for 10,000 callers of a cold key",
		"second runs in 10,000 rounds of 8 callers", "runs for readers of one stale key", "of them, readers that waited",
		"runs in a minute of a failing source", "the same, after a success", "readers that got no old value",
	} {
		if !strings.Contains(gates, "| "+name+" ") {
			t.Errorf("no gate %q in\n%s", name, gates)
		}
	}
}
