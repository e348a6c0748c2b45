//go:build unix

package sshexec_test

import (
	"bytes"
	"context"
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/infill-go/infill/async/sshexec"
)

func TestLocalOutput(t *testing.T) {
	out, err := sshexec.Local{}.Run(context.Background(), "sh", "-c", "printf out; printf err >&2")
	if err != nil || string(out.Stdout) != "out" || string(out.Stderr) != "err" || out.Truncated || out.Duration <= 0 {
		t.Fatalf("got %+v, %v", out, err)
	}
}

func TestLocalHasNoShell(t *testing.T) {
	argv := []string{"printf", `%s\0`, "$HOME", "a b", "*", ";id", "", "`id`", "line\nbreak", "-n", "\xff"}
	out, err := sshexec.Local{}.Run(context.Background(), argv...)
	if want := strings.Join(argv[2:], "\x00") + "\x00"; err != nil || string(out.Stdout) != want {
		t.Fatalf("got %q, %v; want %q", out.Stdout, err, want)
	}
}

func TestLocalStdinIsEmpty(t *testing.T) {
	out, err := sshexec.Local{}.Run(context.Background(), "cat")
	if err != nil || len(out.Stdout) != 0 {
		t.Fatalf("got %q, %v", out.Stdout, err)
	}
}

func TestLocalExitStatus(t *testing.T) {
	out, err := sshexec.Local{}.Run(context.Background(), "sh", "-c", `echo some; printf 'bad \033[31mthing\n' >&2; exit 3`)
	exit := exitError(t, err)
	if exit.Code != 3 || exit.Signal != nil || exit.Program != "sh" || exit.Host != "" || exit.Err != nil || exit.Duration <= 0 {
		t.Errorf("got %+v", exit)
	}
	if exit.Stderr != "bad \uFFFD[31mthing" || string(out.Stderr) != "bad \x1b[31mthing\n" || string(out.Stdout) != "some\n" {
		t.Errorf("got stderr %q, raw %q, stdout %q", exit.Stderr, out.Stderr, out.Stdout)
	}
	mustContain(t, err.Error(), "sshexec: sh: exit status 3 after ", "; stderr: bad \uFFFD[31mthing")
}

func TestLocalExitBySignal(t *testing.T) {
	_, err := sshexec.Local{}.Run(context.Background(), "sh", "-c", "kill -SEGV $$")
	exit := exitError(t, err)
	if exit.Signal != syscall.SIGSEGV || exit.Code != -1 || exit.Err != nil {
		t.Errorf("got %+v", exit)
	}
	mustContain(t, err.Error(), "sh: signal: segmentation fault after ")
}

func TestLocalKeepsTheEndOfStderr(t *testing.T) {
	_, err := sshexec.Local{}.Run(context.Background(), "sh", "-c",
		`i=0; while [ $i -lt 400 ]; do echo "line $i é" >&2; i=$((i+1)); done; echo last >&2; exit 1`)
	exit := exitError(t, err)
	if !strings.HasPrefix(exit.Stderr, "…") || !strings.HasSuffix(exit.Stderr, "line 399 é\nlast") || len(exit.Stderr) > 1100 {
		t.Errorf("got %d bytes: %q", len(exit.Stderr), exit.Stderr)
	}
	if strings.Contains(err.Error(), "\n") {
		t.Errorf("the message has more than one line: %q", err)
	}
}

func TestLocalRefusesBadArgv(t *testing.T) {
	fake, ran := recorder(t)
	for _, c := range []struct {
		local sshexec.Local
		argv  []string
		want  string
	}{
		{argv: nil, want: "argv is empty"},
		{argv: []string{""}, want: "argv is empty"},
		{argv: []string{fake, "a\x00b"}, want: "argument 1 holds a NUL"},
		{argv: []string{fake + "\x00"}, want: "argument 0 holds a NUL"},
		{local: sshexec.Local{Timeout: -1}, argv: []string{fake}, want: "Local.Timeout is -1ns"},
		{local: sshexec.Local{MaxStdout: -1}, argv: []string{fake}, want: "Local.MaxStdout is -1"},
		{local: sshexec.Local{MaxStderr: -1}, argv: []string{fake}, want: "Local.MaxStderr is -1"},
		{local: sshexec.Local{Env: []string{"A=b\x00c"}}, argv: []string{fake}, want: "could not be started"},
		{local: sshexec.Local{Dir: "/no/such/dir"}, argv: []string{fake}, want: `Dir "/no/such/dir" is not a directory`},
		{local: sshexec.Local{Dir: fake}, argv: []string{fake}, want: "it is a file"},
	} {
		out, err := c.local.Run(context.Background(), c.argv...)
		if err == nil || !strings.Contains(err.Error(), c.want) || out.Duration != 0 {
			t.Errorf("%+v %q: got %v, want %q", c.local, c.argv, err, c.want)
		}
	}
	if ran() {
		t.Error("the program was executed")
	}
}

