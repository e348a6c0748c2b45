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
	unlimited  bool          // the server sets no deadlines of its own
	moved      bool          // a deadline was set
}

// defaultPerWrite is how long a write of a streamed response may take where the server does not say.
const defaultPerWrite = 10 * time.Second

func newWire(w http.ResponseWriter, r *http.Request) wire {
	one := wire{w: w, controller: http.NewResponseController(w), perWrite: defaultPerWrite, unlimited: true}
	if server, ok := r.Context().Value(http.ServerContextKey).(*http.Server); ok && server.WriteTimeout > 0 {
		one.perWrite, one.unlimited = server.WriteTimeout, false
	}
	return one
}

// extend gives the next write the time that the server gives a whole response: that one counts from the request, and
// would cut a response that was held open. Not every writer knows deadlines; then there are none.
func (c *wire) extend() {
	c.moved = c.controller.SetWriteDeadline(time.Now().Add(c.perWrite)) == nil || c.moved
}

// release takes the deadline back where the server has none: it is the connection's, and would end the next request's
// response.
func (c *wire) release() {
	if c.moved && c.unlimited {
		_ = c.controller.SetWriteDeadline(time.Time{})
	}
}

// send writes b, at once if that is possible. It answers whether the writer can flush, and whether the client is there.
func (c *wire) send(b []byte) (flushed bool, err error) {
	c.extend()
	if _, err := c.w.Write(b); err != nil {
		return false, err
	}
	return c.flush()
}

func (c *wire) flush() (flushed bool, err error) {
	err = c.controller.Flush()
	if errors.Is(err, http.ErrNotSupported) {
		return false, nil
	}
	return err == nil, err
}
