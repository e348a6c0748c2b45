// Package cut loses connections, as networks, proxies and dying servers do.
package cut

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net"
	"sync"
	"sync/atomic"
)

// Proxy passes connections on to a server, and breaks those that have brought a given text to the client. Use Start to get
// one. It is safe for concurrent use.
type Proxy struct {
	URL string // where it answers, without a slash at the end

	listener net.Listener
	server   string
	after    []byte
	left     atomic.Int32   // how many are still to be broken
	broken   chan struct{}  // has one for each that was
	wait     sync.WaitGroup // for the goroutines, which Close ends

	mu   sync.Mutex
	open map[net.Conn]bool // nil when the proxy is closed
}

// Start starts a proxy on a free port of 127.0.0.1, for a server at host:port. It breaks the first so many connections on
// which the server sends the text: right behind it, in both directions. The text must come in one piece, not compressed and
// not within two chunks. The caller must Close the proxy.
func Start(server, text string, times int) (*Proxy, error) {
	if text == "" {
		return nil, errors.New("cut: no text to break connections behind")
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("cut: %w", err)
	}
	p := &Proxy{
		URL:      "http://" + listener.Addr().String(),
		listener: listener, server: server,
		after:  []byte(text),
		broken: make(chan struct{}, times),
		open:   make(map[net.Conn]bool),
	}
	p.left.Store(int32(times))
	p.wait.Go(p.accept)
	return p, nil
}

// Broken has one value for each connection that was broken.
func (p *Proxy) Broken() <-chan struct{} { return p.broken }

// Close breaks all connections and takes no more. It is called once.
func (p *Proxy) Close() error {
	err := p.listener.Close()
	p.mu.Lock()
	open := p.open
	p.open = nil
	p.mu.Unlock()
	for conn := range open {
		conn.Close()
	}
	p.wait.Wait()
	return err
}

func (p *Proxy) accept() {
	for {
		client, err := p.listener.Accept()
		if err != nil {
			return // closed
		}
		p.wait.Go(func() { p.pass(client) })
	}
}

// pass serves one connection to its end.
func (p *Proxy) pass(client net.Conn) {
	defer client.Close()
	server, err := net.Dial("tcp", p.server)
	if err != nil {
		return
	}
	defer server.Close()
	if !p.enter(client, server) {
		return
	}
	defer p.leave(client, server)
	p.wait.Go(func() {
		_, _ = io.Copy(server, client) // an error is an end like any other
		server.Close()                 // which ends the other direction
	})
	if errors.Is(p.answer(client, server), errBroken) {
		client.Close()
		p.broken <- struct{}{}
	}
}

var errBroken = errors.New("broken on purpose")

// answer passes on what the server sends, but nothing of what stands behind the text.
func (p *Proxy) answer(client io.Writer, server io.Reader) error {
	var before []byte // what was sent last, of which the text may be the continuation
	buffer := make([]byte, 32<<10)
	for {
		n, err := server.Read(buffer)
		all := append(before, buffer[:n]...)
		if at := bytes.Index(all, p.after); at >= 0 && p.left.Add(-1) >= 0 {
			_, err := client.Write(all[len(before) : at+len(p.after)])
			return errors.Join(errBroken, err)
		}
		if _, err := client.Write(buffer[:n]); err != nil {
			return err
		}
		if err != nil {
			return err
		}
		before = bytes.Clone(all[max(0, len(all)-len(p.after)+1):])
	}
}

func (p *Proxy) enter(conns ...net.Conn) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.open == nil {
		return false
	}
	for _, conn := range conns {
		p.open[conn] = true
	}
	return true
}

func (p *Proxy) leave(conns ...net.Conn) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, conn := range conns {
		delete(p.open, conn)
	}
}
