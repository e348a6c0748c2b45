package histories

import (
	"fmt"
	"slices"

	"github.com/anishathalye/porcupine"
)

// state is what the model knows of a key: the version that is shown, 0 for none;
// the version of the run under way, 0 for none; and whether that was overtaken.
type state struct {
	shown, running int
	void           bool
}

// event is an operation of the model.
type event struct {
	what    happening
	version int
}

type happening string

const (
	reads   happening = "reads"
	puts    happening = "puts"
	forgets happening = "forgets"
	begins  happening = "begins"
	commits happening = "commits and ends"
	ends    happening = "ends"
)

// promises is one key: a register that shows what was put or committed last, where
// a run commits only what it has read since the last Put and Forget, and no run
// begins beside another.
var promises = porcupine.Model{
	Init: func() any { return state{} },
	Step: func(s, input, _ any) (bool, any) { return step(s.(state), input.(event)) },
	DescribeOperation: func(input, _ any) string {
		e := input.(event)
		return fmt.Sprintf("%s %d", e.what, e.version)
	},
}

func step(s state, e event) (bool, state) {
	switch e.what {
	case reads:
		return s.shown == e.version, s
	case puts:
		s.shown, s.void = e.version, true
	case forgets:
		s.shown, s.void = 0, true
	case begins:
		if s.running != 0 {
			return false, s
		}
		s.running, s.void = e.version, false
	case commits:
		if s.running != e.version || s.void {
			return false, s
		}
		s.shown, s.running = e.version, 0
	case ends:
		if s.running != e.version {
			return false, s
		}
		s.running = 0
	}
	return true, s
}

// events turns a history into operations of the model.
//
// Nobody sees a result being remembered. It happens after the function has ended,
// before the next one begins, and before the end of the first read that shows it.
// Of a result that was never shown it is not known whether it was remembered at
// all; it is taken as not, which forbids less.
func (h *history) events() []porcupine.Operation {
	var events []porcupine.Operation
	add := func(client int, what happening, version int, call, ret int64) {
		events = append(events, porcupine.Operation{ClientId: client, Input: event{what, version}, Call: call, Return: ret})
	}
	last := int64(0)
	seen := make(map[int]int64) // when each version had been shown first
	for _, o := range h.reads() {
		if at, ok := seen[o.version]; !ok || o.ret < at {
			seen[o.version] = o.ret
		}
		add(o.client, reads, o.version, o.call, o.ret)
		last = max(last, o.ret)
	}
	for _, o := range h.of(put, forget) {
		what := puts
		if o.kind == forget {
			what = forgets
		}
		add(o.client, what, o.version, o.call, o.ret)
	}
	runs := h.of(run)
	for i, o := range runs {
		next := max(last, o.ended)
		if i+1 < len(runs) {
			next = runs[i+1].call
		}
		add(clients+1, begins, o.version, o.call, o.ret)
		if at, ok := seen[o.version]; ok {
			add(clients+1, commits, o.version, o.ended, max(o.ended, min(next, at)))
		} else {
			add(clients+1, ends, o.version, o.ended, max(o.ended, next))
		}
	}
	slices.SortFunc(events, func(a, b porcupine.Operation) int { return int(a.Call - b.Call) })
	return events
}
