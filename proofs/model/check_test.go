package model

import (
	"context"
	"sync"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// check is one random sequence: the real side, the model, and what was begun and
// has not ended.
type check struct {
	ctx   context.Context
	world *world
	model *model

	calls    []*call // whose functions have not returned
	waits    []*wait
	stops    []stop // of Keeps
	versions int

	closed bool
	cut    context.CancelFunc // ends the context of Close

	mu         sync.Mutex // guards the answer of Close
	closeDone  bool
	closeAt    instant
	closeError error
}

type stop struct {
	record *record
	keep   func()
}

// TestModel tries random sequences of all that can be done with a fragment, each
// in a bubble of its own.
func TestModel(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		rapid.SyncTest(t, func(t *rapid.T) {
			c := newCheck(t)
			defer c.abandon()
			t.Repeat(c.actions())
			c.finish()
		})
	})
}

func newCheck(t *rapid.T) *check {
	r := drawRules(t)
	w, err := newWorld(r)
	if err != nil {
		t.Fatal(err)
	}
	return &check{ctx: context.Background(), world: w, model: newModel(r.defaults(), t.Fatalf), cut: func() {}}
}

// finish lets every function end well and closes the group: nothing may be lost
// then. What was remembered can still be read, within its bounds.
func (c *check) finish() {
	if !c.closed {
		for len(c.calls) > 0 {
			c.release(c.calls[0], outcome{value: c.newValue(smallCost)})
		}
		c.beginClose()
	}
	c.endClose()
	c.advance(grace)
	for len(c.calls) > 0 { // functions that have ignored Close
		c.release(c.calls[0], outcome{value: c.newValue(smallCost)})
	}
	entries, bytes := 0, int64(0)
	for _, key := range keys {
		if v := c.get(key); v != nil {
			entries++
			bytes += v.cost
		}
	}
	m := c.model
	if entries > m.MaxResults || bytes > m.MaxBytes {
		m.fatalf("%d results with %d bytes are remembered, of %d with %d", entries, bytes, m.MaxResults, m.MaxBytes)
	}
	for _, a := range c.waits {
		if !a.over {
			m.fatalf("Wait(%q) has not returned although the group is closed", a.key)
		}
	}
	if err := c.world.group.Close(c.ctx); !sameText(err, c.closeError) {
		m.fatalf("a further Close answered %v, the first one %v", err, c.closeError)
	}
}

func sameText(a, b error) bool {
	return a == nil && b == nil || a != nil && b != nil && a.Error() == b.Error()
}

// abandon ends what a failed check has left, so that its bubble can end.
func (c *check) abandon() {
	ended, cancel := context.WithCancel(context.Background())
	cancel()
	c.cut()
	for range 100 { // a run may have successors
		for _, a := range c.waits {
			a.leave()
		}
		c.world.mu.Lock()
		for _, call := range c.world.open {
			select {
			case call.release <- outcome{how: failed}:
			default:
			}
		}
		none := len(c.world.open) == 0
		c.world.mu.Unlock()
		settle()
		if none {
			break
		}
	}
	_ = c.world.group.Close(ended)
	advance(time.Second)
	settle()
}
