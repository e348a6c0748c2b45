package main

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// TestMain makes every orphan below it its own child, so that a process that the demo leaves behind can be seen.
func TestMain(m *testing.M) {
	const prSetChildSubreaper = 36 // prctl(2)
	if _, _, errno := syscall.RawSyscall(syscall.SYS_PRCTL, prSetChildSubreaper, 1, 0); errno != 0 {
		fmt.Fprintln(os.Stderr, "prctl:", errno)
		os.Exit(1)
	}
	os.Exit(runTests(m))
}

var buildDir string // for the program that some tests run

func runTests(m *testing.M) int {
	var err error
	if buildDir, err = os.MkdirTemp("", "demo-test-"); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer os.RemoveAll(buildDir)
	return m.Run()
}

// nothingLeft fails if a goroutine of the demo, a process that it has started, or a file in the folder for temporary ones is
// left.
func nothingLeft(t *testing.T, tmp string) {
	t.Helper()
	if left := goroutines(); len(left) > 0 {
		t.Errorf("%d goroutines are left:\n%s", len(left), strings.Join(left, "\n\n"))
	}
	if left := children(t); len(left) > 0 {
		t.Errorf("processes are left: %q", left)
	}
	entries, err := os.ReadDir(tmp)
	if err != nil {
		t.Error(err)
	}
	for _, entry := range entries {
		if strings.HasPrefix(entry.Name(), "infill-demo-") {
			t.Errorf("the temporary folder %s is left", entry.Name())
		}
	}
}

// goroutines returns the stacks of those that run code of this repository, but for the test's own.
func goroutines() []string {
	stacks := make([]byte, 1<<22)
	stacks = stacks[:runtime.Stack(stacks, true)]
	var left []string
	for stack := range bytes.SplitSeq(stacks, []byte("\n\n")) {
		if bytes.Contains(stack, []byte("infill-go/infill")) && !bytes.Contains(stack, []byte("testing.tRunner")) && !bytes.Contains(stack, []byte("testing.(*M).Run")) {
			left = append(left, string(stack))
		}
	}
	return left
}

// children returns the command lines of this process's children, orphans below it included, that have not ended.
func children(t *testing.T) []string {
	t.Helper()
	stats, err := filepath.Glob("/proc/[0-9]*/stat")
	if err != nil {
		t.Fatal(err)
	}
	var found []string
	for _, path := range stats {
		stat, err := os.ReadFile(path)
		if err != nil {
			continue // it has ended
		}
		fields := strings.Fields(string(stat[bytes.LastIndexByte(stat, ')')+1:]))
		if fields[1] == strconv.Itoa(os.Getpid()) && fields[0] != "Z" && fields[0] != "X" {
			line, _ := os.ReadFile(filepath.Join(filepath.Dir(path), "cmdline"))
			found = append(found, string(bytes.ReplaceAll(line, []byte{0}, []byte(" "))))
		}
	}
	return found
}

// await polls a condition outside of this process, or one that takes real time, which no channel can tell.
func await(t *testing.T, what string, ok func() bool) {
	t.Helper()
	ticker := time.NewTicker(50 * time.Millisecond)
	defer ticker.Stop()
	deadline := time.After(time.Minute)
	for !ok() {
		select {
		case <-ticker.C:
		case <-deadline:
			t.Fatalf("waited a minute for %s", what)
		}
	}
}
