package sshd

import (
	"context"
	"errors"
	"net"
	"time"

	"golang.org/x/crypto/ssh"
)

// accept serves the connections of one host until its listener is closed.
func (s *Server) accept(h *host) {
	for {
		conn, err := h.listener.Accept()
		switch {
		case errors.Is(err, net.ErrClosed):
			return
		case err != nil:
			// Out of file descriptors, most likely. The pause keeps the loop from turning at full speed.
			s.log.Warn("embedded ssh server: a connection was not accepted", "host", h.name, "error", err)
			select {
			case <-s.ctx.Done():
				return
			case <-time.After(100 * time.Millisecond):
			}
			continue
		}
		s.admit(h, conn)
	}
}

// admit serves a connection if there is room for it, and closes it otherwise: like MaxStartups of OpenSSH, it never
// lets one wait.
func (s *Server) admit(h *host, conn net.Conn) {
	if !take(h.conns) {
		s.refuse(h, conn, "too many connections")
		return
	}
	if !take(h.startups) {
		give(h.conns)
		s.refuse(h, conn, "too many connections that have not logged in")
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closing {
		conn.Close()
		return
	}
	s.conns[conn] = struct{}{}
	s.work.Go(func() {
		defer give(h.conns)
		defer s.forget(conn)
		s.serve(h, conn)
	})
}

func (s *Server) refuse(h *host, conn net.Conn, reason string) {
	s.log.Warn("embedded ssh server: connection refused", "host", h.name, "reason", reason)
	conn.Close()
}

func (s *Server) forget(conn net.Conn) {
	conn.Close()
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.conns, conn)
}

// serve handles one connection to its end.
func (s *Server) serve(h *host, conn net.Conn) {
	// Deadlines of reads are idleConn's business, so the limit of the whole handshake is a timer.
	tooLong := time.AfterFunc(handshakeTimeout, func() { conn.Close() })
	server, channels, requests, err := ssh.NewServerConn(idleConn{conn}, h.config)
	tooLong.Stop()
	give(h.startups)
	if err != nil {
		s.log.Warn("embedded ssh server: login failed", "host", h.name, "error", err)
		return
	}
	defer server.Close()
	// Whatever is asked of the connection as a whole, such as tcpip-forward, is refused.
	s.work.Go(func() { ssh.DiscardRequests(requests) })
	ctx, cancel := context.WithCancel(s.ctx)
	// The client has left: its commands have nobody to answer to.
	defer cancel()
	sessions := make(chan struct{}, maxSessions)
	for asked := range channels {
		s.open(ctx, h, asked, sessions)
	}
}

// open starts a session. Other channels are forwardings: of ports, of X11, of an agent.
func (s *Server) open(ctx context.Context, h *host, asked ssh.NewChannel, sessions chan struct{}) {
	if kind := asked.ChannelType(); kind != "session" {
		s.log.Warn("embedded ssh server: channel refused", "host", h.name, "type", kind)
		asked.Reject(ssh.Prohibited, "only commands are permitted here")
		return
	}
	if !take(sessions) {
		asked.Reject(ssh.ResourceShortage, "too many sessions in this connection")
		return
	}
	channel, requests, err := asked.Accept()
	if err != nil {
		give(sessions)
		return
	}
	s.work.Go(func() {
		defer give(sessions)
		s.session(ctx, h, channel, requests)
	})
}

// idleConn is a connection that ends when nothing was received for idleTimeout.
type idleConn struct{ net.Conn }

func (c idleConn) Read(p []byte) (int, error) {
	if err := c.SetReadDeadline(time.Now().Add(idleTimeout)); err != nil {
		return 0, err
	}
	return c.Conn.Read(p)
}

// take takes a place, or answers false if there is none.
func take(places chan struct{}) bool {
	select {
	case places <- struct{}{}:
		return true
	default:
		return false
	}
}

func give(places chan struct{}) { <-places }
