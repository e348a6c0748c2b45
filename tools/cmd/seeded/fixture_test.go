package main

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// The fixture is a module of its own with code, tests and seeds: real ones, which
// the real go command builds and runs.
var fixture = map[string]string{
	"go.mod": "module example.org/fixture\n\ngo 1.26.0\n",
	"sum/sum.go": `package sum

func Sum(a, b int) int {
	return a + b
}

func Unseen(a int) int {
	return a + 1
}

func Twice(a int) int {
	return 2 * a
}

func AlsoTwice(a int) int {
	return 2 * a
}
`,
	"sum/sum_test.go": `package sum

import "testing"

func TestSum(t *testing.T) {
	t.Run("small", func(t *testing.T) {
		if Sum(1, 2) != 3 {
			t.Error("1 + 2 is not 3")
		}
	})
}

func TestTwice(t *testing.T) {
	if Twice(2) != 4 {
		t.Error("twice 2 is not 4")
	}
}

func TestCounter(t *testing.T) {
	if n := Count(); n != 2 {
		t.Errorf("counted %d, want 2", n)
	}
}
`,
	"sum/count.go": `package sum

import "sync"

func Count() (n int) {
	var mu sync.Mutex
	var done sync.WaitGroup
	for range 2 {
		done.Go(func() {
			mu.Lock()
			defer mu.Unlock()
			n++
		})
	}
	done.Wait()
	return n
}
`,
	"nested/go.mod": "module example.org/nested\n\ngo 1.26.0\n\nrequire example.org/fixture v0.0.0\n\nreplace example.org/fixture => ../\n",
	"nested/nested_test.go": `package nested

import (
	"testing"

	"example.org/fixture/sum"
)

func TestUnseen(t *testing.T) {
	if sum.Unseen(1) != 2 {
		t.Error("unseen")
	}
}
`,
}

// change is the diff of one line of the fixture, with the line before it.
func change(file, before, old, new string) string {
	return "--- a/" + file + "\n+++ b/" + file + "\n@@\n " + before + "\n-" + old + "\n+" + new + "\n"
}

const header = "Breaks: something\nTests: ./sum\n\n"

// try writes the fixture with the seeds and runs the command on it.
func try(t *testing.T, seeds, changed map[string]string, args ...string) (status int, out string) {
	t.Helper()
	return tryFor(t.Context(), t, seeds, changed, args...)
}

func tryFor(ctx context.Context, t *testing.T, seeds, changed map[string]string, args ...string) (status int, out string) {
	t.Helper()
	root := t.TempDir()
	write := func(name, text string) {
		path := filepath.Join(root, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for name, text := range fixture {
		write(name, text)
	}
	for name, text := range changed {
		write(name, text)
	}
	for name, text := range seeds {
		write("seeds/"+name+".patch", text)
	}
	before := snapshot(t, root)
	var b bytes.Buffer
	status = run(ctx, &b, append([]string{"-root", root, "-patience", "1s"}, args...))
	if after := snapshot(t, root); after != before {
		t.Errorf("the working tree was changed from\n%s\nto\n%s", before, after)
	}
	return status, b.String()
}

// snapshot is every file of a folder with its content.
func snapshot(t *testing.T, root string) string {
	t.Helper()
	var b strings.Builder
	err := filepath.WalkDir(root, func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		text, err := os.ReadFile(path)
		b.WriteString(path + "\n" + string(text) + "\n")
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return b.String()
}
