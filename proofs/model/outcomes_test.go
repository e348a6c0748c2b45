package model

import (
	"context"
	"errors"
	"fmt"
	"runtime"

	"github.com/infill-go/infill/async"
)

// value is what the fragment's function returns and Put takes. No two have the
// same version.
type value struct {
	version int
	cost    int64
}

// cause is a reason why there is no value, as errors.Is and errors.As tell it.
type cause string

const (
	none      cause = ""
	failed    cause = "the function's error"
	panicked  cause = "a panic"
	exited    cause = "a Goexit"
	timeout   cause = "context.DeadlineExceeded"
	limit     cause = "ErrLimit"
	closed    cause = "ErrClosed"
	left      cause = "the cause of the context"
	discarded cause = "overtaken by Put or Forget" // seen by nobody: who waits looks again
)

var (
	errFailed = errors.New("the function has failed")
	errLeft   = errors.New("the visitor has left")
)

// is says whether an error that was answered has this cause.
func (c cause) is(err error) bool {
	var p *async.PanicError
	switch c {
	case failed:
		return errors.Is(err, errFailed)
	case panicked:
		return errors.As(err, &p)
	case exited: // has no name of its own; it must be none of the others
		return err != nil && !errors.Is(err, errFailed) && !errors.As(err, &p) && !errors.Is(err, async.ErrLimit) &&
			!errors.Is(err, async.ErrClosed) && !errors.Is(err, context.DeadlineExceeded)
	case timeout:
		return errors.Is(err, context.DeadlineExceeded)
	case limit:
		return errors.Is(err, async.ErrLimit)
	case closed:
		return errors.Is(err, async.ErrClosed)
	case left:
		return errors.Is(err, errLeft)
	}
	return false
}

// outcome is how a function ends.
type outcome struct {
	how   cause // none: it returns the value
	value value
}

// gaveUp is how a function ends that obeys its context.
const gaveUp cause = "its context's error"

func (o outcome) end(ctx context.Context) (value, error) {
	switch o.how {
	case failed:
		return value{}, fmt.Errorf("as planned: %w", errFailed)
	case panicked:
		panic("as planned")
	case exited:
		runtime.Goexit()
	case gaveUp:
		return value{}, ctx.Err()
	}
	return o.value, nil
}

func (o outcome) String() string {
	if o.how == none {
		return fmt.Sprintf("version %d, cost %d", o.value.version, o.value.cost)
	}
	return string(o.how)
}
