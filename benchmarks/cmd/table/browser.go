package main

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"

	"github.com/infill-go/infill/benchmarks/internal/report"
)

// findings are what e2e/cmd/browserbench prints. That program is of another module, so that what drives a browser is no
// dependency of this one.
type findings struct {
	Missing string // why nothing was measured
	Browser string
	Columns []string
	Rows    []struct {
		Label, Unit string
		Cells       map[string]string
	}
	Gates []report.Gate
}

// measureInBrowser has pages measured in Chromium.
func measureInBrowser() (*findings, error) {
	program := exec.Command("go", "run", "-C", "../e2e", "./cmd/browserbench")
	program.Stderr = os.Stderr
	output, err := program.Output()
	if err != nil {
		return nil, fmt.Errorf("e2e/cmd/browserbench: %w", err)
	}
	found := new(findings)
	if err := json.Unmarshal(output, found); err != nil {
		return nil, fmt.Errorf("e2e/cmd/browserbench printed what is no JSON: %w", err)
	}
	return found, nil
}

// markdown returns the table, or why there is none.
func (f *findings) markdown() string {
	if f.Missing != "" {
		return "Pages in a browser were not measured: " + f.Missing + "\n"
	}
	table := report.Table{Columns: f.Columns}
	for _, r := range f.Rows {
		row := table.Row(r.Label, r.Unit)
		for column, cell := range r.Cells {
			row.Set(column, "%s", cell)
		}
	}
	return "Pages in " + f.Browser + ":\n\n" + table.Markdown()
}
