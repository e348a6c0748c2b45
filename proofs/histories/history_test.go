package histories

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"
)

// kind is what an operation does.
type kind string

const (
	get     kind = "Get"
	wait    kind = "Wait"
	put     kind = "Put"
	forget  kind = "Forget"
	refresh kind = "Refresh"
	run     kind = "run" // the function: from the drawing of its version until just after it
)

// op is one operation on one key, with the instants between which it took effect.
type op struct {
	client    int
	kind      kind
	version   int // that was shown, put or drawn; 0 if there was none
	call, ret int64

	ended int64 // of a run: when its function ended
}

// history is all that was done with one key, and what its function has done.
type history struct {
	mu  sync.Mutex // guards the rest
	ops []op
}

func (h *history) add(o op) (index int) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.ops = append(h.ops, o)
	return len(h.ops) - 1
}

func (h *history) end(index int, at int64) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.ops[index].ended = at
}

// of returns the operations of some kinds, in the order in which they were called.
func (h *history) of(kinds ...kind) []op {
	var ops []op
	for _, o := range h.ops {
		if slices.Contains(kinds, o.kind) {
			ops = append(ops, o)
		}
	}
	slices.SortFunc(ops, func(a, b op) int { return int(a.call - b.call) })
	return ops
}

// reads returns what was shown to whom.
func (h *history) reads() []op { return h.of(get, wait) }

// makings returns the operation that made each version: a Put, or a run.
func (h *history) makings() map[int]op {
	made := make(map[int]op)
	for _, o := range h.of(put, run) {
		made[o.version] = o
	}
	return made
}

func (o op) String() string {
	s := fmt.Sprintf("%9d to %9d, client %d: %s", o.call, o.ret, o.client, o.kind)
	if o.version != 0 {
		s += fmt.Sprintf(" %d", o.version)
	}
	if o.kind == run {
		s += fmt.Sprintf(", ended at %d", o.ended)
	}
	return s
}

func (h *history) String() string {
	var b strings.Builder
	for _, o := range h.of(get, wait, put, forget, refresh, run) {
		fmt.Fprintln(&b, o)
	}
	return b.String()
}

// epoch is the zero of all histories. time.Since reads the monotonic clock.
var epoch = time.Now()

func now() int64 { return int64(time.Since(epoch)) }
