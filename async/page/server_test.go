package page_test

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/infill-go/infill/async/page"
)

// bubbleServer is net/http's server, with connections that have no buffer and live in a bubble: what a client does not
// read is not written.
type bubbleServer struct {
	conns  chan net.Conn
	closed chan struct{}
	once   sync.Once
	states sync.Map // of the connections: net.Conn to http.ConnState
}

// serve starts a server. stop ends it; nothing of it is left then but connections that hang.
func serve(handler http.Handler, writeTimeout time.Duration) (b *bubbleServer, stop func()) {
	b = &bubbleServer{conns: make(chan net.Conn), closed: make(chan struct{})}
	protocols := new(http.Protocols)
	protocols.SetHTTP1(true)
	protocols.SetUnencryptedHTTP2(true)
	server := &http.Server{
		Handler: handler, Protocols: protocols, WriteTimeout: writeTimeout, ErrorLog: log.New(io.Discard, "", 0),
		ConnState: func(c net.Conn, s http.ConnState) { b.states.Store(c, s) },
	}
	go func() { _ = server.Serve(b) }()
	return b, func() { _ = server.Close() }
}

func (b *bubbleServer) Accept() (net.Conn, error) {
	select {
	case c := <-b.conns:
		return c, nil
	case <-b.closed:
		return nil, net.ErrClosed
	}
}

func (b *bubbleServer) Close() error {
	b.once.Do(func() { close(b.closed) })
	return nil
}

func (b *bubbleServer) Addr() net.Addr { return &net.TCPAddr{} }

// dial returns the client's side of a new connection.
func (b *bubbleServer) dial() net.Conn {
	client, server := net.Pipe()
	b.conns <- server
	return client
}

// client is a client of the server.
func (b *bubbleServer) client(http2 bool) *http.Client {
	protocols := new(http.Protocols)
	protocols.SetHTTP1(!http2)
	protocols.SetUnencryptedHTTP2(http2)
	dial := func(context.Context, string, string) (net.Conn, error) { return b.dial(), nil }
	return &http.Client{Transport: &http.Transport{DialContext: dial, Protocols: protocols}}
}

// open is how many connections the server has not closed.
func (b *bubbleServer) open() (n int) {
	b.states.Range(func(_, state any) bool {
		if state != http.StateClosed {
			n++
		}
		return true
	})
	return n
}

// request sends a GET on the connection.
func request(t testing.TB, c net.Conn, path string) {
	t.Helper()
	if _, err := fmt.Fprintf(c, "GET %s HTTP/1.1\r\nHost: example.com\r\n\r\n", path); err != nil {
		t.Fatal(err)
	}
}

// read reads one response.
func read(t testing.TB, r *bufio.Reader) string {
	t.Helper()
	response, err := http.ReadResponse(r, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = response.Body.Close() }()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatalf("%v after %q", err, body)
	}
	return string(body)
}

const threePage = `<p>{{async "f" 100 "-"}} {{async "f" 900 "-"}} {{async "f" 1900 "-"}}</p>`

// TestWriteTimeout does not cut a response that is held open for longer.
func TestWriteTimeout(t *testing.T) {
	for _, protocol := range []string{"HTTP/1.1", "HTTP/2.0"} {
		synctest.Test(t, func(t *testing.T) {
			g := quietGroup(t)
			timed(t, g, "f")
			pages := bind(t, g, threePage, page.Options{})
			server, stop := serve(renders(pages), 500*time.Millisecond)
			defer stop()
			client := server.client(protocol == "HTTP/2.0")
			defer client.CloseIdleConnections()
			response, err := client.Get("http://example.com/")
			if err != nil {
				t.Fatal(err)
			}
			defer func() { _ = response.Body.Close() }()
			text, err := io.ReadAll(response.Body)
			if b := browse(string(text)); err != nil || response.Proto != protocol || !b.ended || !strings.Contains(b.String(), "f 100 f 900 f 1900") {
				t.Errorf("%v: %s %v", err, response.Proto, b)
			}
		})
	}
}

