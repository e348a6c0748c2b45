package sshexec

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"runtime"
	"time"
)

// job is one command to run on this machine; for ssh that is the ssh client.
type job struct {
	program string // what messages call it: over ssh the far command, not ssh
	host    string
	argv    []string
	env     []string
	dir     string
	limits  limits
}

func (j job) run(ctx context.Context) (Output, error) {
	if err := j.startable(ctx); err != nil {
		return Output{}, err
	}
	runCtx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	runCtx, release := context.WithTimeoutCause(runCtx, j.limits.timeout, j.limits.timeUp())
	defer release()

	p, err := j.start(runCtx, stop)
	if err != nil {
		return Output{}, err
	}
	end := p.await(runCtx)
	return j.result(p, end, stopReason(ctx, runCtx, p.began))
}

// startable checks what can be known before anything is executed.
func (j job) startable(ctx context.Context) error {
	if !groupsSupported {
		return fmt.Errorf("sshexec: %s not started: %s has no process groups that could be ended as a whole; use a Unix system (on Windows, WSL): %w",
			label(j.program), runtime.GOOS, errors.ErrUnsupported)
	}
	if ctx.Err() != nil {
		return fmt.Errorf("sshexec: %s not started: %w", label(j.program), callerEnded(ctx, time.Now()))
	}
	if j.dir != "" {
		// os/exec would report a missing directory as if the program were missing.
		if info, err := os.Stat(j.dir); err != nil || !info.IsDir() {
			return fmt.Errorf("sshexec: %s not started: Dir %s is not a directory: %w", label(j.program), shortQuote(j.dir), orNotDir(err))
		}
	}
	return nil
}

func orNotDir(err error) error {
	if err == nil {
		return errors.New("it is a file")
	}
	return err
}

func (j job) start(ctx context.Context, stop context.CancelCauseFunc) (*process, error) {
	if err := stuck.admit(j.argv[0]); err != nil {
		return nil, err
	}
	p := &process{
		name:   j.argv[0],
		stdout: capture{stream: "standard output", setting: j.limits.owner + ".MaxStdout", limit: j.limits.maxStdout, overflow: stop},
		stderr: capture{stream: "standard error", setting: j.limits.owner + ".MaxStderr", limit: j.limits.maxStderr, overflow: stop},
		exited: make(chan struct{}),
		ended:  make(chan ending, 1),
	}
	p.cmd = exec.CommandContext(ctx, j.argv[0], j.argv[1:]...)
	p.cmd.Env, p.cmd.Dir = j.env, j.dir
	p.cmd.Stdout, p.cmd.Stderr = &p.stdout, &p.stderr
	p.cmd.Cancel, p.cmd.WaitDelay = p.kill, waitDelay
	ownGroup(p.cmd)
	p.began = time.Now()
	if err := p.cmd.Start(); err != nil {
		return nil, notStarted(j.argv[0], err)
	}
	go p.wait()
	return p, nil
}

func notStarted(program string, err error) error {
	if !errors.Is(err, exec.ErrNotFound) && !errors.Is(err, fs.ErrNotExist) && !errors.Is(err, fs.ErrPermission) {
		return fmt.Errorf("sshexec: %s could not be started: %w", label(program), err)
	}
	remedy := "install it, or give its full path"
	if program == defaultSSH {
		remedy = "install the OpenSSH client (package openssh-client, on some systems openssh-clients or openssh)"
	}
	return fmt.Errorf("sshexec: program %s is missing or not executable: %s: %w", label(program), remedy, err)
}

// stopReason says why runCtx ended, with the limit's name and length, or nil if it has not.
func stopReason(caller, runCtx context.Context, began time.Time) error {
	if runCtx.Err() == nil {
		return nil
	}
	if ours, ok := context.Cause(runCtx).(*limitError); ok {
		return ours
	}
	return callerEnded(caller, began)
}

func callerEnded(ctx context.Context, began time.Time) error {
	err, cause := ctx.Err(), context.Cause(ctx)
	if deadline, ok := ctx.Deadline(); ok && errors.Is(err, context.DeadlineExceeded) {
		err = fmt.Errorf("the context's deadline, %v after the start: %w", deadline.Sub(began).Round(time.Millisecond), err)
	} else {
		err = fmt.Errorf("the context was cancelled: %w", err)
	}
	if errors.Is(err, cause) {
		return err
	}
	return fmt.Errorf("%w: %w", err, cause)
}

// result turns how the process ended into what Run returns. A command that ended well just as
// a limit was reached has ended well.
func (j job) result(p *process, end ending, stopped error) (Output, error) {
	out := Output{Duration: end.at.Sub(p.began)}
	var cutOut, cutErr error
	out.Stdout, cutOut = p.stdout.take()
	out.Stderr, cutErr = p.stderr.take()
	out.Truncated = cutOut != nil || cutErr != nil

	failure := &ExitError{Program: j.program, Host: j.host, Code: -1, Duration: out.Duration, Stderr: tail(out.Stderr)}
	if end.state != nil {
		failure.Code, failure.Signal = end.state.ExitCode(), endSignal(end.state)
	}
	failure.Err = withCut(end.reason(p, stopped), cutOut, cutErr)
	if failure.Code == 0 && failure.Err == nil {
		return out, nil
	}
	return out, failure
}

// withCut makes sure that an error beside truncated output says so, also when another limit
// was hit first, or the command ended by itself just then.
func withCut(reason, cutOut, cutErr error) error {
	cut := cutOut
	if cut == nil {
		cut = cutErr
	}
	switch {
	case cut == nil || errors.Is(reason, ErrTruncated):
		return reason
	case reason == nil:
		return cut
	}
	return fmt.Errorf("%w; %w", reason, cut)
}
