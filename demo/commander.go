package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"os/exec"
	"time"

	"github.com/infill-go/infill/async/sshexec"
	"github.com/infill-go/infill/demo/internal/metrics"
	"github.com/infill-go/infill/demo/internal/sshd"
)

// commander runs the dashboard's commands in one of three ways: on the hosts of the command line, on those that the
// embedded ssh server plays, or, where the ssh program is missing, right here.
type commander struct {
	run    func(ctx context.Context, host Host, argv ...string) (sshexec.Output, error)
	hosts  []Host
	how    string // for the line that is printed at the start
	notice string // for the page; empty if there is nothing to say
	close  func() error
}

// played are the hosts of the embedded server.
var played = []string{"alpha", "beta", "gamma"}

const installSSH = "install the package openssh-client (apt install openssh-client)"

func newCommander(o options, logger *slog.Logger) (*commander, error) {
	_, err := exec.LookPath("ssh")
	switch {
	case len(o.hosts) > 0 && err != nil:
		return nil, fmt.Errorf("the program ssh is needed to reach the hosts: %s", installSSH)
	case len(o.hosts) > 0:
		return overSSH(o), nil
	case err != nil:
		return locally(o.slow), nil
	}
	return embedded(func(ctx context.Context, host string, argv []string) {
		pause(ctx, slowness(host, argv, o.slow))
	}, logger)
}

// overSSH runs the commands on the hosts of the command line.
func overSSH(o options) *commander {
	client := sshexec.SSH{Timeout: runTimeout, Identity: o.identity, KnownHosts: o.knownHosts}
	return &commander{
		run: func(ctx context.Context, host Host, argv ...string) (sshexec.Output, error) {
			return client.Run(ctx, host.Address, argv...)
		},
		hosts: o.hosts,
		how:   "over ssh",
		close: func() error { return nil },
	}
}

// embedded starts the ssh server and makes the folder with the keys that reach it. The server calls delay before each
// command.
func embedded(delay func(ctx context.Context, host string, argv []string), logger *slog.Logger) (*commander, error) {
	// MkdirTemp makes it for its owner only.
	dir, err := os.MkdirTemp("", "infill-demo-")
	if err != nil {
		return nil, fmt.Errorf("a folder for the keys of the embedded ssh server: %w", err)
	}
	remove := func() error { return os.RemoveAll(dir) }
	server, err := sshd.Start(sshd.Config{
		Hosts: played,
		Commands: [][]string{
			metrics.LoadArgv(), metrics.MemoryArgv(), metrics.DiskArgv(), metrics.ProcessArgv(), metrics.UptimeArgv(),
		},
		Pause:  delay,
		Logger: logger,
	})
	if err != nil {
		return nil, errors.Join(err, remove())
	}
	files, err := server.WriteClientFiles(dir)
	if err != nil {
		return nil, errors.Join(err, server.Close(), remove())
	}
	client := sshexec.SSH{Timeout: runTimeout, Config: files.Config}
	return &commander{
		run: func(ctx context.Context, host Host, argv ...string) (sshexec.Output, error) {
			return client.Run(ctx, host.Address, argv...)
		},
		hosts:  playedHosts(),
		how:    "embedded ssh server",
		notice: "alpha, beta and gamma are played by an ssh server inside this program: it runs the commands on this machine, and takes its time on purpose.",
		close:  func() error { return errors.Join(server.Close(), remove()) },
	}, nil
}

// locally runs the commands without ssh, as slowly as the embedded hosts would.
func locally(slow time.Duration) *commander {
	return &commander{
		run: func(ctx context.Context, host Host, argv ...string) (sshexec.Output, error) {
			pause(ctx, slowness(host.Address.Name, argv, slow))
			return sshexec.Local{Timeout: runTimeout}.Run(ctx, argv...)
		},
		hosts:  playedHosts(),
		how:    "the program ssh is missing: commands run on this machine, without it; " + installSSH,
		notice: "The program ssh is missing, so alpha, beta and gamma are this machine, and the commands run without it. To see the real thing, " + installSSH + ".",
		close:  func() error { return nil },
	}
}

func playedHosts() []Host {
	hosts := make([]Host, len(played))
	for i, name := range played {
		hosts[i] = Host{ID: name, Label: name, Address: sshexec.Host{Name: name}}
	}
	return hosts
}
