package sshexec_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/infill-go/infill/async/sshexec"
)

// helperVar makes this test program play a part in another process.
const helperVar = "SSHEXEC_TEST_HELPER"

func TestMain(m *testing.M) {
	switch os.Getenv(helperVar) {
	case "":
		os.Exit(m.Run())
	case "unkillable":
		becomeRootAndWait()
	case "caller":
		runUnkillables(os.Args[1])
	}
}

// becomeRootAndWait is in a set-user-ID copy of this program. After it, its caller, who has
// no privileges, may not signal it: for the caller a process that no kill ends.
func becomeRootAndWait() {
	if err := syscall.Setresuid(0, 0, 0); err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
	fmt.Println("begun")
	time.AfterFunc(2*patience, func() { os.Exit(1) })
	select {}
}

// runUnkillables is the caller without privileges. It ends when its input ends.
func runUnkillables(program string) {
	local := sshexec.Local{Timeout: 500 * time.Millisecond, Env: append(os.Environ(), helperVar+"=unkillable")}
	results := make(chan string)
	for range 8 {
		go func() {
			start := time.Now()
			out, err := local.Run(context.Background(), program)
			results <- fmt.Sprintf("begun=%t deadline=%t quick=%t %v", string(out.Stdout) == "begun\n", errors.Is(err, context.DeadlineExceeded),
				time.Since(start) < patience/2, err)
		}()
	}
	for range 8 {
		fmt.Println(<-results)
	}
	_, err := local.Run(context.Background(), program)
	fmt.Println("ninth:", err)
	_, err = local.Run(context.Background(), "true")
	fmt.Println("other:", err)
	fmt.Println("end")
	_, _ = io.Copy(io.Discard, os.Stdin) // the test kills the eight meanwhile
	for start := time.Now(); err != nil || time.Since(start) < patience; {
		if _, err = local.Run(context.Background(), program); !strings.Contains(err.Error(), "still hang") {
			fmt.Println("after:", err)
			return
		}
	}
}

// A process that no kill ends must not hold Run, and must not pile up.
func TestLocalStuckProcesses(t *testing.T) {
	t.Parallel()
	if os.Getuid() != 0 {
		skip(t, "root, to make a process that its caller may not kill")
	}
	plain, setuid := copySelf(t, 0o755), copySelf(t, 0o4755)
	m := newMark()
	defer m.killAll(t)
	caller := exec.Command(plain, setuid)
	caller.Env = append(m.env(), helperVar+"=caller")
	caller.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: 65534, Gid: 65534}}
	input, err := caller.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	var output lines
	caller.Stdout, caller.Stderr = &output, &output
	if err := caller.Start(); err != nil {
		t.Fatal(err)
	}
	done := inBackground(caller.Wait)
	eventually(t, "the caller's report", func() bool { return strings.Contains(output.String(), "end\n") })
	text := output.String()
	if n := strings.Count(text, "begun=true deadline=true quick=true sshexec: "); n != 8 {
		t.Errorf("%d of 8 runs returned as they should", n)
	}
	mustContain(t, text, "no end after", "time limit of 500ms (Local.Timeout)", "could not be killed and is left behind",
		"not started: 8 earlier ones could not be killed and still hang", "other: <nil>")
	if n := len(m.living(t)); n != 9 {
		t.Errorf("%d processes live, want the caller and the eight", n)
	}
	for _, pid := range m.living(t) {
		if pid != caller.Process.Pid {
			_ = syscall.Kill(pid, syscall.SIGKILL)
		}
	}
	input.Close()
	if err := received(t, done); err != nil {
		t.Error(err)
	}
	mustContain(t, output.String(), "after: sshexec: ", "time limit of 500ms")
	if t.Failed() {
		t.Log(output.String())
	}
}

// copySelf copies this test program to where everybody can execute it.
func copySelf(t *testing.T, mode uint32) string {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(self)
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	path := filepath.Join(dir, "sshexec.test")
	if err := os.WriteFile(path, text, 0o755); err != nil {
		t.Fatal(err)
	}
	for _, p := range []struct {
		path string
		mode uint32
	}{{filepath.Dir(dir), 0o755}, {dir, 0o755}, {path, mode}} {
		if err := syscall.Chmod(p.path, p.mode); err != nil {
			t.Fatal(err)
		}
	}
	return path
}
