package report

import (
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

func TestTableIsAlignedAndShowsWhatIsMissing(t *testing.T) {
	var table Table
	table.Row("hit", "×").Set(Async, "%.2f", 0.5)
	table.Row("a longer name", "runs").Set(SyncMap, "%d", 12)
	want := `|               | unit | async | go-cache | otter | sturdyc | ttlcache | singleflight | sync.Map |
|---------------|------|------:|---------:|------:|--------:|---------:|-------------:|---------:|
| hit           | ×    |  0.50 |        – |     – |       – |        – |            – |        – |
| a longer name | runs |     – |        – |     – |       – |        – |            – |       12 |
`
	if got := table.Markdown(); got != want {
		t.Errorf("the table is\n%s\nnot\n%s", got, want)
	}
	if got := table.Cell("a longer name", SyncMap); got != "12" {
		t.Errorf("the cell is %q", got)
	}
	if got := table.Cell("hit", SyncMap); got != "" {
		t.Errorf("a cell that was not set is %q", got)
	}
}

func TestGates(t *testing.T) {
	var table Table
	table.Gate("under", 0.999, 1)
	table.Gate("at", 1, 1)
	table.Gate("just over", 1.001, 1)
	table.Gate("none", math.NaN(), 1)
	if got, want := table.Missed(), []string{"just over", "none"}; !slices.Equal(got, want) {
		t.Errorf("missed are %q, not %q", got, want)
	}
	lines := strings.Split(table.GatesMarkdown(), "\n")[2:]
	for i, want := range []string{
		"| under     | ok     |  0.999 |       1 |",
		"| at        | ok     |      1 |       1 |",
		"| just over | MISSED |  1.001 |       1 |",
		"| none      | MISSED |    NaN |       1 |",
	} {
		if lines[i] != want {
			t.Errorf("the gate is shown as %q, not %q", lines[i], want)
		}
	}
}

func TestWriteReplacesWhatStandsBetweenTheMarkers(t *testing.T) {
	path := filepath.Join(t.TempDir(), "benchmarks.md")
	if err := os.WriteFile(path, []byte("before\n"+beginMarker+"old\n"+endMarker+"after\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, text := range []string{"first", "\nsecond\n"} { // the second time over the first
		if err := Write(path, text); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if want := "before\n" + beginMarker + "\nsecond\n\n" + endMarker + "after\n"; string(got) != want {
		t.Errorf("the document is %q, not %q", got, want)
	}
}

func TestWriteRefusesADocumentWithoutMarkers(t *testing.T) {
	for _, content := range []string{"", beginMarker, endMarker, endMarker + beginMarker} {
		path := filepath.Join(t.TempDir(), "benchmarks.md")
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := Write(path, "text"); err == nil || !strings.Contains(err.Error(), path) {
			t.Errorf("the error for %q is %v", content, err)
		}
		if got, _ := os.ReadFile(path); string(got) != content {
			t.Errorf("%q became %q", content, got)
		}
	}
}

// The real document must have the place that the program writes to.
func TestTheDocumentHasItsMarkers(t *testing.T) {
	document, err := os.ReadFile("../../../docs/benchmarks.md")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := replaced(string(document), "text"); err != nil {
		t.Error(err)
	}
}

func TestMachineIsOneLineWithoutAPath(t *testing.T) {
	line := Machine()
	if strings.ContainsAny(line, "\n") || !strings.Contains(line, " cores, go") {
		t.Errorf("the machine is %q", line)
	}
}