// renders shows the template named page.
func renders(pages *page.Pages) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { pages.Render(w, r, "page", nil) })
}

// TestTheNextRequestOfTheConnection is not hurt by a deadline that a page has left: neither another page nor a handler
// that takes its time.
func TestTheNextRequestOfTheConnection(t *testing.T) {
	for _, timeout := range []time.Duration{0, time.Minute} {
		synctest.Test(t, func(t *testing.T) {
			g := quietGroup(t)
			all := timed(t, g, "f")
			mux := http.NewServeMux()
			mux.Handle("/", renders(bind(t, g, threePage, page.Options{})))
			mux.HandleFunc("/slow", func(w http.ResponseWriter, r *http.Request) {
				sleep(30 * time.Second)
				_, _ = io.WriteString(w, strings.Repeat("slow ", 10_000))
			})
			server, stop := serve(mux, timeout)
			defer stop()
			c := server.dial()
			in := bufio.NewReader(c)
			for round := range 3 {
				for _, key := range []int{100, 900, 1900} {
					all["f"].Forget(key)
				}
				request(t, c, "/")
				if b := browse(read(t, in)); !b.ended || !b.waits {
					t.Errorf("round %d: %v", round, b)
				}
				request(t, c, "/slow")
				if n := len(read(t, in)); n != 50_000 {
					t.Errorf("round %d: %d bytes of 50,000", round, n)
				}
			}
		})
	}
}

// TestAReaderThatStops, after any number of bytes: the server is rid of it within the window and the time of one write,
// and others are answered meanwhile.
func TestAReaderThatStops(t *testing.T) {
	const window, write = 2 * time.Second, 10 * time.Second
	for _, bytes := range []int{0, 1, 100, 300, -1} { // -1: all of the shell
		for _, timeout := range []time.Duration{0, write, write / 5} {
			t.Run(fmt.Sprint(bytes, timeout), func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					g := quietGroup(t)
					timed(t, g, "f")
					pages := bind(t, g, `<p>{{async "f" 5000}}</p>`, page.Options{})
					server, stop := serve(renders(pages), timeout)
					defer stop()
					stuck := server.dial()
					request(t, stuck, "/")
					if bytes >= 0 {
						_, _ = io.ReadFull(stuck, make([]byte, bytes))
					} else {
						readUntil(t, stuck, "</div>\r\n")
					}
					pass(time.Second)
					other := server.dial()
					request(t, other, "/")
					if b := browse(read(t, bufio.NewReader(other))); !b.ended {
						t.Errorf("another page: %v", b)
					}
					_ = other.Close()
					most := write
					if timeout > 0 {
						most = timeout
					}
					pass(20*time.Millisecond + window + most - time.Second)
					if n := server.open(); n != 0 {
						t.Errorf("%d connections are open", n)
					}
					if n := pages.Stats().Unfilled; n != 2 {
						t.Errorf("%d unfilled", n)
					}
					_ = stuck.Close()
				})
			})
		}
	}
}

// TestAClientThatHangsUp ends its response at once, not only at the next write.
func TestAClientThatHangsUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := quietGroup(t)
		timed(t, g, "f")
		pages := bind(t, g, `<p>{{async "f" 5000}}</p>`, page.Options{})
		server, stop := serve(renders(pages), 0)
		defer stop()
		c := server.dial()
		request(t, c, "/")
		readUntil(t, c, "</div>\r\n")
		pass(100 * time.Millisecond)
		_ = c.Close()
		synctest.Wait()
		if n := server.open(); n != 0 || pages.Stats().Left != 1 {
			t.Errorf("%d connections are open, %+v", n, pages.Stats())
		}
		_ = g.Close(context.Background())
	})
}

// readUntil reads byte by byte until the text has come.
func readUntil(t testing.TB, r io.Reader, end string) string {
	t.Helper()
	var all []byte
	for one := make([]byte, 1); !strings.HasSuffix(string(all), end); all = append(all, one[0]) {
		if _, err := io.ReadFull(r, one); err != nil {
			t.Fatalf("%v after %q", err, all)
		}
	}
	return string(all)
}
