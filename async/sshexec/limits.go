package sshexec

import (
	"context"
	"fmt"
	"time"
)

const (
	defaultTimeout = 10 * time.Second
	defaultBytes   = 1 << 20
)

// limits are one run's bounds; owner is the exported type that has the fields, for messages.
type limits struct {
	owner                string
	timeout              time.Duration
	maxStdout, maxStderr int
}

// complete puts the defaults in place of zeros. A negative bound is a mistake, not "unlimited":
// every run has a deadline and a bound on its output.
func (l limits) complete() (limits, error) {
	switch {
	case l.timeout < 0:
		return l, fmt.Errorf("sshexec: %s.Timeout is %v: it must not be negative; zero is %v", l.owner, l.timeout, defaultTimeout)
	case l.maxStdout < 0:
		return l, fmt.Errorf("sshexec: %s.MaxStdout is %d: it must not be negative; zero is %d bytes", l.owner, l.maxStdout, defaultBytes)
	case l.maxStderr < 0:
		return l, fmt.Errorf("sshexec: %s.MaxStderr is %d: it must not be negative; zero is %d bytes", l.owner, l.maxStderr, defaultBytes)
	}
	if l.timeout == 0 {
		l.timeout = defaultTimeout
	}
	if l.maxStdout == 0 {
		l.maxStdout = defaultBytes
	}
	if l.maxStderr == 0 {
		l.maxStderr = defaultBytes
	}
	return l, nil
}

func (l limits) timeUp() *limitError {
	return &limitError{limit: fmt.Sprintf("time limit of %v (%s.Timeout)", l.timeout, l.owner), err: context.DeadlineExceeded}
}

// limitError is the cause that a run's own limits give its context. Its type tells it from the
// causes of the caller's context.
type limitError struct {
	limit string
	err   error
}

func (e *limitError) Error() string { return e.limit + ": " + e.err.Error() }
func (e *limitError) Unwrap() error { return e.err }
