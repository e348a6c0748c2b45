package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/infill-go/infill/async"
)

// How long each part of the end may take. Blocks that are under way are not waited for much longer: nobody is there
// to look at them.
const (
	shutdownTimeout = time.Second
	closeTimeout    = 500 * time.Millisecond
)

// service is the running dashboard.
type service struct {
	commander *commander
	dashboard *dashboard
	group     *async.Group
	server    *http.Server
	listener  net.Listener
	failed    chan error // gets the error if the server ends by itself
	serving   sync.WaitGroup
	logger    *slog.Logger
}

// start begins to serve. The commander stays the caller's if it fails.
func start(address string, c *commander, p pace, logger *slog.Logger) (*service, error) {
	s := &service{commander: c, group: &async.Group{Logger: logger}, failed: make(chan error, 1), logger: logger}
	var err error
	if s.dashboard, err = newDashboard(s.group, c, p); err == nil {
		s.listener, err = listen(address)
	}
	if err != nil {
		return nil, errors.Join(err, s.group.Close(context.Background()))
	}
	tcp, ok := s.listener.Addr().(*net.TCPAddr)
	local := ok && tcp.IP.IsLoopback()
	if !local {
		logger.Warn("the dashboard can be seen from other machines, and asks nobody for a password", "address", s.listener.Addr())
	}
	s.server = newServer(s.dashboard.handler(local), logger)
	s.serving.Go(func() {
		if err := s.server.Serve(s.listener); !errors.Is(err, http.ErrServerClosed) {
			s.failed <- err
		}
	})
	return s, nil
}

func listen(address string) (net.Listener, error) {
	listener, err := net.Listen("tcp", address)
	switch {
	case errors.Is(err, syscall.EADDRINUSE):
		return nil, fmt.Errorf("-addr %s: another program listens there; choose another port, or 0 for a free one", address)
	case errors.Is(err, syscall.EACCES):
		return nil, fmt.Errorf("-addr %s: not permitted; choose a port from 1024 up, or 0 for a free one", address)
	case err != nil:
		return nil, fmt.Errorf("-addr %s: %w", address, err)
	}
	return listener, nil
}

func (s *service) url() string { return "http://" + s.listener.Addr().String() + "/" }

// stop ends everything in the order in which one needs the other: no page comes any more, and no block asks a host, so that
// the pages that wait for blocks end; then the hosts end, and the keys are removed. Each step is made whatever became of the
// one before.
func (s *service) stop() error {
	ctx, cancel := context.WithTimeout(context.Background(), shutdownTimeout)
	defer cancel()
	ended := make(chan error, 1)
	go func() { ended <- s.server.Shutdown(ctx) }()
	s.closeGroup()
	err := <-ended
	if errors.Is(err, context.DeadlineExceeded) {
		// A browser opens connections in advance, and Shutdown waits for one that is new: no failure.
		s.logger.Info("connections on which no request came are closed")
		err = s.server.Close()
	}
	if err != nil {
		err = fmt.Errorf("ending the server: %w", err)
	}
	s.serving.Wait()
	s.tellNumbers()
	return errors.Join(err, s.commander.close())
}

// tellNumbers logs what became of each block.
func (s *service) tellNumbers() {
	for _, of := range s.group.Stats() {
		s.logger.Info("numbers", "block", of.Name,
			"shown", of.Hits+of.StaleHits, "waiting", of.Defaults, "runs", of.Runs, "failed", of.Failures, "usually", of.UsualDuration)
	}
}

// closeGroup names what was lost in the log. It is no failure: blocks are under way most of the time.
func (s *service) closeGroup() {
	ctx, cancel := context.WithTimeout(context.Background(), closeTimeout)
	defer cancel()
	var lost *async.LostError
	if err := s.group.Close(ctx); errors.As(err, &lost) {
		s.logger.Info("lost at the end", "runs", strings.Join(lost.Runs, "; "))
	} else if err != nil {
		s.logger.Error("the blocks did not end", "error", err)
	}
}

func labels(hosts []Host) string {
	names := make([]string, len(hosts))
	for i, host := range hosts {
		names[i] = host.Label
	}
	return strings.Join(names, ", ")
}