func TestLocalMissingProgram(t *testing.T) {
	for _, name := range []string{"no-such-program-here", "/no/such/program", "bad\x1bname"} {
		_, err := sshexec.Local{}.Run(context.Background(), name)
		if !errors.Is(err, exec.ErrNotFound) && !errors.Is(err, fs.ErrNotExist) {
			t.Fatalf("%q: got %v", name, err)
		}
		mustContain(t, err.Error(), "sshexec: program ", strings.Trim(name, "\x1bnamed"), "install it")
		if strings.Contains(err.Error(), "\x1b") {
			t.Errorf("the error is not harmless: %q", err)
		}
	}
}

func TestLocalDir(t *testing.T) {
	dir, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	out, err := sshexec.Local{Dir: dir}.Run(context.Background(), "pwd", "-P")
	if err != nil || string(out.Stdout) != dir+"\n" {
		t.Fatalf("got %q, %v; want %q", out.Stdout, err, dir)
	}
}

func TestLocalEnvironment(t *testing.T) {
	for name, value := range map[string]string{"HOME": "/h", "USER": "u", "LOGNAME": "u", "TZ": "UTC", "AWS_SECRET_ACCESS_KEY": "s",
		"LC_ALL": "de_DE.UTF-8", "LANG": "de_DE", "SSH_AUTH_SOCK": "/agent", "LD_PRELOAD": ""} {
		t.Setenv(name, value)
	}
	env := requireProgram(t, "env")
	path := "PATH=" + os.Getenv("PATH")
	for _, c := range []struct {
		name string
		set  []string
		want []string
	}{
		{"nil", nil, []string{"HOME=/h", "LANG=C.UTF-8", "LOGNAME=u", path, "TZ=UTC", "USER=u"}},
		{"own", []string{"A=1", "B=x=y"}, []string{"A=1", "B=x=y"}},
		{"empty", []string{}, nil},
	} {
		out, err := sshexec.Local{Env: c.set}.Run(context.Background(), env)
		got := strings.Fields(string(out.Stdout))
		slices.Sort(got)
		if err != nil || !slices.Equal(got, c.want) {
			t.Errorf("%s: got %q, %v; want %q", c.name, got, err, c.want)
		}
	}
	t.Setenv("PATH", "")
	out, err := sshexec.Local{}.Run(context.Background(), env)
	if err != nil || !strings.Contains(string(out.Stdout), "PATH=/usr/local/bin:/usr/bin:/bin\n") {
		t.Errorf("without PATH: got %q, %v", out.Stdout, err)
	}
}

func TestLocalOwnSession(t *testing.T) {
	stat, err := sshexec.Local{}.Run(context.Background(), "sh", "-c", `cat /proc/$$/stat; if : </dev/tty; then echo tty; fi 2>/dev/null`)
	if err != nil && len(stat.Stdout) == 0 {
		skip(t, "/proc")
	}
	fields := strings.Fields(string(stat.Stdout)) // pid comm state ppid pgrp session
	if fields[0] != fields[4] || fields[0] != fields[5] || strings.HasSuffix(string(stat.Stdout), "tty\n") {
		t.Errorf("the command leads no session of its own, or has a terminal: %q", stat.Stdout)
	}
}

