package patch

import (
	"strings"
	"testing"
)

const file = `package p

func a() int {
	return 1
}

func b() int {
	return 1
}

func c() int {
	return 3
}
`

// diff makes a patch of hunks.
func diff(hunks ...string) string {
	return "--- a/p/p.go\n+++ b/p/p.go\n" + strings.Join(hunks, "")
}

func apply(t *testing.T, text string) (string, error) {
	t.Helper()
	files, err := Parse(text)
	if err != nil {
		t.Fatalf("Parse: %v", err)
	}
	if len(files) != 1 || files[0].Path != "p/p.go" {
		t.Fatalf("the files are %+v, want p/p.go alone", files)
	}
	return files[0].Apply(file)
}

func TestApply(t *testing.T) {
	for _, c := range []struct{ name, diff, old, new string }{
		{"by content, whatever the numbers", diff("@@ -400,3 +400,3 @@ func x()\n func c() int {\n-\treturn 3\n+\treturn 4\n }\n"), "return 3", "return 4"},
		{"without numbers", diff("@@\n-\treturn 3\n+\treturn 4\n"), "return 3", "return 4"},
		{"the second of two by its context", diff("@@\n func b() int {\n-\treturn 1\n+\treturn 2\n"), "b() int {\n\treturn 1", "b() int {\n\treturn 2"},
		{"an addition", diff("@@\n func c() int {\n+\tprintln()\n"), "c() int {\n", "c() int {\n\tprintln()\n"},
		{"a removal", diff("@@\n func c() int {\n-\treturn 3\n }\n"), "\treturn 3\n", ""},
		{"an empty line without its space", diff("@@\n }\n\n-func c() int {\n+func d() int {\n"), "func c()", "func d()"},
		{"empty lines at the end", diff("@@\n-\treturn 3\n+\treturn 4\n\n\n"), "return 3", "return 4"},
		{"what git writes around it", "diff --git a/p/p.go b/p/p.go\nindex 1..2 100644\n" + diff("@@ -1 +1 @@\n-\treturn 3\n+\treturn 4\n\\ No newline at end of file\n"), "return 3", "return 4"},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := apply(t, c.diff)
			if err != nil {
				t.Fatal(err)
			}
			if want := strings.Replace(file, c.old, c.new, 1); got != want || want == file {
				t.Errorf("got\n%s\nwant\n%s", got, want)
			}
		})
	}
}

// TestApplyInAnyOrder: hunks are placed by their content, so their order says nothing.
func TestApplyInAnyOrder(t *testing.T) {
	one, two := "@@\n-\treturn 3\n+\treturn 4\n+\t// more\n", "@@\n func a() int {\n-\treturn 1\n+\treturn 0\n"
	forth, err := apply(t, diff(one, two))
	if err != nil {
		t.Fatal(err)
	}
	back, err := apply(t, diff(two, one))
	if err != nil {
		t.Fatal(err)
	}
	want := strings.Replace(strings.Replace(file, "return 3", "return 4\n\t// more", 1), "return 1", "return 0", 1)
	if forth != want || back != want {
		t.Errorf("got\n%s\nand\n%s\nwant\n%s", forth, back, want)
	}
}

func TestApplyRefuses(t *testing.T) {
	for _, c := range []struct{ name, diff, want string }{
		{"a line that is gone", diff("@@\n func c() int {\n-\treturn 5\n+\treturn 4\n"), `has not, or not in this place, the line "\treturn 5"`},
		{"context that is gone", diff("@@\n func e() int {\n-\treturn 3\n+\treturn 4\n"), `"func e() int {"`},
		{"two places", diff("@@\n-\treturn 1\n+\treturn 2\n"), "2 times, at lines [4 8]"},
		{"an overlap", diff("@@\n func c() int {\n-\treturn 3\n+\treturn 4\n", "@@\n-\treturn 3\n+\treturn 5\n }\n"), "overlaps"},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := apply(t, c.diff)
			if err == nil {
				t.Fatalf("it was applied:\n%s", got)
			}
			if !strings.Contains(err.Error(), c.want) || !strings.Contains(err.Error(), "p/p.go") {
				t.Errorf("the error is %q, want %q and the file in it", err, c.want)
			}
		})
	}
}

func TestParseRefuses(t *testing.T) {
	for _, c := range []struct{ name, diff, want string }{
		{"nothing", "", "no file"},
		{"a file without a hunk", diff(), "no hunk"},
		{"a hunk that changes nothing", diff("@@\n }\n"), "changes nothing"},
		{"a hunk that may stand anywhere", diff("@@\n+\tx()\n"), "no telling where"},
		{"a hunk before its file", "@@\n-a\n+b\n", "before the name"},
		{"a new file", "--- /dev/null\n+++ b/p/p.go\n@@\n+a\n", "a file that stays"},
		{"a deleted file", "--- a/p/p.go\n+++ /dev/null\n@@\n-a\n", "a file that stays"},
		{"a renamed file", "--- a/p/p.go\n+++ b/p/q.go\n@@\n-a\n+b\n", "a file that stays"},
		{"a line that is no diff", diff("@@\n-a\n+b\nwhat is this\n"), "line 6: \"what is this\""},
	} {
		t.Run(c.name, func(t *testing.T) {
			files, err := Parse(c.diff)
			if err == nil {
				t.Fatalf("it was read: %+v", files)
			}
			if !strings.Contains(err.Error(), c.want) {
				t.Errorf("the error is %q, want %q in it", err, c.want)
			}
		})
	}
}

// TestParseFiles: one diff may change several files.
func TestParseFiles(t *testing.T) {
	files, err := Parse("words in front\n" + diff("@@\n-a\n+b\n") + "--- a/q.go\n+++ b/q.go\n@@\n-++ c\n+-- d\n@@\n-e\n+f\n")
	if err != nil {
		t.Fatal(err)
	}
	if len(files) != 2 || len(files[0].Hunks) != 1 || len(files[1].Hunks) != 2 {
		t.Fatalf("got %+v, want p/p.go with one hunk and q.go with two", files)
	}
	if h := files[1].Hunks[0]; h.Old[0] != "++ c" || h.New[0] != "-- d" {
		t.Errorf("the hunk is %+v, want ++ c for -- d", h)
	}
}
