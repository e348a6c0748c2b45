package async

import (
	"context"
	"errors"
	"fmt"
	"strings"
)

var (
	// ErrClosed is the reason of a run that was not started, or was cut off,
	// because its group was closed. Test for it with errors.Is.
	ErrClosed = errors.New("the group is closed")

	// ErrLimit is the reason of a run that was refused or has failed because a limit
	// of [Policy] or [Options] was reached: too many runs waiting, too many
	// abandoned, a result or its HTML too large. The error's text names the limit
	// and the field that raises it. Test for it with errors.Is.
	ErrLimit = errors.New("limit reached")
)

// Reasons of failure that only this package makes.
var (
	errExited     = errors.New("the function called runtime.Goexit (a test's FailNow does that too); return an error instead")
	errDiscarded  = errors.New("the run was overtaken by Put or Forget")
	errStuck      = deadlineError("the run before it has passed its deadline and not returned; let the function obey its context")
	errWaitsCycle = errors.New("the runs would wait for each other for ever; show one of them in element content, or do not Wait inside it")
	errDepth      = errors.New("fragments are nested deeper than Options.MaxDepth")
	errShownCycle = errors.New("the fragment stands inside itself, with the same key")
	errLacking    = errors.New("a value that stands in it was not to be had")
	errNoKey      = errors.New("this value cannot be a key")
)

// PanicError is the error of a run whose function panicked. The panic ends
// nothing but the run: it is logged with its stack and counted like any other
// error. Get it with errors.As.
type PanicError struct {
	Value any    // what the function panicked with
	Stack []byte // the stack of the run's goroutine, as debug.Stack prints it
}

// Error returns the panic's value without the stack.
func (e *PanicError) Error() string { return fmt.Sprintf("panic: %v", e.Value) }

// Unwrap returns the panic's value if it is an error, else nil.
func (e *PanicError) Unwrap() error {
	err, _ := e.Value.(error)
	return err
}

// LostError is what [Group.Close] answers when work was lost: runs that never
// started, were cut off, or ignored their context.
type LostError struct {
	// Runs names each one: fragment, key, and what became of it, such as
	// `ps("web1"): cut off after 2.1s`.
	Runs []string
}

// Error names every run that was lost.
func (e *LostError) Error() string {
	return fmt.Sprintf("async: %d lost when the group was closed: %s", len(e.Runs), strings.Join(e.Runs, "; "))
}

// runError is the outcome of a run that failed: whose run it was, and why.
type runError struct {
	run   fmt.Stringer // fragment and key; formatted when read, for that runs a key's MarshalText
	cause error
}

func (e *runError) Error() string { return "async: " + e.run.String() + ": " + e.cause.Error() }
func (e *runError) Unwrap() error { return e.cause }

// viewError says that a template failed to show a value.
type viewError struct{ error }

func (e *viewError) Unwrap() error { return e.error }

// limitError says which limit refused a run.
type limitError string

func (e limitError) Error() string        { return string(e) }
func (e limitError) Is(target error) bool { return target == ErrLimit }

// deadlineError says that a run took longer than its Timeout.
type deadlineError string

func (e deadlineError) Error() string        { return string(e) }
func (e deadlineError) Is(target error) bool { return target == context.DeadlineExceeded }

func notAKey(err error) error { return fmt.Errorf("%w: %w", errNoKey, err) }

// reason is the one word by which a failure is counted, logged and shown.
func reason(err error) string {
	var panicked *PanicError
	var view *viewError
	switch {
	case err == nil:
		return ""
	case errors.As(err, &view):
		return "view"
	case errors.As(err, &panicked):
		return "panic"
	case errors.Is(err, errExited):
		return "exit"
	case errors.Is(err, ErrClosed):
		return "closed"
	case errors.Is(err, ErrLimit):
		return "limit"
	case errors.Is(err, errStuck), errors.Is(err, context.DeadlineExceeded):
		return "timeout"
	case errors.Is(err, errDepth), errors.Is(err, errShownCycle), errors.Is(err, errWaitsCycle):
		return "cycle"
	case errors.Is(err, errNoKey):
		return "key"
	default:
		return "error"
	}
}
