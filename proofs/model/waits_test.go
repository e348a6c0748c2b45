package model

import (
	"context"
	"fmt"
	"slices"
	"sync"
)

// visitor is the key of a context value that no run may see.
type visitor struct{}

// wait is one call of Handle.Wait.
type wait struct {
	key   string
	leave func() // ends its context

	mu   *sync.Mutex // the world's, guards real and done
	real answer
	done bool

	want  answer // what the model says
	ended bool
	over  bool // compared, and found right
}

// answer is what a Wait has answered, or should.
type answer struct {
	at     instant
	value  value
	err    error   // the real one
	causes []cause // those that the model allows
}

// wait begins a Wait in a goroutine of its own.
func (w *world) wait(ctx context.Context, key string) *wait {
	ctx, cancel := context.WithCancelCause(context.WithValue(ctx, visitor{}, true))
	a := &wait{key: key, mu: &w.mu, leave: func() { cancel(errLeft) }}
	go func() {
		v, err := w.handle.Wait(ctx, key)
		w.mu.Lock()
		defer w.mu.Unlock()
		a.real = answer{at: w.now(), value: v, err: err}
		a.done = true
	}()
	return a
}

func (w *wait) answered() (answer, bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.real, w.done
}

// saw says whether the real Wait has been answered with this version.
func (w *wait) saw(version int) bool {
	a, done := w.answered()
	return done && a.err == nil && a.value.version == version
}

// end and fail are the model's answers.
func (w *wait) end(at instant, v value) {
	w.ended, w.want = true, answer{at: at, value: v}
}

func (w *wait) fail(at instant, causes ...cause) {
	w.ended, w.want = true, answer{at: at, causes: causes}
}

// judge compares what was answered with what the model says.
func (m *model) judge(w *wait) {
	got, done := w.answered()
	switch {
	case w.over || !done && !w.ended:
		return
	case !done:
		m.fatalf("%v: Wait(%q) has not returned, want %v", m.now, w.key, w.want)
	case !w.ended:
		m.fatalf("%v: Wait(%q) returned %v, and the run has not ended", m.now, w.key, got)
	case !w.want.allows(got) && !m.overtaken(w, got):
		m.fatalf("%v: Wait(%q) returned %v, want %v", m.now, w.key, got, w.want)
	}
	w.over = true
}

// overtaken is for these interleavings: a run fails and wakes the Wait; the next run
// succeeds at once; the Wait looks for a value beside the failure and finds the new
// one of its key, or no longer finds the old one, which was evicted for another key.
func (m *model) overtaken(w *wait, got answer) bool {
	r := m.record(w.key)
	switch {
	case got.at != w.want.at || m.now != got.at:
		return false
	case got.err != nil:
		return (r.val == nil || r.val.doubtful) && r.cause().is(got.err)
	}
	return m.shows(r) && r.val.value == got.value
}

func (a answer) allows(got answer) bool {
	if a.at != got.at {
		return false
	}
	if len(a.causes) == 0 {
		return got.err == nil && got.value == a.value
	}
	return slices.ContainsFunc(a.causes, func(c cause) bool { return c.is(got.err) })
}

func (a answer) String() string {
	switch {
	case a.err != nil:
		return fmt.Sprintf("at %v: %v", a.at, a.err)
	case len(a.causes) > 0:
		return fmt.Sprintf("at %v: an error, %q", a.at, a.causes)
	}
	return fmt.Sprintf("at %v: version %d", a.at, a.value.version)
}

// GoString is how rapid prints it.
func (w *wait) GoString() string { return fmt.Sprintf("the Wait for %q", w.key) }

// forgets takes the wait from the run that it was waiting for.
func (m *model) forgets(w *wait) {
	for _, r := range m.records {
		for f := r.run; f != nil; f = f.next {
			f.waits = slices.DeleteFunc(f.waits, func(other *wait) bool { return other == w })
		}
	}
}
