package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/infill-go/infill/benchmarks/internal/report"
)

func TestConclude(t *testing.T) {
	document := filepath.Join(t.TempDir(), "benchmarks.md")
	source, err := os.ReadFile("../../../docs/benchmarks.md")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(document, source, 0o600); err != nil {
		t.Fatal(err)
	}

	var table report.Table
	table.Row("the only row", "×").Set(report.Async, "%.2f", 0.25)
	table.Gate("kept", 0.25, 1)
	var out strings.Builder
	if err := conclude(&out, &table, document); err != nil {
		t.Errorf("no gate was missed, and yet: %v", err)
	}
	written, err := os.ReadFile(document)
	if err != nil {
		t.Fatal(err)
	}
	for _, text := range []string{out.String(), string(written)} {
		if !strings.Contains(text, "| the only row | ×    |  0.25 |") || !strings.Contains(text, "| kept | ok |  0.250 |") {
			t.Errorf("the table is not in:\n%s", text)
		}
	}

	table.Gate("broken", 2, 1)
	if err := conclude(&out, &table, ""); err == nil || !strings.Contains(err.Error(), "broken") {
		t.Errorf("a gate was missed, and the error is %v", err)
	}
}
