// Table measures the library beside what it is compared with, prints the table of docs/benchmarks.md, and checks what the
// library promises of it. It ends with status 1 if a promise is broken.
package main

import (
	"flag"
	"fmt"
	"io"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/infill-go/infill/benchmarks/internal/report"
	"github.com/infill-go/infill/benchmarks/internal/rows"
)

var document = flag.String("write", "", "put the table into this `document`, too, between its markers")

// The rows are measured in a test, because testing/synctest has a fake clock for tests only. testing.Main ends the program
// with status 1 if the test has failed.
func main() {
	table := testing.InternalTest{Name: "table", F: func(t *testing.T) { measureAll(t, rows.Full, *document) }}
	testing.Main(func(_, _ string) (bool, error) { return true, nil }, []testing.InternalTest{table}, nil, nil)
}

func measureAll(t *testing.T, scale rows.Scale, document string) {
	var table report.Table
	for _, family := range rows.Families {
		begin := time.Now()
		t.Run(family.Name, func(t *testing.T) { family.Measure(t, scale, &table) })
		fmt.Fprintf(os.Stderr, "measured %s in %.0f s\n", family.Name, time.Since(begin).Seconds())
	}
	if t.Failed() {
		return // a table with gaps is no table
	}
	begin := time.Now()
	found, err := measureInBrowser()
	if err != nil {
		t.Fatal(err)
	}
	fmt.Fprintf(os.Stderr, "measured pages in a browser in %.0f s\n", time.Since(begin).Seconds())
	if err := conclude(os.Stdout, &table, found, document); err != nil {
		t.Error(err)
	}
}

// conclude prints the tables, writes them into the document if there is one, and returns an error if a gate was missed.
func conclude(out io.Writer, table *report.Table, found *findings, document string) error {
	for _, g := range found.Gates {
		table.Gate(g.Name, g.Figure, g.Limit)
	}
	text := fmt.Sprintf("Printed by `make bench` on %s, with %s. 1.00 × is %.0f ns.\n\n%s\n%s\n%s",
		report.Machine(), report.Versions(), table.Reference, table.Markdown(), found.markdown(), table.GatesMarkdown())
	if _, err := fmt.Fprintln(out, text); err != nil {
		return err
	}
	if document != "" {
		if err := report.Write(document, text); err != nil {
			return err
		}
	}
	if missed := table.Missed(); len(missed) > 0 {
		return fmt.Errorf("%d gates were missed: %s", len(missed), strings.Join(missed, "; "))
	}
	return nil
}
