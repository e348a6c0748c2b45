package page

import (
	"context"
	"errors"
	"fmt"
	"html"
	"io"
	"reflect"
	"sync/atomic"
	"time"

	"github.com/infill-go/infill/async"
	"github.com/infill-go/infill/async/internal/holes"
)

// Look is how a fragment looks on a page that is not made by html/template. Its functions write HTML, escaped by
// themselves, and may write holes, with the context of the Hole that they belong to. Keep them quick: the page waits for
// them. One that answers an error or panics spoils its own place only: nothing of what it wrote is left, Error stands
// there instead, and it is logged.
type Look[V any] struct {
	// Value writes a value. Nil: the value as fmt.Sprint prints it, escaped.
	Value func(w io.Writer, v V) error
	// Default writes what stands there until there is a value. Nil: nothing.
	Default func(w io.Writer) error
	// Error writes what stands there if there is no good value and none is under way: the run has failed, or was refused
	// (errors.Is finds async.ErrLimit and async.ErrClosed), or the key cannot be one, or Value has failed. The error is for
	// you and not for visitors. Nil: Default.
	Error func(w io.Writer, err error) error
}

// Hole writes the fragment's value for key if there is one, and starts its run if there is need of one, as Handle.Get
// does. Without a value it writes l.Default, and when the run has ended its outcome comes into this place. All holes of a
// handle and key show the same outcome in one response.
//
// It is to be called while the function runs that [Pages.Respond] has called, or a function of a [Look], in the same
// goroutine, with its context or one made from it. w is that function's writer, or one around it that passes everything on
// unchanged when its method Flush() error or Flush() is called, such as templ's. The error says that one of these is not
// so; then the page cannot be sent.
func Hole[K comparable, V any](ctx context.Context, w io.Writer, h *async.Handle[K, V], key K, l Look[V]) error {
	page, err := writtenOf(ctx, "Hole")
	if err != nil {
		return err
	}
	if h == nil {
		return errors.New("page: Hole was given a nil Handle: look at the error of the Register that was to make it")
	}
	if err := page.reach(w); err != nil {
		return err
	}
	// From here on all goes to the sheet itself, as it does when a hole is filled later: so what a failed function has
	// written can be taken back, which is not to be had from a writer around it.
	depth := page.depth
	if depth > page.maxDepth {
		l.tooDeep(page)
		return nil
	}
	one := wait(page, h, key)
	if one.known {
		if one.err == nil {
			page.ready++
		}
		one.show(&l, depth)
		return nil
	}
	sheet := &page.reply.sheet
	sheet.Open(&writtenHole[K, V]{one, l, depth})
	if err := page.try(depth, l.waiting); err != nil {
		page.spoiled(err)
	}
	sheet.Close()
	return nil
}

// tooDeep writes what stands in place of a hole that is nested too deep. Nothing stands in place of one that this brings.
func (l *Look[V]) tooDeep(page *written) {
	page.spoiled(errDepth)
	if page.depth > page.maxDepth+1 {
		return
	}
	if err := page.try(page.depth, func(w io.Writer) error { return l.failed(w, errDepth) }); err != nil {
		page.spoiled(err)
	}
}

// waited is a key of a handle, in one page. It implements holes.Key.
type waited[K comparable, V any] struct {
	page   *written
	handle *async.Handle[K, V]
	signal holes.Signal
	slot   holes.Slot
	got    atomic.Pointer[outcome[V]] // when the run has ended

	// What every hole of the key shows.
	known bool
	outcome[V]
}

type outcome[V any] struct {
	value V
	err   error
}

type handleKey[K comparable, V any] struct {
	handle *async.Handle[K, V]
	key    K
}

// wait returns what the page knows of the key, and looks for it the first time.
func wait[K comparable, V any](page *written, h *async.Handle[K, V], key K) *waited[K, V] {
	// A key that cannot be compared, inside of an interface, is none: Wait says so at once.
	comparable := reflect.ValueOf(&key).Elem().Comparable()
	if comparable {
		if one, ok := page.keys[handleKey[K, V]{h, key}].(*waited[K, V]); ok {
			// Its signal may have been taken while no hole of it was on the page, and it comes once only.
			one.Look()
			return one
		}
	}
	one := &waited[K, V]{page: page, handle: h}
	one.signal.Key = one
	if one.value, one.known = h.Get(key); !one.known {
		// Wait tells at once of a failure, and of a value that has come since.
		one.value, one.err = h.Wait(noWaiting, key)
		one.known = !errors.Is(one.err, errUnderWay)
	}
	if !one.known {
		page.runs.Go(func() { one.run(key) })
	}
	if comparable {
		if page.keys == nil {
			page.keys = make(map[any]any)
		}
		page.keys[handleKey[K, V]{h, key}] = one
	}
	return one
}

var errUnderWay = errors.New("the run is under way")

// noWaiting is the context of a Wait that does not wait.
var noWaiting = func() context.Context {
	ctx, cancel := context.WithCancelCause(context.Background())
	cancel(errUnderWay)
	return ctx
}()

// run waits for the outcome, in a goroutine that ends with the page.
func (k *waited[K, V]) run(key K) {
	var o outcome[V]
	o.value, o.err = k.handle.Wait(k.page.ctx, key)
	if k.page.ctx.Err() != nil {
		return // the page has ended; that Wait was cut off is no failure of the fragment
	}
	k.got.Store(&o)
	k.page.reply.wakes.Raise(&k.signal)
}

// Look implements holes.Key.
func (k *waited[K, V]) Look() bool {
	if o := k.got.Load(); o != nil && !k.known {
		k.known, k.outcome = true, *o
	}
	return k.known
}

// Slot implements holes.Key.
func (k *waited[K, V]) Slot() *holes.Slot { return &k.slot }

// Usual implements holes.Key.
func (k *waited[K, V]) Usual() time.Duration { return k.handle.Stats().UsualDuration }

// writtenHole is a place on the page. It implements holes.Hole.
type writtenHole[K comparable, V any] struct {
	of    *waited[K, V]
	look  Look[V]
	depth int // how many Looks stand around it
}

// Key implements holes.Hole.
func (h *writtenHole[K, V]) Key() holes.Key { return h.of }

// Fill implements holes.Hole.
func (h *writtenHole[K, V]) Fill() error {
	h.of.show(&h.look, h.depth)
	return nil
}

// show writes what is known of the key. That a look fails is a matter of this place: another one of the same key may have
// a better look.
func (k *waited[K, V]) show(l *Look[V], depth int) {
	page, err := k.page, k.err
	if err == nil {
		if err = page.try(depth, func(w io.Writer) error { return l.value(w, k.value) }); err == nil {
			return
		}
		page.spoiled(err)
	} else {
		page.tell(err)
	}
	if err := page.try(depth, func(w io.Writer) error { return l.failed(w, err) }); err != nil {
		page.spoiled(err)
	}
}

func (l *Look[V]) value(w io.Writer, v V) error {
	if l.Value != nil {
		return l.Value(w, v)
	}
	_, err := io.WriteString(w, html.EscapeString(fmt.Sprint(v)))
	return err
}

func (l *Look[V]) failed(w io.Writer, err error) error {
	if l.Error != nil {
		return l.Error(w, err)
	}
	return l.waiting(w)
}

func (l *Look[V]) waiting(w io.Writer) error {
	if l.Default == nil {
		return nil
	}
	return l.Default(w)
}
