package main

import (
	"context"
	"strings"
	"testing"
)

// TestVerdicts tries one seed of each kind.
func TestVerdicts(t *testing.T) {
	sum := func(new string) string {
		return change("sum/sum.go", "func Sum(a, b int) int {", "\treturn a + b", new)
	}
	unlock := "--- a/sum/count.go\n+++ b/sum/count.go\n@@\n-\t\t\tmu.Lock()\n-\t\t\tdefer mu.Unlock()\n \t\t\tn++\n" +
		"@@\n-\tvar mu sync.Mutex\n"
	unseen := change("sum/sum.go", "func Unseen(a int) int {", "\treturn a + 1", "\treturn a + 2")
	for _, c := range []struct {
		name, seed string
		status     int
		want       []string
	}{
		{"a test fails", header + sum("\treturn a - b"), allKilled,
			[]string{"killed", "something", "(TestSum/small)", "1 of 1 seeds killed"}},
		{"a panic", header + sum("\tpanic(1)"), allKilled, []string{"killed", "(TestSum/small)"}},
		{"a hang", header + sum("\tselect {}"), allKilled, []string{"killed"}},
		{"a hang that Go does not see", header + sum("\tfor {\n+\t}"), allKilled, []string{"killed", "(hang in TestSum"}},
		{"an end without a word", header + change("sum/sum.go", "func Sum(a, b int) int {", "\treturn a + b", "\tgo func() { panic(1) }()\n+\tselect {}"), allKilled,
			[]string{"killed"}},
		{"a data race", "Race: yes\n" + header + unlock, allKilled, []string{"killed", "(data race in TestCounter"}},
		{"nobody sees it", header + unseen, notAll,
			[]string{"SURVIVED", "0 of 1 seeds killed", "survived, so a test is missing:\n    x: something (not seen by ./sum)"}},
		{"a test of another module sees it", "Breaks: x\nModule: nested\nTests: ./...\n" + unseen, allKilled, []string{"killed", "(TestUnseen)"}},
		{"the tests that would see it are not run", "Run: ^TestTwice$\n" + header + sum("\treturn a - b"), notAll, []string{"SURVIVED"}},
		{"no test is run", "Run: ^TestNone$\n" + header + sum("\treturn a - b"), notAll, []string{"ERROR", `no test matches "^TestNone$"`}},
		{"it does not build", header + sum("\treturn a - c"), notAll, []string{"ERROR", "does not build", "undefined: c", "could not be tried", "\n    x\n"}},
		{"the code has changed", header + change("sum/sum.go", "func Sum(a, b int) int {", "\treturn b + a", "\treturn 0"), notAll,
			[]string{"ERROR", "sum/sum.go: hunk at line 3: it does not apply", `"\treturn b + a"`}},
		{"it fits twice", header + "--- a/sum/sum.go\n+++ b/sum/sum.go\n@@\n-\treturn 2 * a\n+\treturn a\n", notAll, []string{"ERROR", "2 times, at lines [12 16]"}},
		{"its file is gone", header + change("sum/gone.go", "a", "b", "c"), notAll, []string{"ERROR", "gone.go: no such file"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			status, out := try(t, map[string]string{"x": c.seed}, nil)
			if status != c.status {
				t.Errorf("status %d, want %d", status, c.status)
			}
			for _, want := range c.want {
				if !strings.Contains(out, want) {
					t.Errorf("the output has no %q", want)
				}
			}
			if t.Failed() {
				t.Log(out)
			}
		})
	}
}

// TestNotBegun: what makes every verdict worthless is told before the first.
func TestNotBegun(t *testing.T) {
	good := header + change("sum/sum.go", "func Sum(a, b int) int {", "\treturn a + b", "\treturn a - b")
	red := map[string]string{"sum/red_test.go": "package sum\n\nimport \"testing\"\n\nfunc TestRed(t *testing.T) { t.Error(\"red anyway\") }\n"}
	for _, c := range []struct {
		name    string
		seeds   map[string]string
		changed map[string]string
		args    []string
		want    string
	}{
		{"the tests are red", map[string]string{"x": good}, red, nil, "without any seed, ./sum: the tests are red"},
		{"a package that is not there", map[string]string{"x": strings.Replace(good, "./sum", "./none", 1)}, nil, nil, "none"},
		{"no seeds", nil, nil, nil, "no *.patch in"},
		{"no such seed", map[string]string{"x": good}, nil, []string{"-seed", "^y"}, `matches "^y"`},
		{"no regexp", map[string]string{"x": good}, nil, []string{"-seed", "("}, "-seed: error parsing"},
		{"no header", map[string]string{"x": strings.TrimPrefix(good, header)}, nil, nil, "x.patch: the header must have"},
		{"a word in the header that is not known", map[string]string{"x": "Test: ./sum\n" + good}, nil, nil, `"Test"; known are`},
		{"a header without value", map[string]string{"x": "Race\n" + good}, nil, nil, `"Race" is no line of a header`},
		{"a diff that is none", map[string]string{"x": header + "--- a/sum/sum.go\n"}, nil, nil, "behind the header: no file"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			status, out := try(t, c.seeds, c.changed, c.args...)
			if status != notBegun || !strings.Contains(out, c.want) {
				t.Errorf("status %d, want %d and %q in\n%s", status, notBegun, c.want, out)
			}
		})
	}
}

// TestSeveral: one that survives does not keep the others from being tried.
func TestSeveral(t *testing.T) {
	status, out := try(t, map[string]string{
		"a-killed":   header + change("sum/sum.go", "func Sum(a, b int) int {", "\treturn a + b", "\treturn a - b"),
		"b-survives": header + change("sum/sum.go", "func Unseen(a int) int {", "\treturn a + 1", "\treturn a + 2"),
		"c-rotten":   header + change("sum/sum.go", "func Unseen(a int) int {", "\treturn a", "\treturn a + 2"),
	}, nil)
	if status != notAll {
		t.Errorf("status %d, want %d", status, notAll)
	}
	for _, want := range []string{"killed", "1 of 3 seeds killed", "    b-survives: ", "    c-rotten\n"} {
		if !strings.Contains(out, want) {
			t.Errorf("no %q in\n%s", want, out)
		}
	}
}

// TestInterrupted: an interrupt is no verdict.
func TestInterrupted(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	seed := header + change("sum/sum.go", "func Sum(a, b int) int {", "\treturn a + b", "\treturn a - b")
	status, out := tryFor(ctx, t, map[string]string{"x": seed}, nil)
	if status != notBegun || strings.Contains(out, "killed") || !strings.Contains(out, context.Canceled.Error()) {
		t.Errorf("status %d, want %d and nothing killed:\n%s", status, notBegun, out)
	}
}

// TestVerbose prints what the test that killed the seed has said.
func TestVerbose(t *testing.T) {
	seed := header + change("sum/sum.go", "func Sum(a, b int) int {", "\treturn a + b", "\treturn a - b")
	if _, out := try(t, map[string]string{"x": seed}, nil, "-v"); !strings.Contains(out, "1 + 2 is not 3") {
		t.Errorf("the test's words are missing in\n%s", out)
	}
}
