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
	limited    bool          // by the server
}

// defaultPerWrite is how long a write of a streamed response may take where the server does not say.
const defaultPerWrite = 10 * time.Second

func newWire(w http.ResponseWriter, r *http.Request) wire {
	one := wire{w: w, controller: http.NewResponseController(w), perWrite: defaultPerWrite}
	if server, ok := r.Context().Value(http.ServerContextKey).(*http.Server); ok && server.WriteTimeout > 0 {
		one.perWrite, one.limited = server.WriteTimeout, true
	}
	return one
}

// write writes b. It has the time that the server gives a whole response: that one counts from the request, and would cut
// a response that was held open. Not every writer knows deadlines; then there are none.
//
// The last deadline stays. The server takes it back when it has written what is left in its buffers; without a deadline it
// would wait there for ever for a client that reads no more.
func (c *wire) write(b []byte) error {
	_ = c.controller.SetWriteDeadline(time.Now().Add(c.perWrite))
	_, err := c.w.Write(b)
	return err
}

// first writes what is written first, after so long. The deadline that the server has set will do if much of it is left: to
// move it takes as long as a third of a page.
func (c *wire) first(b []byte, after time.Duration) error {
	if c.limited && after < c.perWrite/2 {
		return c.plain(b)
	}
	return c.write(b)
}

// plain writes b with the deadline that there is.
func (c *wire) plain(b []byte) error {
	_, err := c.w.Write(b)
	return err
}

// idle is told before nothing is written for d. In HTTP/2 a stream is reset when its deadline passes, even if there is
// nothing to write.
func (c *wire) idle(d time.Duration) {
	_ = c.controller.SetWriteDeadline(time.Now().Add(max(d, 0) + c.perWrite))
}

// flush answers whether the writer can flush, and whether the client is there.
func (c *wire) flush() (flushed bool, err error) {
	err = c.controller.Flush()
	if errors.Is(err, http.ErrNotSupported) {
		return false, nil
	}
	return err == nil, err
}
