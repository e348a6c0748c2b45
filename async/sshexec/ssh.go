package sshexec

import (
	"context"
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"
)

const (
	defaultSSH            = "ssh"
	defaultConnectTimeout = 5 * time.Second
)

// SSH runs commands on other machines with the installed OpenSSH client. Its zero value is
// ready for use; it is never changed, so many goroutines may use one at a time.
//
// The user's and the system's ssh configuration are honoured in what says how a host is reached
// and known (aliases, HostName, User, Port, ProxyJump, keys, algorithms) and overridden in what
// would ask, wait, forward, share or leave something behind. The host's key must be known
// already: there is nobody to ask. The ssh that a ProxyJump starts has the configuration's
// settings only.
//
// The far login shell must be a POSIX one (sh, bash, dash, zsh, ksh): csh and fish read
// quotes in another way. It may read start-up files (bash: ~/.bashrc), which take their time
// from Timeout and must print nothing.
type SSH struct {
	Timeout   time.Duration // the longest a run may take, connecting included; zero is 10 seconds
	MaxStdout int           // bytes of standard output; zero is 1 MiB
	MaxStderr int           // bytes of standard error; zero is 1 MiB

	// ConnectTimeout is how long reaching the host and its first answer may take, rounded up
	// to whole seconds; zero is 5 seconds. Looking up a name and logging in are not in it, only
	// in Timeout.
	ConnectTimeout time.Duration

	// Identity is the private key file; ~ is understood. The agent's keys are then offered only
	// if this or the configuration names them. Empty leaves the choice to ssh.
	Identity string

	// KnownHosts is the file of known host keys, instead of ~/.ssh/known_hosts.
	KnownHosts string

	// Config is the configuration file, instead of ~/.ssh/config and the system's; "none"
	// reads neither.
	Config string

	// Program is the ssh client; empty is "ssh", looked up in PATH.
	Program string

	// Env is the whole environment of the ssh client, as "name=value". Nil is as in Local,
	// with SSH_AUTH_SOCK, so that the agent can be used; an empty slice is none at all.
	Env []string
}

// Run executes argv on the host, waits for its end and returns what it printed. Each word is
// quoted for the far shell, so argv means there what it means here; for a pipeline write
// "sh", "-c", "…". Newlines and NULs in argv are refused.
//
// Errors are as of Local.Run; an ExitError with Code 255 is ssh's own failure or the command's,
// and its Err is set where ssh's words tell which. A bad host, argv or option is refused before
// anything is executed.
func (s SSH) Run(ctx context.Context, host Host, argv ...string) (Output, error) {
	if err := host.validate(); err != nil {
		return Output{}, err
	}
	if err := checkArgv(argv); err != nil {
		return Output{}, err
	}
	command, err := remoteCommand(argv)
	if err != nil {
		return Output{}, err
	}
	run, err := s.job(host, argv[0])
	if err != nil {
		return Output{}, err
	}
	client := s.client()
	run.argv = client.argv(recentOptions, host, command)
	out, err := run.run(ctx)
	if refusedRecent(out, err) {
		run.argv = client.argv(nil, host, command)
		out, err = run.run(ctx)
	}
	return out, client.explain(out, err)
}

func (s SSH) job(host Host, program string) (job, error) {
	if err := s.check(); err != nil {
		return job{}, err
	}
	limits, err := limits{owner: "SSH", timeout: s.Timeout, maxStdout: s.MaxStdout, maxStderr: s.MaxStderr}.complete()
	if err != nil {
		return job{}, err
	}
	env := s.Env
	if env == nil {
		env = smallEnv("SSH_AUTH_SOCK")
	}
	return job{program: program, host: host.String(), env: env, limits: limits}, nil
}

func (s SSH) check() error {
	if s.ConnectTimeout < 0 {
		return fmt.Errorf("sshexec: SSH.ConnectTimeout is %v: it must not be negative; zero is %v", s.ConnectTimeout, defaultConnectTimeout)
	}
	for _, file := range []struct{ field, path string }{{"Identity", s.Identity}, {"KnownHosts", s.KnownHosts}} {
		if err := checkPath(file.field, file.path); err != nil {
			return err
		}
	}
	if strings.ContainsRune(s.Config, 0) || strings.ContainsRune(s.Program, 0) {
		return fmt.Errorf("sshexec: SSH.Config and SSH.Program must not hold a NUL byte")
	}
	return nil
}

// checkPath refuses what ssh would expand (%h, ${HOME}) or its option parser take apart.
func checkPath(field, path string) error {
	for i, r := range path {
		if r < ' ' || r == 0x7f || strings.ContainsRune(`"'\%$`, r) {
			return fmt.Errorf("sshexec: SSH.%s %s has %q at byte %d, which ssh reads as syntax; use a path without control characters, quotes, backslash, %% and $",
				field, shortQuote(path), r, i)
		}
	}
	return nil
}

// client is an SSH with its defaults in place.
func (s SSH) client() SSH {
	if s.Program == "" {
		s.Program = defaultSSH
	}
	if s.ConnectTimeout == 0 {
		s.ConnectTimeout = defaultConnectTimeout
	}
	return s
}

func (s SSH) connectSeconds() int {
	return int(min(math.Ceil(s.ConnectTimeout.Seconds()), math.MaxInt32))
}

func (s SSH) argv(recent []string, host Host, command string) []string {
	argv := []string{s.Program}
	if s.Config != "" {
		argv = append(argv, "-F", s.Config)
	}
	argv = append(argv, "-T", "-n")
	for _, option := range append(s.options(), recent...) {
		argv = append(argv, "-o", option)
	}
	if s.Identity != "" {
		argv = append(argv, "-i", s.Identity)
	}
	if host.Port != 0 {
		argv = append(argv, "-p", strconv.Itoa(host.Port))
	}
	if host.User != "" {
		argv = append(argv, "-l", host.User)
	}
	return append(argv, "--", host.Name, command)
}
