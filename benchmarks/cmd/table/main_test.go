package main

import (
	"encoding/json"
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
	// As e2e/cmd/browserbench prints it.
	var found findings
	if err := json.Unmarshal([]byte(`{"Browser":"Chromium 1","Columns":["async","htmx"],
		"Rows":[{"Label":"visible","Unit":"s","Cells":{"async":"1.05"}}],"Gates":[{"Name":"in the DOM","Figure":1.25,"Limit":1.5}]}`), &found); err != nil {
		t.Fatal(err)
	}
	var out strings.Builder
	if err := conclude(&out, &table, &found, document); err != nil {
		t.Errorf("no gate was missed, and yet: %v", err)
	}
	written, err := os.ReadFile(document)
	if err != nil {
		t.Fatal(err)
	}
	for _, text := range []string{out.String(), string(written)} {
		if !strings.Contains(text, "| the only row | ×    |  0.25 |") || !strings.Contains(text, "| kept       | ok |  0.250 |") {
			t.Errorf("the table is not in:\n%s", text)
		}
		if !strings.Contains(text, "Pages in Chromium 1:\n\n|         | unit | async | htmx |\n") ||
			!strings.Contains(text, "| visible | s    |  1.05 |    – |") || !strings.Contains(text, "| in the DOM | ok |  1.250 |   1.500 |") {
			t.Errorf("what the browser has shown is not in:\n%s", text)
		}
	}

	found = findings{Missing: "no browser"}
	out.Reset()
	if err := conclude(&out, &table, &found, ""); err != nil || !strings.Contains(out.String(), "were not measured: no browser") {
		t.Errorf("without a browser: %v\n%s", err, out.String())
	}

	table.Gate("broken", 2, 1)
	if err := conclude(&out, &table, &found, ""); err == nil || !strings.Contains(err.Error(), "broken") {
		t.Errorf("a gate was missed, and the error is %v", err)
	}
}
