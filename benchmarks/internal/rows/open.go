package rows

import (
	"bytes"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/infill-go/infill/async/page"
	"github.com/infill-go/infill/benchmarks/internal/measure"
	"github.com/infill-go/infill/benchmarks/internal/report"
)

// OpenResponses measures what the server keeps for a response that is open because all its 20 fragments are pending, beside
// a handler that has written the same page and waits for its client to leave.
func OpenResponses(t *testing.T, s Scale, table *report.Table) {
	layout := Layouts[0]
	pages := pendingPages(t, layout, page.Options{Budget: -1, Window: time.Hour})
	render := func(w http.ResponseWriter, r *http.Request) { pages.Render(w, r, "page", sections) }
	sent := firstPart(t, render)
	bare := func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		_, _ = w.Write(sent) // an error says that the client has left
		_ = http.NewResponseController(w).Flush()
		<-r.Context().Done()
	}
	// The first to be measured would pay for what the runtime keeps of ended goroutines.
	held(t, bare, s.Connections)
	clients := clientBytes(t, s.Connections)
	theirs := held(t, bare, s.Connections) - clients
	ours := held(t, render, s.Connections) - clients
	row := table.Row("an open response, 20 pending", "× handler / B of both")
	row.Set(report.Async, "%.2f / %.0f of %.0f", ours/theirs, ours, theirs)
	if n := pages.Stats(); n.Streamed != uint64(s.Connections)+1 {
		t.Errorf("not every response was held open: %+v", n)
	}
}

// firstPart returns what the handler writes before it waits.
func firstPart(tb testing.TB, h http.HandlerFunc) (sent []byte) {
	tb.Helper()
	server := httptest.NewServer(h)
	defer server.Close()
	response, err := http.Get(server.URL)
	if err != nil {
		tb.Fatal(err)
	}
	defer response.Body.Close()
	if sent, err = readPage(response.Body); err != nil {
		tb.Fatal(err)
	}
	return sent
}

// pageEnd is the last of a page in pageText.
const pageEnd = "</main>"

func readPage(r io.Reader) (read []byte, err error) {
	for part := make([]byte, 4096); !bytes.Contains(read, []byte(pageEnd)); {
		n, err := r.Read(part)
		read = append(read, part[:n]...)
		if err != nil {
			return nil, fmt.Errorf("%w after %d bytes without %s", err, len(read), pageEnd)
		}
	}
	return read, nil
}

// held returns the bytes that the program keeps for each connection while the handler holds so many responses open. What
// the clients take, which are in the same program, is a part of it.
func held(tb testing.TB, h http.HandlerFunc, connections int) float64 {
	tb.Helper()
	server := httptest.NewServer(h)
	defer server.Close() // waits for the handlers, which end when their clients have left
	before := measure.LiveMemory()
	conns := dial(tb, server.Listener.Addr(), connections)
	defer hangUp(conns)
	for _, conn := range conns {
		if _, err := io.WriteString(conn, "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"); err != nil {
			tb.Fatal(err)
		}
		if _, err := readPage(conn); err != nil {
			tb.Fatal(err)
		}
	}
	return float64(measure.LiveMemory()-before) / float64(connections)
}

// clientBytes is what a client's connection takes in this program: the other end of these stays in the kernel, since
// nobody accepts them.
func clientBytes(tb testing.TB, connections int) float64 {
	tb.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		tb.Fatal(err)
	}
	defer listener.Close()
	before := measure.LiveMemory()
	conns := dial(tb, listener.Addr(), connections)
	defer hangUp(conns)
	return float64(measure.LiveMemory()-before) / float64(connections)
}

func dial(tb testing.TB, to net.Addr, connections int) []net.Conn {
	tb.Helper()
	conns := make([]net.Conn, 0, connections)
	for range connections {
		conn, err := net.DialTimeout("tcp", to.String(), 10*time.Second)
		if err != nil {
			hangUp(conns)
			tb.Fatal(err)
		}
		conns = append(conns, conn)
	}
	return conns
}

func hangUp(conns []net.Conn) {
	for _, conn := range conns {
		conn.Close()
	}
}
