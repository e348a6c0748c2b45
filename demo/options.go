package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"net"
	"os"
	"strconv"
	"time"

	"github.com/infill-go/infill/async/sshexec"
)

const (
	defaultAddress = "127.0.0.1:8080"
	defaultSlow    = 1500 * time.Millisecond
	// maxSlow leaves a run, which may take runTimeout, the time for its connection.
	maxSlow = 8 * time.Second
)

// options are what the command line says.
type options struct {
	address    string
	hosts      []Host // none: the embedded server's
	identity   string
	knownHosts string
	slow       time.Duration
}

// parseOptions reads the command line. Help and usage are written to stderr; errors are not: the caller prints them.
func parseOptions(args []string, stderr io.Writer) (options, error) {
	var o options
	var addresses []sshexec.Host
	flags := flag.NewFlagSet("demo", flag.ContinueOnError)
	flags.SetOutput(io.Discard)
	flags.StringVar(&o.address, "addr", defaultAddress, "`address` to serve the dashboard on; port 0 is a free one")
	flags.StringVar(&o.identity, "identity", "", "private key `file` for ssh, in addition to those of its configuration")
	flags.StringVar(&o.knownHosts, "known-hosts", "", "`file` with the keys of the hosts, instead of ~/.ssh/known_hosts")
	flags.DurationVar(&o.slow, "slow", defaultSlow, "how slow the embedded hosts are at most")
	flags.Func("host", "a `[user@]name[:port]` to show; repeat it for more (default: three hosts played by an embedded ssh server)", func(s string) error {
		address, err := sshexec.ParseHost(s)
		addresses = append(addresses, address)
		return err
	})
	if err := flags.Parse(args); err != nil {
		if errors.Is(err, flag.ErrHelp) {
			flags.SetOutput(stderr)
			fmt.Fprintln(stderr, "Infill's demo: a dashboard of hosts, filled in over ssh.\n\nFlags:")
			flags.PrintDefaults()
		}
		return options{}, err
	}
	if flags.NArg() > 0 {
		return options{}, fmt.Errorf("%q is not a flag; a host is given as -host %[1]s", flags.Arg(0))
	}
	given := make(map[string]bool)
	flags.Visit(func(f *flag.Flag) { given[f.Name] = true })
	var err error
	if o.hosts, err = identify(addresses); err != nil {
		return options{}, err
	}
	return o, o.check(given)
}

// check reports everything that is wrong at once.
func (o options) check(given map[string]bool) error {
	errs := []error{checkAddress(o.address)}
	if o.slow < 0 || o.slow > maxSlow {
		errs = append(errs, fmt.Errorf("-slow %v: it must be from 0 to %v", o.slow, maxSlow))
	}
	for _, file := range []struct{ flag, path string }{{"identity", o.identity}, {"known-hosts", o.knownHosts}} {
		switch {
		case !given[file.flag]:
		case len(o.hosts) == 0:
			errs = append(errs, fmt.Errorf("-%s is for hosts given with -host; the embedded ones have their own", file.flag))
		default:
			errs = append(errs, checkFile(file.flag, file.path))
		}
	}
	if given["slow"] && len(o.hosts) > 0 {
		errs = append(errs, errors.New("-slow is for the embedded hosts; those given with -host are as slow as they are"))
	}
	return errors.Join(errs...)
}

func checkAddress(address string) error {
	_, port, err := net.SplitHostPort(address)
	if err != nil {
		return fmt.Errorf("-addr %q: want ADDRESS:PORT, such as %s", address, defaultAddress)
	}
	if number, err := strconv.ParseUint(port, 10, 16); err != nil {
		return fmt.Errorf("-addr %q: the port must be from 0 to 65535, such as %s", address, defaultAddress)
	} else if strconv.FormatUint(number, 10) != port {
		return fmt.Errorf("-addr %q: write the port as %d", address, number)
	}
	return nil
}

// checkFile finds out now what ssh would say in each block later.
func checkFile(name, path string) error {
	file, err := os.Open(path)
	if err != nil {
		return fmt.Errorf("-%s: %w", name, err)
	}
	defer file.Close()
	info, err := file.Stat()
	if err != nil {
		return fmt.Errorf("-%s: %w", name, err)
	}
	if !info.Mode().IsRegular() {
		return fmt.Errorf("-%s %s: this is not a regular file", name, path)
	}
	return nil
}
