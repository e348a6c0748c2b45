// Command demo is a dashboard of hosts: load, memory, disks, busiest processes and uptime, each the output of a command
// over ssh, and each filled in when it is there. The page waits for none of them.
//
//	go run ./demo
//	go run ./demo -host web1 -host root@web2:2222
//
// Without -host it brings its own ssh server, which plays three slow hosts on this machine.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/signal"
	"syscall"
)

func main() {
	o, err := parseOptions(os.Args[1:], os.Stderr)
	switch {
	case errors.Is(err, flag.ErrHelp):
		return
	case err != nil:
		fmt.Fprintf(os.Stderr, "demo: %v\nRun it with -help for the flags.\n", err)
		os.Exit(2)
	}
	// The signals stay caught until the end: a second, impatient Ctrl-C must not leave the keys behind. The
	// end has deadlines of its own.
	ctx, stop := signal.NotifyContext(context.Background(), endSignals()...)
	defer stop()
	surviveBrokenPipes()
	logger := slog.New(slog.NewTextHandler(os.Stderr, nil))
	if err := run(ctx, o, os.Stdout, logger); err != nil {
		fmt.Fprintln(os.Stderr, "demo:", err)
		os.Exit(1)
	}
}

// endSignals are those that end the program in order. A terminal that is closed sends SIGHUP, which nohup has the
// program ignore.
func endSignals() []os.Signal {
	signals := []os.Signal{os.Interrupt, syscall.SIGTERM}
	if !signal.Ignored(syscall.SIGHUP) {
		signals = append(signals, syscall.SIGHUP)
	}
	return signals
}

// surviveBrokenPipes keeps the program from being killed, with its keys left behind, by a write to a log that nobody reads
// any more (demo 2>&1 | head -1). The signal is caught and not ignored, since the commands would inherit that; and it ends
// nothing, since once it is caught it comes for a browser that has left, too.
func surviveBrokenPipes() { signal.Notify(make(chan os.Signal, 1), syscall.SIGPIPE) }

// run serves the dashboard until ctx ends.
func run(ctx context.Context, o options, stdout io.Writer, logger *slog.Logger) error {
	commander, err := newCommander(o, logger)
	if err != nil {
		return err
	}
	service, err := start(o.address, commander, usualPace, logger)
	if err != nil {
		return errors.Join(err, commander.close())
	}
	fmt.Fprintf(stdout, "Infill dashboard on %s (hosts: %s; %s)\n", service.url(), labels(commander.hosts), commander.how)
	select {
	case <-ctx.Done():
		logger.Info("stopping")
	case err = <-service.failed:
	}
	return errors.Join(err, service.stop())
}
