package async

import (
	"context"
	"io"
	"sync"
)

// response is the writer of one executed page.
type response struct {
	set    *Set
	w      io.Writer
	text   io.StringWriter // w, if it is one
	report Report
	at     int64 // the instant at which it is asked what is fresh; zero until the first hole
	seen   seen
	left   int64      // what the hole being filled may still write
	around []standing // the fragments whose content is being written, the innermost last
	flat   bool       // it is no page, but HTML for an attribute
	bytes  []byte     // what is written to a w that takes no strings

	// patient is the context of the run that waits for what it writes, since that is
	// kept and cannot be filled later. Nil: as of now.
	patient context.Context

	late *late // the page is open after it was executed; nil: it is not
}

// standing is a fragment that stands around a place. Not its hole: that would keep
// every hole from being a variable of the function that fills it.
type standing struct {
	frag *fragment
	id   string
}

// responses are those that write no page now. What a page needs beside itself is the
// same memory for each.
var responses = sync.Pool{New: func() any { return new(response) }}

func (r *response) begin(s *Set, w io.Writer) {
	r.set, r.w = s, w
	r.text, _ = w.(io.StringWriter)
}

// now is one instant for the whole page: to read the clock for each hole would cost
// as much as all the rest of a hole.
func (r *response) now() int64 {
	if r.at == 0 {
		r.at = r.set.group.now()
	}
	return r.at
}

// end forgets the page: nothing that belongs to it is kept until the next.
func (r *response) end() {
	r.seen.reset()
	if cap(r.bytes) > mostBytes {
		r.bytes = nil
	}
	clear(r.around) // it is empty, but after a panic
	*r = response{seen: r.seen, around: r.around[:0], bytes: r.bytes}
}

// Write passes the template's output on, and fills the holes.
func (r *response) Write(p []byte) (int, error) {
	if len(p) != tokenLen { // the ordinary case, told apart without a call
		return r.w.Write(p)
	}
	var c call
	if !r.set.tokens.redeem(p, &c) {
		return r.w.Write(p)
	}
	if c.kind != holeCall {
		r.printPart(c.kind)
		return len(p), nil
	}
	h := r.set.hole(&c)
	if err := r.fillAtTop(&h); err != nil {
		return 0, err
	}
	return len(p), nil
}

// fillAtTop fills a hole that stands in no other.
func (r *response) fillAtTop(h *hole) error {
	r.left = r.set.maxOutput
	if r.late == nil {
		return r.fill(h)
	}
	r.late.room = nil
	err := r.fill(h)
	if r.late.room != nil {
		r.late.room.left = r.left
	}
	return err
}

func (r *response) print(html string) error {
	r.left -= int64(len(html))
	if r.text != nil {
		_, err := r.text.WriteString(html)
		return err
	}
	r.bytes = append(r.bytes[:0], html...)
	_, err := r.w.Write(r.bytes)
	return err
}

// mostBytes is how large a buffer is kept for another page.
const mostBytes = 64 << 10
