package rows

import (
	"net/http"
	"time"
)

// discard is a ResponseWriter that keeps nothing and can do all that a server's own can, so that a handler takes no other
// way than it would there.
type discard struct {
	header        http.Header
	writes, bytes int
	written       func() // is told of each Write; may be nil
}

func newDiscard() *discard { return &discard{header: make(http.Header)} }

// reset makes it ready for the next response. A server makes a new map for each; here that would be a part of every
// figure that has nothing to do with it.
func (d *discard) reset() {
	clear(d.header)
	d.writes, d.bytes = 0, 0
}

func (d *discard) Header() http.Header { return d.header }
func (d *discard) WriteHeader(int)     {}

func (d *discard) Write(p []byte) (int, error) {
	d.writes++
	d.bytes += len(p)
	if d.written != nil {
		d.written()
	}
	return len(p), nil
}

func (d *discard) FlushError() error                { return nil }
func (d *discard) SetWriteDeadline(time.Time) error { return nil }
