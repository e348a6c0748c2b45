package async

import (
	"context"
	"sync"

	"github.com/infill-go/infill/async/internal/keys"
)

// Handle is a registered fragment, typed by its key and value. Its methods are
// safe for concurrent use. Only [Register] makes one; the zero value is not
// usable.
type Handle[K comparable, V any] struct {
	frag *fragment
}

// Name returns the name that the fragment was registered under.
func (h *Handle[K, V]) Name() string { return h.frag.name }

// Get returns the value of key if there is one to show, fresh or stale, and
// starts a run if there is need of one. It never waits. Without a value it
// returns the zero value and false. A key that cannot be one (a NaN, a nil or an
// unsuitable type in an interface) has no value and is logged.
func (h *Handle[K, V]) Get(key K) (value V, ok bool) {
	var buf keyBuffer
	id, err := keys.Transient(h.frag.codec, key, buf[:0])
	if err != nil {
		h.frag.badKey("no key", "error", notAKey(err))
		return value, false
	}
	e, ok := h.frag.glance(id)
	if !ok {
		e = h.lookFor(key)
	}
	if e == nil {
		return value, false
	}
	value, _ = e.Value.(V) // false only for a nil in an interface V: the zero value
	return value, true
}

// lookFor is what is not the ordinary case: it allocates. It encodes the key again,
// for memory that may be kept.
func (h *Handle[K, V]) lookFor(key K) *entry {
	id, err := h.encode(key)
	if err != nil { // a MarshalText that does not always answer the same
		h.frag.badKey("no key", "error", err)
		return nil
	}
	return h.frag.look(id, h.ask(key)).entry
}

// Wait returns the value of key: at once if it is fresh or within
// [Policy.StaleWhileRevalidate], else when the run for it, which it starts unless
// one is under way, has ended. When the run fails, the value within
// [Policy.StaleIfError] is returned if there is one, else the run's error:
// errors.Is finds what fn returned, context.DeadlineExceeded for a timeout,
// [ErrLimit] and [ErrClosed]; errors.As finds a [PanicError]. During the back-off
// after a failure that error is returned at once.
//
// When ctx ends first, Wait returns its cause and the run goes on. A run that
// waits for itself, directly or through others, gets an error at once if it
// passes its own context.
func (h *Handle[K, V]) Wait(ctx context.Context, key K) (V, error) {
	var buf keyBuffer
	id, err := keys.Transient(h.frag.codec, key, buf[:0])
	var e *entry
	if err == nil {
		e = h.frag.fresh(id)
	}
	if e == nil {
		e, err = h.waitFor(ctx, key)
	}
	if err != nil {
		var zero V
		return zero, err
	}
	value, _ := e.Value.(V)
	return value, nil
}

// waitFor is what is not the ordinary case: it allocates.
func (h *Handle[K, V]) waitFor(ctx context.Context, key K) (*entry, error) {
	id, err := h.encode(key)
	if err != nil {
		return nil, &runError{h.run(key), err}
	}
	return h.frag.wait(ctx, id, h.ask(key))
}

// Put remembers a value that the application already has, as if a run had just
// made it. A run in flight for the key is overtaken: its result is dropped, and
// it is not run again. Put answers an error, and leaves what was there, if the
// key cannot be one or the value is larger than the policy allows.
func (h *Handle[K, V]) Put(key K, value V) error {
	id, err := h.encode(key)
	if err != nil {
		return &runError{h.run(key), err}
	}
	return h.frag.put(id, key, value)
}

// Refresh runs fn again for key, fresh or not, and regardless of back-off; the
// old value is shown until the run has succeeded. If a run is under way, which
// may have read what is now out of date, another one follows it.
func (h *Handle[K, V]) Refresh(key K) {
	id, err := h.encode(key)
	if err != nil {
		h.frag.badKey("not refreshed", "error", err)
		return
	}
	if err := h.frag.refresh(id, h.ask(key)); err != nil {
		h.frag.refused(h.run(key), err)
	}
}

// Forget drops the value and the failures of key. The next request runs fn again.
// A run under way is cancelled and its result is dropped; one follows it, for
// those who wait.
func (h *Handle[K, V]) Forget(key K) {
	id, err := h.encode(key)
	if err != nil {
		h.frag.badKey("not forgotten", "error", err)
		return
	}
	h.frag.forget(id, h.ask(key))
}

// Keep runs fn for key whenever its value is about to get stale, whether anyone
// asks for it or not, until stop is called or the group is closed. A failed run
// is tried again after its back-off. Several Keeps of one key share its runs; each
// costs a goroutine. stop may be called more than once.
//
// With a MaxAge of 0 a value never gets stale, and Keep sees to it that there is
// one. That a value was forgotten or evicted is noticed within a minute.
func (h *Handle[K, V]) Keep(key K) (stop func()) {
	id, err := h.encode(key)
	if err != nil {
		h.frag.badKey("not kept", "error", err)
		return func() {}
	}
	done := make(chan struct{})
	h.frag.group.keep(h.frag, id, h.ask(key), done)
	return sync.OnceFunc(func() { close(done) })
}

// Stats returns the numbers of the fragment. See [Group.Stats].
func (h *Handle[K, V]) Stats() Stats { return h.frag.stats() }

// encode turns the key into its encoding, which for a string is the string.
func (h *Handle[K, V]) encode(key K) (string, error) {
	id, err := keys.Encode(h.frag.codec, key)
	if err != nil {
		return "", notAKey(err)
	}
	return id, nil
}

func (h *Handle[K, V]) ask(key K) ask { return ask{key: key} }

func (h *Handle[K, V]) run(key K) runName { return runName{h.frag, key} }
