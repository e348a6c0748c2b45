package async

import (
	"context"
	"fmt"
	"slices"
	"time"
)

// closeGrace is how long functions have to return after their contexts were
// cancelled by Close.
const closeGrace = time.Second

// Close ends the group: nothing new is started, runs under way are waited for
// until ctx ends, then cancelled and given a second to return. It answers nil if
// no work was lost, else a [LostError] that names every run that had not started,
// was cut off, or ignored its context, and goroutines of this last kind are all
// that is left of the group. What is remembered can still be read.
//
// Close must not be called by a run of the group with a context that does not end:
// it would wait for itself.
//
// A further Close waits for the first one and answers the same, or the cause of
// its own ctx if that ends before.
func (g *Group) Close(ctx context.Context) error {
	g = g.ready()
	if !g.beginClose() {
		select {
		case <-g.closed:
			return g.lostError()
		case <-ctx.Done():
			return fmt.Errorf("async: waiting for the group to close: %w", context.Cause(ctx))
		}
	}
	waiting := g.sched.close()
	for i, f := range waiting {
		if waiting[i] = f.refuse(ErrClosed); waiting[i] != nil {
			g.lose(waiting[i], "never started")
		}
	}
	for _, f := range waiting {
		if f != nil {
			f.frag.refused(f.name(), ErrClosed)
		}
	}
	g.drain(ctx)
	g.keepers.Wait()
	close(g.closed)
	return g.lostError()
}

func (g *Group) beginClose() bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.isClosing {
		return false
	}
	g.isClosing = true
	close(g.closing)
	return true
}

// drain waits for the runs under way; those that are still there when ctx ends
// are cut off.
func (g *Group) drain(ctx context.Context) {
	select {
	case <-g.sched.idle:
		g.cutOff(ErrClosed) // releases what hangs on the base context
		return
	case <-ctx.Done():
	}
	cut := g.sched.airborne()
	g.cutOff(ErrClosed)
	grace := time.NewTimer(closeGrace)
	defer grace.Stop()
	select {
	case <-g.sched.idle:
	case <-grace.C:
	}
	for _, f := range cut {
		how, successor := f.fate()
		if how != "" {
			g.lose(f, how)
		}
		if successor != nil {
			g.lose(successor, "never started")
		}
	}
}

// fate says what became of a flight that was cut off; empty if nothing was lost.
// The successor of one that still hangs will not start any more.
func (f *flight) fate() (how string, successor *flight) {
	f.shard.mu.Lock()
	defer f.shard.mu.Unlock()
	ran := time.Duration(f.frag.group.now() - f.started).Round(time.Millisecond)
	switch {
	case f.cancel != nil && !f.returned:
		if successor, f.next = f.next, nil; successor != nil {
			successor.decide(nil, &runError{successor.name(), ErrClosed})
		}
		return fmt.Sprintf("ignores its context, running for %v", ran), successor
	case f.dead || f.succeeded || f.decided && f.err == nil:
		return "", nil
	case f.cancel == nil:
		return "never started", nil
	}
	return fmt.Sprintf("cut off after %v", ran), nil
}

// lose names a lost run.
func (g *Group) lose(f *flight, how string) {
	text := f.name().String() + ": " + how
	g.mu.Lock()
	defer g.mu.Unlock()
	g.lost = append(g.lost, text)
}

// missed notes a successor that could not start because the group was closed.
func (g *Group) missed(f *flight, err error) {
	if err == ErrClosed {
		g.lose(f, "never started")
	}
}

func (g *Group) lostError() error {
	g.mu.Lock()
	defer g.mu.Unlock()
	if len(g.lost) == 0 {
		return nil
	}
	return &LostError{Runs: slices.Sorted(slices.Values(g.lost))}
}
