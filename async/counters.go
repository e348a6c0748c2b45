package async

import (
	"errors"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"
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
func (f *fragment) failed(fl *flight, err error) {
	f.counts.failures.Add(1)
	why := reason(err)
	args := []any{"run", fl.name(), "error", err}
	switch why {
	case "panic":
		f.counts.panics.Add(1)
		var p *PanicError
		if errors.As(err, &p) {
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
	if why == "panic" || why == "exit" {
		level = slog.LevelError
	}
	f.group.logger().Log(f.group.base, level, "async: "+message, args...)
}

// quiet keeps a log from being flooded: a burst of records, then one a second,
// for each reason.
type quiet struct {
	mu      sync.Mutex // guards reasons
	reasons map[string]*spell
}

type spell struct {
	until int64
	burst int
	held  int
}

const quietBurst = 10

func (q *quiet) may(why string, now int64) (held int, ok bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.reasons == nil {
		q.reasons = make(map[string]*spell)
	}
	s := q.reasons[why]
	if s == nil {
		s = &spell{until: now}
		q.reasons[why] = s
	}
	if now >= s.until {
		s.until, s.burst = now+int64(time.Second), 0
	}
	if s.burst++; s.burst > quietBurst {
		s.held++
		return 0, false
	}
	held, s.held = s.held, 0
	return held, true
}
