package rows

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/infill-go/infill/async/page"
)

// connection is one to a real server, kept alive. [http.Client] would add goroutines of its own to what is measured.
type connection struct {
	conn net.Conn
	in   *bufio.Reader
}

// connect starts a server for the handler, with the timeouts that a server should have, and connects to it. Both end with
// the benchmark.
func connect(tb testing.TB, h http.Handler) *connection {
	tb.Helper()
	server := httptest.NewUnstartedServer(h)
	server.Config.ReadHeaderTimeout, server.Config.WriteTimeout = 10*time.Second, 10*time.Second
	server.Start()
	tb.Cleanup(server.Close)
	conn, err := net.Dial("tcp", server.Listener.Addr().String())
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { conn.Close() })
	return &connection{conn, bufio.NewReader(conn)}
}

// afterReady measures how long a page's first byte takes right after a page that was ready. Else a page would come
// after the pause that ends the pending one, or would not, and that is more than what is measured: in a pause the
// processor goes to sleep.
func (c *connection) afterReady(path string) func() (time.Duration, error) {
	return func() (time.Duration, error) {
		if _, err := c.firstByte("/ready"); err != nil {
			return 0, err
		}
		return c.firstByte(path)
	}
}

// firstByte asks for a page, and reads it to its end when the clock has stopped.
func (c *connection) firstByte(path string) (took time.Duration, err error) {
	request := "GET " + path + " HTTP/1.1\r\nHost: localhost\r\n\r\n"
	begin := time.Now()
	if _, err := io.WriteString(c.conn, request); err != nil {
		return 0, err
	}
	response, err := http.ReadResponse(c.in, nil)
	if err != nil {
		return 0, err
	}
	if _, err := response.Body.Read(make([]byte, 1)); err != nil {
		return 0, err
	}
	took = time.Since(begin)
	_, err = io.Copy(io.Discard, response.Body)
	if response.StatusCode != http.StatusOK || response.Close {
		err = errors.Join(err, fmt.Errorf("%s: the connection cannot be used again", response.Status))
	}
	return took, errors.Join(err, response.Body.Close())
}

// untilWrite measures how long a page takes until it is written, without a server. Then the client leaves.
func untilWrite(pages *page.Pages) func() (time.Duration, error) {
	w, r := newDiscard(), httptest.NewRequest(http.MethodGet, "/", nil)
	return func() (took time.Duration, err error) {
		ctx, leave := context.WithCancel(context.Background())
		defer leave()
		r := r.WithContext(ctx)
		w.reset()
		var begin time.Time
		w.written = func() {
			if w.writes == 1 {
				took = time.Since(begin)
			}
			leave()
		}
		begin = time.Now()
		pages.Render(w, r, "page", sections)
		if took == 0 {
			return 0, errors.New("nothing was written")
		}
		return took, nil
	}
}
