package sshexec

import (
	"context"
	"time"
)

// Local runs commands on this machine. Its zero value is ready for use; it is never changed,
// so many goroutines may use one at a time.
type Local struct {
	Timeout   time.Duration // the longest a command may take; zero is 10 seconds
	MaxStdout int           // bytes of standard output; zero is 1 MiB
	MaxStderr int           // bytes of standard error; zero is 1 MiB

	// Dir is the working directory; empty is the parent's.
	Dir string

	// Env is the whole environment, as "name=value". Nil is PATH, HOME, USER, LOGNAME and TZ
	// as this process has them, and LANG=C.UTF-8; an empty slice is none at all. The program
	// itself is always looked up in this process's own PATH.
	Env []string
}

// Run executes argv without a shell, waits for its end and returns what it printed.
//
// The error is an *ExitError if the command was started and did not end with status 0. It
// satisfies errors.Is(err, context.DeadlineExceeded) when Timeout or the context's deadline was
// hit, context.Canceled when the context was cancelled, and ErrTruncated when it printed too
// much. If argv is empty, holds a NUL, or its program is missing, nothing is executed.
//
// The command ends when its first process ends: what that left in the background is killed.
func (l Local) Run(ctx context.Context, argv ...string) (Output, error) {
	if err := checkArgv(argv); err != nil {
		return Output{}, err
	}
	limits, err := limits{owner: "Local", timeout: l.Timeout, maxStdout: l.MaxStdout, maxStderr: l.MaxStderr}.complete()
	if err != nil {
		return Output{}, err
	}
	env := l.Env
	if env == nil {
		env = smallEnv()
	}
	return job{program: argv[0], argv: argv, env: env, dir: l.Dir, limits: limits}.run(ctx)
}
