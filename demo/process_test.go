package main

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// build compiles the demo as a user would, once for all tests.
var build = sync.OnceValues(func() (string, error) {
	program := filepath.Join(buildDir, "demo")
	out, err := exec.Command("go", "build", "-o", program, ".").CombinedOutput()
	if err != nil {
		return "", fmt.Errorf("go build: %w\n%s", err, out)
	}
	return program, nil
})

func built(t *testing.T) string {
	t.Helper()
	program, err := build()
	if err != nil {
		t.Fatal(err)
	}
	return program
}

// running is a demo in a process of its own.
type running struct {
	*exec.Cmd
	line   string // what it has printed at the start
	url    string
	stderr *bytes.Buffer
}

func launch(t *testing.T, program string, env []string, args ...string) running {
	t.Helper()
	r := running{Cmd: exec.Command(program, args...), stderr: new(bytes.Buffer)}
	r.Env, r.Stderr = env, r.stderr
	stdout, err := r.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := r.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = r.Process.Kill() })
	lines := bufio.NewScanner(stdout)
	if !lines.Scan() {
		t.Fatalf("it printed nothing: %v, %v, %s", lines.Err(), r.Wait(), r.stderr)
	}
	r.line = lines.Text()
	if r.url = regexp.MustCompile(`http://127\.0\.0\.1:\d+/`).FindString(r.line); r.url == "" {
		t.Fatalf("no address in %q", r.line)
	}
	return r
}

// end sends a signal and returns the exit status. A demo that does not obey fails the test.
func (r running) end(t *testing.T, signal os.Signal) int {
	t.Helper()
	if err := r.Process.Signal(signal); err != nil {
		t.Fatal(err)
	}
	slow := time.AfterFunc(30*time.Second, func() { _ = r.Process.Kill() })
	defer slow.Stop()
	err := r.Wait()
	var exited *exec.ExitError
	if err != nil && !errors.As(err, &exited) {
		t.Fatal(err)
	}
	return r.ProcessState.ExitCode()
}

// TestSignals stops the real program while its blocks are loading.
func TestSignals(t *testing.T) {
	needSSH(t)
	program := built(t)
	for _, signal := range endSignals() {
		t.Run(signal.String(), func(t *testing.T) {
			tmp := t.TempDir()
			r := launch(t, program, append(os.Environ(), "TMPDIR="+tmp), "-addr", "127.0.0.1:0", "-slow", "8s")
			if !strings.HasPrefix(r.line, "Infill dashboard on http://127.0.0.1:") || !strings.HasSuffix(r.line, "/ (hosts: alpha, beta, gamma; embedded ssh server)") {
				t.Errorf("the line is %q", r.line)
			}
			checkPrivate(t, tmp)
			page, err := http.Get(r.url) // it is open at the end, too
			if err != nil {
				t.Fatal(err)
			}
			defer page.Body.Close()
			shell := readUntil(t, bufio.NewReader(page.Body), "\"></async-fill></div>")
			if n := strings.Count(shell, `data-state="default"`); n != len(played)*len(blockNames) {
				t.Errorf("%d blocks wait", n)
			}
			await(t, "ssh to be started for each block", func() bool { return sshClients(t, tmp) >= len(played)*len(blockNames) })
			http.DefaultClient.CloseIdleConnections()
			if status := r.end(t, signal); status != 0 {
				t.Errorf("exit status %d\n%s", status, r.stderr)
			}
			nothingLeft(t, tmp)
			if n := sshClients(t, tmp); n != 0 {
				t.Errorf("%d ssh processes are left", n)
			}
			if log := r.stderr.String(); !strings.Contains(log, "lost at the end") || !strings.Contains(log, "msg=numbers block=") || !strings.Contains(log, `gamma`) || strings.Contains(log, "goroutine ") {
				t.Errorf("the log does not name what was lost:\n%s", log)
			}
			if conn, err := net.Dial("tcp", strings.TrimSuffix(strings.TrimPrefix(r.url, "http://"), "/")); err == nil {
				conn.Close()
				t.Error("somebody still listens")
			}
		})
	}
}

// checkPrivate holds that nobody else can read the keys.
func checkPrivate(t *testing.T, tmp string) {
	t.Helper()
	dirs, err := filepath.Glob(filepath.Join(tmp, "infill-demo-*"))
	if err != nil || len(dirs) != 1 {
		t.Fatalf("the temporary folders are %q, %v", dirs, err)
	}
	if info, err := os.Stat(dirs[0]); err != nil || info.Mode().Perm() != 0o700 {
		t.Errorf("%s: %v, %v", dirs[0], info.Mode(), err)
	}
}

