package leftovers

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

func check(t *testing.T, folder string, want ...string) {
	t.Helper()
	left, err := left(folder)
	if err != nil || len(left) != len(want) {
		t.Fatalf("left = %q, %v; want %q", left, err, want)
	}
	for i := range want {
		if !strings.Contains(left[i], want[i]) {
			t.Errorf("left[%d] = %q, want %q in it", i, left[i], want[i])
		}
	}
}

func TestLeft(t *testing.T) {
	folder := t.TempDir()
	check(t, folder)
	path := filepath.Join(folder, "profile")
	if err := os.Mkdir(path, 0o700); err != nil {
		t.Fatal(err)
	}
	check(t, folder, "profile")
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	// It prints when it runs: until then it is a copy of this test, which has the environment of this test.
	cmd := exec.Command("sh", "-c", "echo ready; exec sleep 64")
	cmd.Env = []string{"TMPDIR=" + folder, "PATH=" + os.Getenv("PATH")}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	if _, err := out.Read(make([]byte, 8)); err != nil {
		t.Fatal(err)
	}
	check(t, folder, " ")
	if err := cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = cmd.Wait() // killed
	check(t, folder)
}
