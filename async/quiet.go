package async

import (
	"sync"
	"time"
)

// quiet keeps a log from being flooded: for each reason a burst of records, then
// one a second. What is not used in quiet times comes back, one a second, too.
type quiet struct {
	mu      sync.Mutex // guards reasons
	reasons map[string]*allowance
}

type allowance struct {
	left int   // records that may be written now
	at   int64 // when left was last added to
	held int   // records left out since the last one
}

const quietBurst = 10

func (q *quiet) may(why string, now int64) (held int, ok bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.reasons == nil {
		q.reasons = make(map[string]*allowance)
	}
	a := q.reasons[why]
	if a == nil {
		a = &allowance{left: quietBurst, at: now}
		q.reasons[why] = a
	}
	if seconds := (now - a.at) / int64(time.Second); seconds > 0 {
		a.left = int(min(int64(a.left)+seconds, quietBurst))
		a.at += seconds * int64(time.Second)
	}
	if a.left == 0 {
		a.held++
		return 0, false
	}
	a.left--
	held, a.held = a.held, 0
	return held, true
}
