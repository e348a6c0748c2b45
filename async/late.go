package async

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/infill-go/infill/async/internal/holes"
	"github.com/infill-go/infill/async/internal/results"
)

// Respond returns a response that tells p of the holes whose fragments are still to
// come, and fills them when wakes says that there is something. It is for the package
// page; nobody else can name its types.
func (s *Set) Respond(p holes.Page, wakes *holes.Wakes) holes.Response {
	l := &late{page: p, wakes: wakes, r: responses.Get().(*response)}
	l.r.begin(s, p)
	l.r.late = l
	return l
}

// late is a response that stays open after its page was executed.
type late struct {
	r     *response
	page  holes.Page
	wakes *holes.Wakes
	keys  []*lateKey
	room  *room     // of the hole in the template that is being filled
	in    *lateHole // the innermost that is being opened or filled
}

// room is what a hole in the template, with all that is nested in it, may still write
// later. The holes in it share it.
type room struct{ left int64 }

// Execute implements holes.Response.
func (l *late) Execute(name string, data any) error {
	if err := l.r.set.defines(name); err != nil {
		return err
	}
	return l.r.set.respond.ExecuteTemplate(l.r, name, data)
}

// Ready implements holes.Response.
func (l *late) Ready() int { return l.r.report.Ready }

// End implements holes.Response.
func (l *late) End() {
	for _, k := range l.keys {
		k.shard.unwatch(k.id, &k.watch)
	}
	l.r.end()
	responses.Put(l.r)
	l.r = nil
}

// lateKey is a key that a page waits for.
type lateKey struct {
	late  *late
	frag  *fragment
	shard *shard
	id    string
	key   any
	depth int
	looks *looks
	watch watch
	slot  holes.Slot

	decided bool
	first   lateHole // most keys have one
	hasHole bool
}

// Slot implements holes.Key.
func (k *lateKey) Slot() *holes.Slot { return &k.slot }

// hole returns the memory of another hole of the key.
func (k *lateKey) hole() *lateHole {
	if k.hasHole {
		return new(lateHole)
	}
	k.hasHole = true
	return &k.first
}

// Usual implements holes.Key.
func (k *lateKey) Usual() time.Duration {
	_, usual := k.frag.durations.read()
	return usual
}

// Look implements holes.Key. The first thing that it finds is what every hole of the
// key shows: a page does not show two versions.
func (k *lateKey) Look() bool {
	if !k.decided {
		k.decided = k.look()
	}
	return k.decided
}

func (k *lateKey) look() bool {
	r, hash := k.late.r, results.Hash(k.id)
	snap := k.frag.observe(k.id, ask{key: k.key, depth: k.depth, set: r.set, again: true})
	if k.looks.undecided(&snap) {
		return false
	}
	k.frag.shown(hash, &snap, r.set)
	one := r.seen.at(k.frag, k.id, hash)
	one.ready, one.snap = nil, &snap
	return true
}

// lookAgain looks again at a key that the page waits for, and that was decided since:
// what is to be nested in a fragment that has just come need not be sent after it.
func (one *sighting) lookAgain() {
	if one.late != nil && one.snap.over() {
		one.late.Look()
	}
}

// undecided says whether something is under way without which there is nothing to show
// but a default, or what tells of the last failure.
func (l *looks) undecided(snap *snapshot) bool {
	if !snap.underWay() {
		return false
	}
	if snap.entry == nil {
		return true
	}
	c, err := l.contentOf(snap.entry, snap.stale)
	return c == nil || err != nil
}

// lateHole is a place that is filled later, and what stands around it.
type lateHole struct {
	hole
	of     *lateKey
	around []standing
	in     *lateHole // which it stands in, if what it stands in came late
	room   *room     // nil: it is not nested, and has all that Options.MaxOutput says
	left   int64     // what was free when it was opened
	wrote  int64     // what its default has taken of the room, with all that was filled in there
}

// Key implements holes.Hole.
func (h *lateHole) Key() holes.Key { return h.of }

// Fill implements holes.Hole.
func (h *lateHole) Fill() error {
	l := h.of.late
	r := l.r
	r.around = append(r.around[:0], h.around...)
	l.in = h
	defer func() {
		clear(r.around)
		r.around = r.around[:0]
		l.in = nil
	}()
	if h.room == nil {
		return r.fillAtTop(&h.hole)
	}
	free := h.room.left + h.wrote // what stood there goes
	l.room, r.left = h.room, free
	err := r.fill(&h.hole)
	h.takes(free - r.left)
	return err
}

// takes says what the hole now takes of its room. What stands around it gives that
// back, too, if it is itself a default that goes.
func (h *lateHole) takes(n int64) {
	more := n - h.wrote
	h.room.left -= more
	for o := h; o != nil; o = o.in {
		o.wrote += more
	}
}

// open begins a place that is filled later. The hole itself is the innermost of those
// that stand around what is written next.
func (r *response) open(h *hole) *lateHole {
	l, outer := r.late, len(r.around)-1
	k := l.keyOf(h, outer)
	late := k.hole()
	*late = lateHole{hole: *h, of: k, around: slices.Clone(r.around[:outer]), in: l.in, left: r.left}
	if outer > 0 {
		if l.room == nil {
			l.room = new(room)
		}
		late.room = l.room
	}
	l.in = late
	l.page.Open(late)
	return late
}

// close ends what stands in the place for now.
func (h *lateHole) close() {
	l := h.of.late
	h.wrote = h.left - l.r.left
	l.in = h.in
	l.page.Close()
}

// keyOf returns the page's key, and has it watched.
func (l *late) keyOf(h *hole, depth int) *lateKey {
	one := l.r.seen.at(h.site.frag, h.id, results.Hash(h.id))
	if one.late == nil {
		one.late = l.newKey(h, depth)
	}
	// It may have been decided after the page's look and before the watch, or while no
	// hole of it was on the page.
	if one.snap.over() {
		l.wakes.Raise(&one.late.watch.signal)
	}
	return one.late
}

func (l *late) newKey(h *hole, depth int) *lateKey {
	k := &lateKey{
		late: l, frag: h.site.frag, shard: h.site.frag.shard(h.id),
		id: h.id, key: h.key, depth: depth, looks: h.site.looks,
	}
	k.watch = watch{signal: holes.Signal{Key: k}, wakes: l.wakes}
	l.keys = append(l.keys, k)
	k.shard.watch(k.id, &k.watch)
	return k
}

// over says whether what was under way has been decided since.
func (snap *snapshot) over() bool {
	for _, fl := range []*flight{snap.flight, snap.render} {
		if fl == nil {
			continue
		}
		select {
		case <-fl.done:
			return true
		default:
		}
	}
	return false
}

// tell tells the page why a fragment is not shown as it should be.
func (r *response) tell(h *hole, what string, err error) {
	if r.late != nil {
		r.late.page.Failed(fmt.Errorf("async: %s: %s: %w", runName{h.site.frag, h.key}, what, err))
	}
}

// cause is why a key without a value has none.
func (snap *snapshot) cause() error {
	if snap.failure != nil {
		return errors.Unwrap(snap.failure.err) // which the run's name stands before
	}
	return errors.Unwrap(snap.viewFailed.err)
}
