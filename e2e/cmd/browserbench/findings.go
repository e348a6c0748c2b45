package main

import "fmt"

// findings are what the program prints. Module benchmarks reads it.
type findings struct {
	Missing string // why nothing was measured; empty if something was
	Browser string
	Columns []string
	Rows    []row
	Gates   []gate
}

type row struct {
	Label, Unit string
	Cells       map[string]string // by column
}

type gate struct {
	Name          string
	Figure, Limit float64
}

// The columns.
const (
	ours     = "async"
	byHand   = "by hand"
	lazy     = "htmx"
	oneByOne = "one by one"
)

var columns = []string{ours, byHand, lazy, oneByOne}

// row adds a line of the table.
func (f *findings) row(label, unit string) row {
	f.Columns = columns
	r := row{label, unit, make(map[string]string)}
	f.Rows = append(f.Rows, r)
	return r
}

func (r row) set(column, format string, figures ...any) {
	r.Cells[column] = fmt.Sprintf(format, figures...)
}
