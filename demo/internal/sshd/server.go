// Package sshd is the ssh server that the dashboard brings along, so that it can be tried without any host at hand.
//
// It listens on loopback, plays several hosts, and runs commands of an allow-list on this machine. Only the
// key that it has made for itself may log in, and only to run a command: there is no shell, no terminal, no
// forwarding, no file transfer. A command line is compared with the list word by word and started as an argv.
package sshd

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"sync"
	"time"

	"golang.org/x/crypto/ssh"
)

// User is the only account.
const User = "infill"

// Limits for each host. OpenSSH has 10 for both startups and sessions, and none for connections.
const (
	maxStartups    = 16 // connections that have not logged in yet
	maxConnections = 64
	maxSessions    = 4 // of one connection
	maxAuthTries   = 3

	handshakeTimeout = 10 * time.Second
	idleTimeout      = 2 * time.Minute  // a connection that says nothing is closed; ssh says something each few seconds
	commandTimeout   = 30 * time.Second // the pause before it included
)

// Config says what a Server plays and permits.
type Config struct {
	// Hosts are the names it plays. Each has its own port and its own key. At least one.
	Hosts []string
	// Commands are the argvs that may be run. Anything else is refused.
	Commands [][]string
	// Pause is called before a command is run, so that a host can be slow. It returns when ctx ends at the latest.
	// Nil: no pause. It is called concurrently.
	Pause func(ctx context.Context, host string, argv []string)
	// Logger gets a record for each connection and command that is refused. Nil: none.
	Logger *slog.Logger
}

// Server is a running server. Its methods are safe for concurrent use.
type Server struct {
	cfg    Config
	log    *slog.Logger
	login  ed25519.PrivateKey // the key that may log in
	hosts  []*host
	ctx    context.Context // of every command
	cancel context.CancelFunc
	work   sync.WaitGroup // every goroutine

	mu      sync.Mutex
	closing bool
	conns   map[net.Conn]struct{}
}

// host is one of the hosts that a Server plays.
type host struct {
	name     string
	listener net.Listener
	key      ssh.Signer
	config   *ssh.ServerConfig
	startups chan struct{} // a place for each connection that has not logged in
	conns    chan struct{} // a place for each connection
}

// Start makes the keys and begins to listen on free ports of the loopback interface.
func Start(cfg Config) (*Server, error) {
	if len(cfg.Hosts) == 0 {
		return nil, errors.New("sshd: no host to play: set Config.Hosts")
	}
	_, login, err := ed25519.GenerateKey(nil)
	if err != nil {
		return nil, fmt.Errorf("sshd: making a key: %w", err)
	}
	s := &Server{cfg: cfg, log: cfg.Logger, login: login, conns: make(map[net.Conn]struct{})}
	if s.log == nil {
		s.log = slog.New(slog.DiscardHandler)
	}
	s.ctx, s.cancel = context.WithCancel(context.Background())
	for _, name := range cfg.Hosts {
		h, err := s.listen(name)
		if err != nil {
			return nil, errors.Join(err, s.Close())
		}
		s.hosts = append(s.hosts, h)
		s.work.Go(func() { s.accept(h) })
	}
	return s, nil
}

// listen opens the port of one host.
func (s *Server) listen(name string) (*host, error) {
	_, private, err := ed25519.GenerateKey(nil)
	if err != nil {
		return nil, fmt.Errorf("sshd: making a key for %s: %w", name, err)
	}
	key, err := ssh.NewSignerFromKey(private)
	if err != nil {
		return nil, fmt.Errorf("sshd: the key of %s: %w", name, err)
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("sshd: no port for %s: %w", name, err)
	}
	config := &ssh.ServerConfig{
		MaxAuthTries:      maxAuthTries,
		ServerVersion:     "SSH-2.0-InfillDemo",
		PublicKeyCallback: s.authenticate,
	}
	config.AddHostKey(key)
	return &host{
		name: name, listener: listener, key: key, config: config,
		startups: make(chan struct{}, maxStartups), conns: make(chan struct{}, maxConnections),
	}, nil
}

// authenticate admits the one key. Without it there is no other way: a ServerConfig permits only the ways that are set.
func (s *Server) authenticate(meta ssh.ConnMetadata, offered ssh.PublicKey) (*ssh.Permissions, error) {
	known, err := ssh.NewPublicKey(s.login.Public())
	if err != nil {
		return nil, err
	}
	// The public key is no secret: the comparison need not take the same time for each.
	if meta.User() != User || !bytes.Equal(offered.Marshal(), known.Marshal()) {
		return nil, fmt.Errorf("user %q with key %s may not log in", meta.User(), ssh.FingerprintSHA256(offered))
	}
	return &ssh.Permissions{}, nil
}

// Close ends the listeners, the connections, and the commands with every process they started, and waits until
// all of that is gone.
func (s *Server) Close() error {
	s.mu.Lock()
	s.closing = true
	var errs []error
	for _, h := range s.hosts {
		if err := h.listener.Close(); err != nil && !errors.Is(err, net.ErrClosed) {
			errs = append(errs, err)
		}
	}
	for conn := range s.conns {
		conn.Close()
	}
	s.mu.Unlock()
	s.cancel()
	s.work.Wait()
	return errors.Join(errs...)
}
