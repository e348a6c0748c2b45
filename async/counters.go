package async

import (
	"log/slog"
	"sync/atomic"
)

// counters count what happens to a fragment; everything that degrades has one.
type counters struct {
	runs       atomic.Int64 // functions called
	failures   atomic.Int64 // runs that ended in an error, a panic, an exit or a timeout
	panics     atomic.Int64
	exits      atomic.Int64
	timeouts   atomic.Int64
	late       atomic.Int64 // good results accepted after the deadline
	discarded  atomic.Int64 // runs overtaken by Put or Forget
	refused    atomic.Int64 // runs not started: a limit, or the group is closed
	badKeys    atomic.Int64
	viewErrors atomic.Int64
	evicted    atomic.Int64
	doubled    atomic.Int64 // two runs of one key at a time; stays 0

	quiet quiet
}

// failed counts and logs a failed run.
func (f *fragment) failed(fl *flight, err error, why string) {
	f.counts.failures.Add(1)
	args := []any{"run", fl.name(), "error", err}
	switch why {
	case "panic":
		f.counts.panics.Add(1)
		if p, ok := err.(*PanicError); ok {
			args = append(args, "stack", string(p.Stack))
		}
	case "exit":
		f.counts.exits.Add(1)
	case "timeout":
		f.counts.timeouts.Add(1)
	}
	f.log(why, "run failed", args)
}

// degraded counts and logs that a default is shown for want of something.
func (f *fragment) degraded(why, message string, args ...any) {
	switch why {
	case "key":
		f.counts.badKeys.Add(1)
	case "limit", "closed":
		f.counts.refused.Add(1)
	}
	f.log(why, message, args)
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
	f.group.logger().Log(f.group.base, level, "async: "+message, args...)
}
