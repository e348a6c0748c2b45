package report

import (
	"fmt"
	"math"
)

// Gate is a promise about a figure of the table: it may be at most so much.
type Gate struct {
	Name   string
	Figure float64
	Limit  float64
}

// Gate adds a promise, to be checked when the whole table is there.
func (t *Table) Gate(name string, figure, limit float64) {
	t.gates = append(t.gates, Gate{name, figure, limit})
}

// Missed says whether the promise is broken. A figure that is none has proved nothing.
func (g Gate) Missed() bool { return math.IsNaN(g.Figure) || g.Figure > g.Limit }

func (g Gate) verdict() string {
	if g.Missed() {
		return "MISSED"
	}
	return "ok"
}

// GatesMarkdown returns the gates as a table of their own.
func (t *Table) GatesMarkdown() string {
	lines := [][]string{{"gate", "", "figure", "at most"}}
	for _, g := range t.gates {
		lines = append(lines, []string{g.Name, g.verdict(), plain(g.Figure), plain(g.Limit)})
	}
	return markdown(lines)
}

// Missed returns the names of the gates that were missed.
func (t *Table) Missed() []string {
	var names []string
	for _, g := range t.gates {
		if g.Missed() {
			names = append(names, g.Name)
		}
	}
	return names
}

// plain prints a whole number as one and any other with three places, one more than the table: a figure that is just over
// its limit must not look as if it were the limit.
func plain(f float64) string {
	if f == math.Trunc(f) {
		return fmt.Sprintf("%.0f", f)
	}
	return fmt.Sprintf("%.3f", f)
}