func TestLocalOutputLimits(t *testing.T) {
	print := func(n, fd string) []string {
		return []string{"sh", "-c", "head -c " + n + " /dev/zero >&" + fd}
	}
	yes := "while :; do echo yes; done"
	for _, c := range []struct {
		name  string
		local sshexec.Local
		argv  []string
		size  int
		want  string // empty: no error
	}{
		{"default exact", sshexec.Local{}, print("1048576", "1"), 1 << 20, ""},
		{"default one more", sshexec.Local{}, print("1048577", "1"), 1 << 20, "more than 1048576 bytes on standard output (Local.MaxStdout)"},
		{"set exact", sshexec.Local{MaxStdout: 10}, print("10", "1"), 10, ""},
		{"set one more", sshexec.Local{MaxStdout: 10}, print("11", "1"), 10, "more than 10 bytes"},
		{"stderr exact", sshexec.Local{}, print("1048576", "2"), 1 << 20, ""},
		{"stderr one more", sshexec.Local{}, print("1048577", "2"), 1 << 20, "on standard error (Local.MaxStderr)"},
		{"bomb", sshexec.Local{Timeout: time.Minute}, []string{"yes"}, 1 << 20, "truncated"},
		{"shell bomb", sshexec.Local{Timeout: time.Minute, MaxStdout: 100}, []string{"sh", "-c", yes}, 100, "truncated"},
		{"stderr bomb", sshexec.Local{Timeout: time.Minute, MaxStderr: 100}, []string{"sh", "-c", yes + " >&2"}, 100, "truncated"},
		{"both bombs", sshexec.Local{Timeout: time.Minute, MaxStdout: 100, MaxStderr: 1 << 30}, []string{"sh", "-c", yes + " & " + yes + " >&2"}, 100, "truncated"},
	} {
		t.Run(c.name, func(t *testing.T) {
			m := newMark()
			c.local.Env = m.env()
			out, err := c.local.Run(context.Background(), c.argv...)
			if got := max(len(out.Stdout), min(len(out.Stderr), c.size)); got != c.size {
				t.Errorf("got %d bytes, want %d", got, c.size)
			}
			if out.Duration > 20*time.Second {
				t.Errorf("stopped only after %v", out.Duration)
			}
			if out.Truncated != (c.want != "") || errors.Is(err, sshexec.ErrTruncated) != out.Truncated {
				t.Errorf("Truncated is %v, error %v", out.Truncated, err)
			}
			if c.want != "" {
				mustContain(t, exitError(t, err).Error(), c.want)
			} else if err != nil {
				t.Error(err)
			}
			m.gone(t)
		})
	}
}

func TestLocalTimeLimits(t *testing.T) {
	t.Parallel()
	hour := time.Hour
	for _, c := range []struct {
		name    string
		timeout time.Duration
		ctx     func() (context.Context, context.CancelFunc)
		is      error
		want    string
	}{
		{"own", time.Second, plainContext, context.DeadlineExceeded, "time limit of 1s (Local.Timeout)"},
		{"context", hour, deadlineContext, context.DeadlineExceeded, "the context's deadline, "},
		{"cause", hour, causeContext, errCause, "cancelled: context canceled: the reason"},
		{"cause is", hour, causeContext, context.Canceled, "signal: killed"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			m := newMark()
			ctx, cancel := c.ctx()
			defer cancel()
			start := time.Now()
			// The grandchild keeps the pipe: waiting for the end of output would take a minute.
			out, err := sshexec.Local{Timeout: c.timeout, Env: m.env()}.Run(ctx, "sh", "-c", "echo begun; sleep 60 & sleep 60")
			if took := time.Since(start); took > 10*time.Second {
				t.Errorf("returned after %v", took)
			}
			if !errors.Is(err, c.is) || string(out.Stdout) != "begun\n" || out.Truncated {
				t.Errorf("got %+v, %v", out, err)
			}
			mustContain(t, exitError(t, err).Error(), c.want)
			m.gone(t)
		})
	}
}

// The kill comes at the deadline and not half a second later, when os/exec would make its own.
func TestLocalKillIsImmediate(t *testing.T) {
	const runs = 20
	start := time.Now()
	for range runs {
		if _, err := (sshexec.Local{Timeout: 10 * time.Millisecond}).Run(context.Background(), "sleep", "60"); !errors.Is(err, context.DeadlineExceeded) {
			t.Fatal(err)
		}
	}
	if took := time.Since(start); took > runs*250*time.Millisecond {
		t.Errorf("%d runs with a deadline of 10 ms took %v", runs, took)
	}
}

func plainContext() (context.Context, context.CancelFunc) {
	return context.Background(), func() {}
}

func deadlineContext() (context.Context, context.CancelFunc) {
	return context.WithTimeout(context.Background(), time.Second)
}

var errCause = errors.New("the reason")

func causeContext() (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithCancelCause(context.Background())
	timer := time.AfterFunc(time.Second, func() { cancel(errCause) })
	return ctx, func() { timer.Stop() }
}

func TestLocalCancelledBefore(t *testing.T) {
	fake, ran := recorder(t)
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	_, err := sshexec.Local{}.Run(ctx, fake)
	if !errors.Is(err, context.Canceled) || ran() {
		t.Errorf("got %v, executed %v", err, ran())
	}
	ctx, cancel = context.WithTimeout(context.Background(), -1)
	defer cancel()
	if _, err = (sshexec.Local{}).Run(ctx, fake); !errors.Is(err, context.DeadlineExceeded) || ran() {
		t.Errorf("got %v, executed %v", err, ran())
	}
	mustContain(t, err.Error(), "not started: the context's deadline")
}

