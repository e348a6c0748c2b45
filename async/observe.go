package async

import (
	"fmt"
	"runtime/debug"
)

// The events that Group.Observe is told, as its documentation lists them.
const (
	eventStart   = "start"
	eventDone    = "done"
	eventFail    = "fail"
	eventDiscard = "discard"
	eventAbandon = "abandon"
	eventRefuse  = "refuse"
	eventPut     = "put"
	eventForget  = "forget"
)

// tell calls the observer, if there is one. No lock may be held: it is user code.
func (f *fragment) tell(event string, s State, err error) {
	observe := f.group.Observe
	if observe == nil {
		return
	}
	if k, ok := s.Key.(commandKey); ok {
		s.Key = k.name()
	}
	defer func() {
		if v := recover(); v != nil {
			f.log("observe", "Group.Observe panicked", []any{"event", event, "error", fmt.Sprint(v), "stack", string(debug.Stack())})
		}
	}()
	observe(event, s, err)
}
