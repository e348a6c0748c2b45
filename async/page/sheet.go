package page

import (
	"html"
	"sync"

	"github.com/infill-go/infill/async/internal/holes"
)

// sheet is the HTML of one page and the spots in it that are still to be filled. It is what a response writes to.
//
// Nothing is ever searched for in the HTML: where a spot is, is known from how much was written when it was opened.
type sheet struct {
	text    []byte // everything that was written since the last reset, in the order of writing
	root    piece
	at      []*piece    // those that are being written, the innermost last; root stands before them
	status  *spot       // where asyncstatus is, if it is
	expects []*expected // in the order in which they were opened, those that are decided with them
	pending int         // spots on the page that are not filled

	script   string
	scripted bool // it stands on the page
	errors   int
	ended    func() error // the request's; nil: never
	asked    int          // how long the text was when it was asked
	tells    bool         // errors are told in the page
}

// piece is a part of a sheet's text with spots in it.
type piece struct {
	from, to int
	spots    []*spot
}

// spot is a place on the page whose fragment is still to come.
type spot struct {
	hole     holes.Hole // nil for asyncstatus
	of       *expected
	from, to int // in the text around it: what stood there when it was opened
	shown    piece
	name     string // by which the browser knows it; empty until it was sent
	closed   bool   // filled, or gone with what stood around it
}

// expected is a key that spots wait for.
type expected struct {
	key   holes.Key
	spots []*spot
	open  int // of them
	over  bool
	one   [1]*spot // most keys have one

	judged, worth bool // whether it is worth waiting for
}

// buffers are the texts that no page uses now.
var buffers = sync.Pool{New: func() any { return new([]byte) }}

// mostBuffer is how large a text is kept for another page.
const mostBuffer = 1 << 20

func takeBuffer() []byte { return *buffers.Get().(*[]byte) }

func putBuffer(b []byte) {
	if cap(b) > 0 && cap(b) <= mostBuffer {
		b = b[:0]
		buffers.Put(&b)
	}
}

// putSent puts a buffer back that was given to the client's writer. After an error nobody knows whether it is still read:
// HTTP/2 hands it to another goroutine.
func putSent(b []byte, err error) {
	if err == nil {
		putBuffer(b)
	}
}

// Write implements holes.Page. The error is that of the request's context, so that a template which prints for ever ends
// with whoever has asked for it.
func (s *sheet) Write(p []byte) (int, error) {
	s.text = append(s.text, p...)
	return len(p), s.check()
}

// WriteString implements holes.Page.
func (s *sheet) WriteString(p string) (int, error) {
	s.text = append(s.text, p...)
	return len(p), s.check()
}

// check asks once in a while whether the request has ended.
func (s *sheet) check() error {
	if len(s.text) < s.asked+1<<20 || s.ended == nil {
		return nil
	}
	s.asked = len(s.text)
	return s.ended()
}

// Open implements holes.Page.
func (s *sheet) Open(h holes.Hole) {
	slot := h.Key().Slot()
	e, ok := slot.Known.(*expected)
	var one *spot
	if ok {
		one = new(spot)
	} else {
		both := new(struct {
			expected
			spot
		})
		e, one = &both.expected, &both.spot
		e.key, e.spots = h.Key(), e.one[:0]
		s.expects = append(s.expects, e)
		slot.Known = e
	}
	one.hole, one.of = h, e
	e.spots = append(e.spots, one)
	e.open++
	s.pending++
	s.begin(one)
}

// leave says that nothing on the page waits for the key any more.
func (e *expected) leave() {
	e.over = true
	e.key.Slot().Known = nil
}

// begin begins a spot in the piece that is being written.
func (s *sheet) begin(one *spot) {
	around := s.innermost()
	around.spots = append(around.spots, one)
	one.from = len(s.text)
	one.shown.from = one.from
	s.at = append(s.at, &one.shown)
}

// Close implements holes.Page.
func (s *sheet) Close() {
	inner := s.at[len(s.at)-1]
	s.at = s.at[:len(s.at)-1]
	inner.to = len(s.text)
	around := s.innermost()
	around.spots[len(around.spots)-1].to = inner.to
}

// Failed implements holes.Page. In a comment an error can stand wherever a fragment can, in a table as well.
func (s *sheet) Failed(err error) {
	s.errors++
	if s.tells {
		s.WriteString("<!-- " + html.EscapeString(err.Error()) + " -->")
	}
}

// Script implements holes.Page.
func (s *sheet) Script() {
	s.scripted = true
	s.WriteString(s.script)
}

// Status implements holes.Page. A page has one status.
func (s *sheet) Status() {
	if s.status == nil {
		s.status = new(spot)
		s.begin(s.status)
		s.Close()
	}
}

// fill writes what is there now for a spot, in place of what stood there.
func (s *sheet) fill(one *spot) error {
	one.closed = true
	s.pending--
	one.of.open--
	s.abandon(&one.shown)
	now := piece{from: len(s.text)}
	s.at = append(s.at, &now)
	err := one.hole.Fill()
	s.at = s.at[:len(s.at)-1]
	now.to = len(s.text)
	one.shown = now
	return err
}

// abandon closes the spots in a piece that is shown no more.
func (s *sheet) abandon(p *piece) {
	for _, inner := range p.spots {
		if inner == s.status {
			s.status = nil // it may come again
		}
		if inner.of != nil && !inner.closed {
			inner.closed = true
			s.pending--
			if inner.of.open--; inner.of.open == 0 {
				inner.of.leave()
			}
		}
		s.abandon(&inner.shown)
	}
}

// mark is a point to which a sheet can go back, in the piece that was being written.
type mark struct{ text, depth, spots int }

func (s *sheet) mark() mark {
	return mark{len(s.text), len(s.at), len(s.innermost().spots)}
}

func (s *sheet) rollback(m mark) {
	s.at = s.at[:m.depth]
	p := s.innermost()
	s.abandon(&piece{spots: p.spots[m.spots:]})
	clear(p.spots[m.spots:])
	p.spots = p.spots[:m.spots]
	s.text = s.text[:m.text]
}

// innermost is the piece that is being written.
func (s *sheet) innermost() *piece {
	if n := len(s.at); n > 0 {
		return s.at[n-1]
	}
	return &s.root
}

// decided returns the open spots of a key if it can be filled now; nobody expects it any more then.
func (s *sheet) decided(key holes.Key) []*spot {
	e, ok := key.Slot().Known.(*expected)
	if !ok || !key.Look() {
		return nil
	}
	e.leave()
	return e.spots
}