// sshClients counts the processes that use a configuration below tmp.
func sshClients(t *testing.T, tmp string) int {
	t.Helper()
	paths, err := filepath.Glob("/proc/[0-9]*/cmdline")
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for _, path := range paths {
		line, err := os.ReadFile(path)
		if err == nil && bytes.HasPrefix(line, []byte("ssh\x00")) && bytes.Contains(line, []byte(tmp)) {
			n++
		}
	}
	return n
}

// TestWithoutSSH has a PATH with the programs of the commands and nothing else.
func TestWithoutSSH(t *testing.T) {
	program, path := built(t), t.TempDir()
	for _, name := range []string{"cat", "df", "ps"} {
		real, err := exec.LookPath(name)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.Symlink(real, filepath.Join(path, name)); err != nil {
			t.Fatal(err)
		}
	}
	env := []string{"PATH=" + path, "TMPDIR=" + t.TempDir()}
	r := launch(t, program, env, "-addr", "127.0.0.1:0", "-slow", "200ms")
	if !strings.Contains(r.line, "openssh-client") || !strings.Contains(r.line, "alpha, beta, gamma") {
		t.Errorf("the line does not name the package: %q", r.line)
	}
	last := reload(t, r.url)
	if got := last.states(); got["value"]+got["stale"] != len(played)*len(blockNames) {
		t.Errorf("the blocks are %v", got)
	}
	if notice := last.page.Find(".notice").Text(); !strings.Contains(notice, "openssh-client") {
		t.Errorf("the page does not say so: %q", notice)
	}
	http.DefaultClient.CloseIdleConnections()
	if status := r.end(t, os.Interrupt); status != 0 {
		t.Errorf("exit status %d\n%s", status, r.stderr)
	}
	out, err := runToEnd(program, env, "-host", "web1")
	if status(err) != 1 || !strings.Contains(out, "openssh-client") {
		t.Errorf("with -host: %v, %s", err, out)
	}
}

func TestExitStatus(t *testing.T) {
	needSSH(t)
	program := built(t)
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	tmp := t.TempDir()
	for _, test := range []struct {
		args   []string
		status int
		want   string
	}{
		{[]string{"-addr", taken.Addr().String()}, 1, "-addr " + taken.Addr().String() + ": another program listens there"},
		{[]string{"-addr", "192.0.2.1:0"}, 1, "-addr 192.0.2.1:0"},
		{[]string{"-host", "a b"}, 2, "-host"},
		{[]string{"-slow", "1h"}, 2, "-slow 1h0m0s"},
		{[]string{"-help"}, 0, "-known-hosts"},
	} {
		out, err := runToEnd(program, append(os.Environ(), "TMPDIR="+tmp), test.args...)
		if status(err) != test.status || !strings.Contains(out, test.want) || strings.Contains(out, "goroutine ") {
			t.Errorf("%q: %v, %s; want status %d and %q", test.args, err, out, test.status, test.want)
		}
	}
	nothingLeft(t, tmp)
}

// runToEnd runs the program to its end.
func runToEnd(program string, env []string, args ...string) (string, error) {
	cmd := exec.Command(program, args...)
	cmd.Env = env
	out, err := cmd.CombinedOutput()
	return string(out), err
}

func status(err error) int {
	var exited *exec.ExitError
	switch {
	case err == nil:
		return 0
	case errors.As(err, &exited):
		return exited.ExitCode()
	}
	return -1
}

// TestBrokenPipes: neither a log that nobody reads any more nor a browser that has left ends the program, and Ctrl-C finds
// it able to end in order.
func TestBrokenPipes(t *testing.T) {
	needSSH(t)
	tmp := t.TempDir()
	log, writer, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	r := running{Cmd: exec.Command(built(t), "-addr", "127.0.0.1:0", "-slow", "8s"), stderr: new(bytes.Buffer)}
	r.Env = append(os.Environ(), "TMPDIR="+tmp)
	r.Stdout, r.Stderr = writer, writer
	if err := r.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = r.Process.Kill() })
	writer.Close()
	line, err := bufio.NewReader(log).ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	log.Close() // as head -1 does
	url := regexp.MustCompile(`http://127\.0\.0\.1:\d+/`).FindString(line)
	request(t, "GET", url)
	if err := r.Process.Signal(syscall.SIGPIPE); err != nil {
		t.Fatal(err)
	}
	for range 20 { // each of them ends with a response that nobody reads
		conn, err := net.Dial("tcp", strings.TrimSuffix(strings.TrimPrefix(url, "http://"), "/"))
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprint(conn, strings.Repeat("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n", 20))
		_ = conn.(*net.TCPConn).SetLinger(0)
		conn.Close()
	}
	if got := request(t, "GET", url); got.StatusCode != 200 {
		t.Errorf("status %d", got.StatusCode)
	}
	http.DefaultClient.CloseIdleConnections()
	if status := r.end(t, os.Interrupt); status != 0 {
		t.Errorf("exit status %d", status)
	}
	nothingLeft(t, tmp)
}
