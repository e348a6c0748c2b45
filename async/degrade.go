package async

import (
	"errors"
	"log/slog"
)

// failed counts, logs and tells a failed run.
func (f *fragment) failed(fl *flight, fail *failure) {
	cause := errors.Unwrap(fail.err) // which the run's name stands before
	if fl.viewsOnly {
		f.viewFailed(cause, "run", fl.name())
		return
	}
	f.counts.failures.Add(1)
	args := []any{"run", fl.name(), "error", cause}
	switch fail.why {
	case "panic":
		f.counts.panics.Add(1)
		if p, ok := cause.(*PanicError); ok {
			args = append(args, "stack", string(p.Stack))
		}
	case "exit":
		f.counts.exits.Add(1)
	case "timeout":
		f.counts.timeouts.Add(1)
	case "limit":
		f.counts.overLimit.Add(1)
	}
	f.log(fail.why, "run failed", args)
	s := fl.state()
	s.Failures, s.Reason, s.Retry = fail.count, fail.why, f.group.wall(fail.retry)
	f.tell(eventFail, s, fail.err)
}

// refused counts, logs and tells a run that was not started.
func (f *fragment) refused(run runName, err error) {
	why := reason(err)
	f.counts.refused.Add(1)
	f.log(why, "run refused", []any{"run", run, "error", err})
	f.tell(eventRefuse, State{Name: f.name, Key: run.key, Reason: why}, err)
}

// badKey counts and logs a value that cannot be a key.
func (f *fragment) badKey(message string, args ...any) {
	f.counts.badKeys.Add(1)
	f.log("key", message, args)
}

// notShown counts and logs a fragment that is nested too deep, stands inside itself,
// or is too long for the place.
func (f *fragment) notShown(why error, args ...any) {
	f.counts.tooDeep.Add(1)
	f.log(reason(why), "not shown", append(args, "error", why))
}

// viewFailed counts and logs a template that failed to show a value.
func (f *fragment) viewFailed(err error, args ...any) {
	f.counts.viewErrors.Add(1)
	f.log("view", "view failed", append(args, "error", err))
}

func (f *fragment) log(why, message string, args []any) {
	held, ok := f.counts.quiet.may(why, f.group.now())
	if !ok {
		return
	}
	args = append([]any{"fragment", f.name, "reason", why}, args...)
	if held > 0 {
		args = append(args, "notLogged", held)
	}
	level := slog.LevelWarn
	if why == "closed" { // somebody wanted it so, and Close names what was lost
		level = slog.LevelInfo
	}
	if why == "panic" || why == "exit" {
		level = slog.LevelError
	}
	f.group.record(level, message, args...)
}
