// Package report prints the table of the comparison and checks its gates.
package report

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// The columns.
const (
	Async        = "async"
	GoCache      = "go-cache"
	Otter        = "otter"
	Sturdyc      = "sturdyc"
	TTLCache     = "ttlcache"
	Singleflight = "singleflight"
	SyncMap      = "sync.Map"
)

var columns = []string{Async, GoCache, Otter, Sturdyc, TTLCache, Singleflight, SyncMap}

// Table collects rows and gates in the order in which they are added.
type Table struct {
	// Reference is what 1.00 stands for, in nanoseconds: the time of a hit of go-cache with expiry.
	Reference float64
	// Columns are the table's, in their order. Nil: the library and those that it is compared with.
	Columns []string

	rows  []row
	gates []Gate
}

type row struct {
	label, unit string
	cells       map[string]string
}

// Row is a line of the table that is being filled.
type Row struct{ cells map[string]string }

// Row adds a line. A column that it is not given a figure for has a dash: it cannot do it, or it was not measured.
func (t *Table) Row(label, unit string) Row {
	cells := make(map[string]string)
	t.rows = append(t.rows, row{label, unit, cells})
	return Row{cells}
}

// Set enters what was measured of a column.
func (r Row) Set(column, format string, figures ...any) {
	r.cells[column] = fmt.Sprintf(format, figures...)
}

// Cell returns what was entered of a column, or "" if there is nothing.
func (t *Table) Cell(label, column string) string {
	for _, r := range t.rows {
		if r.label == label {
			return r.cells[column]
		}
	}
	return ""
}

// Markdown returns the table, padded so that it can be read as it is.
func (t *Table) Markdown() string {
	names := t.Columns
	if names == nil {
		names = columns
	}
	lines := [][]string{append([]string{"", "unit"}, names...)}
	for _, r := range t.rows {
		lines = append(lines, r.line(names))
	}
	return markdown(lines)
}

func (r row) line(columns []string) []string {
	line := []string{r.label, r.unit}
	for _, column := range columns {
		cell, ok := r.cells[column]
		if !ok {
			cell = "–"
		}
		line = append(line, cell)
	}
	return line
}

// markdown aligns the columns after the first two to the right, as figures are.
func markdown(lines [][]string) string {
	widths := make([]int, len(lines[0]))
	for _, line := range lines {
		for i, cell := range line {
			widths[i] = max(widths[i], utf8.RuneCountInString(cell))
		}
	}
	var out strings.Builder
	for n, line := range lines {
		for i, cell := range line {
			space := strings.Repeat(" ", widths[i]-utf8.RuneCountInString(cell))
			if i < 2 {
				fmt.Fprintf(&out, "| %s%s ", cell, space)
			} else {
				fmt.Fprintf(&out, "| %s%s ", space, cell)
			}
		}
		out.WriteString("|\n")
		if n == 0 {
			out.WriteString(rule(widths))
		}
	}
	return out.String()
}

func rule(widths []int) string {
	var out strings.Builder
	for i, width := range widths {
		if i < 2 {
			out.WriteString("|" + strings.Repeat("-", width+2))
		} else {
			out.WriteString("|" + strings.Repeat("-", width+1) + ":")
		}
	}
	return out.String() + "|\n"
}