func TestLocalCancelledDuring(t *testing.T) {
	m := newMark()
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	done := make(chan error, 1)
	go func() {
		_, err := sshexec.Local{Timeout: time.Minute, Env: m.env()}.Run(ctx, "sh", "-c", "sleep 60 | sleep 60")
		done <- err
	}()
	eventually(t, "three processes", func() bool { return len(m.living(t)) >= 3 })
	cancel()
	select {
	case err := <-done:
		if !errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("got %v", err)
		}
	case <-time.After(patience):
		t.Fatal("Run did not return after cancel")
	}
	m.gone(t)
}

// What the command leaves in the background goes with it, whether it holds the output or not.
func TestLocalBackgroundEndsWithTheCommand(t *testing.T) {
	for _, script := range []string{"sleep 60 & echo done", "sleep 60 >/dev/null 2>&1 & echo done"} {
		m := newMark()
		out, err := sshexec.Local{Env: m.env()}.Run(context.Background(), "sh", "-c", script)
		if err != nil || string(out.Stdout) != "done\n" {
			t.Errorf("%s: got %q, %v", script, out.Stdout, err)
		}
		m.gone(t)
	}
}

// A process that calls setsid escapes the kill: measured and documented. It must not hold Run.
func TestLocalEscapedProcessHoldsNobody(t *testing.T) {
	t.Parallel()
	requireProgram(t, "setsid")
	for _, c := range []struct {
		name, script string
		is           error
	}{
		{"after the end", "setsid sleep 60 & echo done", exec.ErrWaitDelay},
		{"at the deadline", "setsid sleep 60 & echo done; sleep 60", context.DeadlineExceeded},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			m := newMark()
			defer m.killAll(t)
			// The file is the proof that setsid was through before the group could be killed.
			begun := filepath.Join(t.TempDir(), "begun")
			script := strings.Replace(c.script, "sleep 60 &", "sh -c ': > "+begun+"; exec sleep 60' & while ! [ -e "+begun+" ]; do :; done;", 1)
			start := time.Now()
			out, err := sshexec.Local{Timeout: 2 * time.Second, Env: m.env()}.Run(context.Background(), "sh", "-c", script)
			if took := time.Since(start); took > 10*time.Second {
				t.Errorf("returned after %v", took)
			}
			if !errors.Is(err, c.is) || string(out.Stdout) != "done\n" {
				t.Errorf("got %q, %v", out.Stdout, err)
			}
			eventually(t, "the escaped process alone is left", func() bool { return len(m.living(t)) == 1 })
		})
	}
}

func TestLocalHundredRunsLeaveNothing(t *testing.T) {
	runs := []struct {
		script  string
		timeout time.Duration
		ok      bool
	}{
		{"echo ok", time.Minute, true},
		{"sleep 60 & echo ok", time.Minute, true},
		{"sleep 60 & sleep 60", 20 * time.Millisecond, false},
		{"yes", time.Minute, false},
		{"sleep 60 & exit 3", time.Minute, false},
	}
	m := newMark()
	goroutinesReturn(t, func() {
		slots := make(chan struct{}, 8)
		for i := range 100 {
			slots <- struct{}{}
			go func() {
				defer func() { <-slots }()
				run := runs[i%len(runs)]
				local := sshexec.Local{Timeout: run.timeout, MaxStdout: 1000, Env: m.env()}
				out, err := local.Run(context.Background(), "sh", "-c", run.script)
				if run.ok != (err == nil) || run.ok != bytes.Equal(out.Stdout, []byte("ok\n")) {
					t.Errorf("%s: got %q, %v", run.script, out.Stdout, err)
				}
			}()
		}
		for range cap(slots) {
			slots <- struct{}{}
		}
	})
	m.gone(t)
}

// TestOutputThatStaysOpenForAWhile: the command has ended well, and what still holds its output does so for a
// second only. That is what a machine with far too much to do looks like, and no failure.
func TestOutputThatStaysOpenForAWhile(t *testing.T) {
	requireProgram(t, "setsid")
	escaped := filepath.Join(t.TempDir(), "escaped")
	out, err := sshexec.Local{}.Run(t.Context(), "sh", "-c",
		`setsid sh -c 'echo hi; : > "$0"; sleep 1' "$0" & while ! [ -e "$0" ]; do :; done`, escaped)
	if err != nil || string(out.Stdout) != "hi\n" {
		t.Errorf("output %q, error %v", out.Stdout, err)
	}
}
