package page

import (
	"errors"
	"net/http"
	"time"
)

// wire is the way to the client.
type wire struct {
	w          http.ResponseWriter
	controller *http.ResponseController
	perWrite   time.Duration // how long one write may take
}

// defaultPerWrite is how long a write of a streamed response may take where the server does not say.
const defaultPerWrite = 10 * time.Second

func newWire(w http.ResponseWriter, r *http.Request) wire {
	one := wire{w: w, controller: http.NewResponseController(w), perWrite: defaultPerWrite}
	if server, ok := r.Context().Value(http.ServerContextKey).(*http.Server); ok && server.WriteTimeout > 0 {
		one.perWrite = server.WriteTimeout
	}
	return one
}

// extend gives the next write the time that the server gives a whole response: that one counts from the request, and
// would cut a response that was held open. Not every writer knows deadlines; then there are none.
//
// The last deadline stays. The server takes it back when it has written what is left in its buffers; without a deadline it
// would wait there for ever for a client that reads no more.
func (c *wire) extend() {
	_ = c.controller.SetWriteDeadline(time.Now().Add(c.perWrite))
}

// send writes b, at once if that is possible. It answers whether the writer can flush, and whether the client is there.
func (c *wire) send(b []byte) (flushed bool, err error) {
	c.extend()
	if _, err := c.w.Write(b); err != nil {
		return false, err
	}
	return c.flush()
}

// flush sends what was written. Then there is no deadline until the next write: HTTP/2 ends a stream at it even while
// nothing is written.
func (c *wire) flush() (flushed bool, err error) {
	err = c.controller.Flush()
	if errors.Is(err, http.ErrNotSupported) {
		return false, nil
	}
	if err == nil {
		_ = c.controller.SetWriteDeadline(time.Time{})
	}
	return err == nil, err
}
