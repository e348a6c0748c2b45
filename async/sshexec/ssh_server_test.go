//go:build unix

package sshexec_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/infill-go/infill/async/sshexec"
)

// TestSSHServer runs commands over the installed OpenSSH, client and server.
func TestSSHServer(t *testing.T) {
	t.Parallel()
	server := startSSHServer(t)
	for _, c := range []struct {
		name string
		test func(*testing.T, *sshServer)
	}{
		{"output", testSSHOutput},
		{"exit status", testSSHExitStatus},
		{"quoting", testSSHQuoting},
		{"unknown host key", testSSHUnknownHostKey},
		{"refused login", testSSHRefusedLogin},
		{"options as hosts", testSSHOptionsAsHosts},
		{"truncated", testSSHTruncated},
		{"cancel", testSSHCancel},
		{"configuration", testSSHConfiguration},
		{"jump host", testSSHJumpHost},
		{"concurrent", testSSHConcurrent},
		{"server killed", testSSHServerKilled}, // the last: it kills all connections
	} {
		t.Run(c.name, func(t *testing.T) { c.test(t, server) })
	}
}

func testSSHOutput(t *testing.T, server *sshServer) {
	out, err := server.client().Run(context.Background(), server.host, "sh", "-c", "echo out; echo err >&2; cat")
	if err != nil || string(out.Stdout) != "out\n" || string(out.Stderr) != "err\n" || out.Truncated || out.Duration <= 0 {
		t.Fatalf("got %q, %q, %+v, %v", out.Stdout, out.Stderr, out, err)
	}
}

func testSSHExitStatus(t *testing.T, server *sshServer) {
	out, err := server.client().Run(context.Background(), server.host, "sh", "-c", "echo some; printf 'bad \\033[2J' >&2; exit 7")
	exit := exitError(t, err)
	if exit.Code != 7 || exit.Program != "sh" || exit.Host != server.host.String() || exit.Stderr != "bad \uFFFD[2J" || exit.Err != nil || string(out.Stdout) != "some\n" {
		t.Errorf("got %+v, %q", exit, out.Stdout)
	}
	mustContain(t, err.Error(), "sshexec: sh on "+server.host.String()+": exit status 7 after ", "; stderr: bad")

	_, err = server.client().Run(context.Background(), server.host, "no-such-program-here")
	if exit = exitError(t, err); exit.Code != 127 {
		t.Errorf("got %+v", exit)
	}
	_, err = server.client().Run(context.Background(), server.host, "sh", "-c", "kill -KILL $$")
	if exit = exitError(t, err); exit.Code != 255 {
		t.Errorf("got %+v", exit)
	}
	mustContain(t, err.Error(), "ssh gave no reason", "ended by a signal")
}

// testSSHQuoting sends every byte but NUL and newline, alone and all together, and words that
// a shell would take for something else.
func testSSHQuoting(t *testing.T, server *sshServer) {
	var all []byte
	var words []string
	for b := 1; b < 256; b++ {
		if b != '\n' {
			all = append(all, byte(b))
			words = append(words, string([]byte{byte(b)}))
		}
	}
	words = append(words, string(all), "", "''", `'\''`, `"'"'"'`, "$(id)", "`id`", "${PATH}", "~", "a=b", "*", "-n", "!!", `\`, `\'`, "# x", "&& id", strings.Repeat("'", 1000))
	out, err := server.client().Run(context.Background(), server.host, append([]string{"printf", `%s\0`}, words...)...)
	if err != nil {
		t.Fatal(err)
	}
	got := strings.Split(strings.TrimSuffix(string(out.Stdout), "\x00"), "\x00")
	if len(got) != len(words) {
		t.Fatalf("got %d words, want %d", len(got), len(words))
	}
	for i := range words {
		if got[i] != words[i] {
			t.Errorf("sent %q, got %q", words[i], got[i])
		}
	}
}

func testSSHUnknownHostKey(t *testing.T, server *sshServer) {
	client := server.client()
	client.KnownHosts = server.path("empty_hosts")
	server.write(t, "empty_hosts", "")
	_, err := client.Run(context.Background(), server.host, "touch", server.path("reached"))
	if exit := exitError(t, err); exit.Code != 255 {
		t.Errorf("no key: got %+v", exit)
	}
	mustContain(t, err.Error(), "Host key verification failed", "the host's key is not in the known hosts file")
	if server.read(t, "empty_hosts") != "" {
		t.Error("the unknown key was written to the file")
	}

	client.KnownHosts = server.path("other_hosts")
	_, err = client.Run(context.Background(), server.host, "touch", server.path("reached"))
	mustContain(t, exitError(t, err).Error(), "Host key verification failed", "or is another than there")
	if _, err := os.Stat(server.path("reached")); err == nil {
		t.Error("the command was executed")
	}
}

func testSSHRefusedLogin(t *testing.T, server *sshServer) {
	client := server.client()
	client.Identity = server.path("stranger")
	_, err := client.Run(context.Background(), server.host, "touch", server.path("reached"))
	if exit := exitError(t, err); exit.Code != 255 {
		t.Errorf("got %+v", exit)
	}
	mustContain(t, err.Error(), "Permission denied", "the login was refused; set SSH.Identity")
	if _, err := os.Stat(server.path("reached")); err == nil {
		t.Error("the command was executed")
	}
}

func testSSHOptionsAsHosts(t *testing.T, server *sshServer) {
	reached := server.path("injected")
	for _, name := range []string{"-oProxyCommand=touch " + reached, "-oProxyCommand=touch\t" + reached, "-F" + reached, "-E" + reached, "-W127.0.0.1:1"} {
		if _, err := server.client().Run(context.Background(), sshexec.Host{Name: name}, "ps"); err == nil || !strings.Contains(err.Error(), "begins with '-'") {
			t.Errorf("%q: got %v", name, err)
		}
	}
	if _, err := os.Stat(reached); err == nil {
		t.Fatal("the option was executed")
	}
	// A command that looks like an option of ssh is a command of the far side.
	_, err := server.client().Run(context.Background(), server.host, "-oProxyCommand=touch "+reached)
	if exit := exitError(t, err); exit.Code != 127 {
		t.Errorf("got %+v", exit)
	}
}

func testSSHTruncated(t *testing.T, server *sshServer) {
	m := newMark()
	client := server.client()
	client.Timeout, client.MaxStdout, client.Env = time.Minute, 1000, m.env()
	out, err := client.Run(context.Background(), server.host, "yes")
	if !errors.Is(err, sshexec.ErrTruncated) || !out.Truncated || string(out.Stdout) != strings.Repeat("y\n", 500) {
		t.Errorf("got %d bytes, %v", len(out.Stdout), err)
	}
	mustContain(t, fmt.Sprint(err), "yes on ", "more than 1000 bytes on standard output (SSH.MaxStdout)")
	m.gone(t)
	// The far yes writes, so the end of the connection ends it too.
	server.sessions.gone(t)
}

func testSSHCancel(t *testing.T, server *sshServer) {
	m := newMark()
	client := server.client()
	client.Timeout, client.Env = time.Minute, m.env()
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	done := inBackground(func() error {
		_, err := client.Run(ctx, server.host, "sleep", "60")
		return err
	})
	eventually(t, "the far command", func() bool { return len(server.sessions.living(t)) > 0 })
	cancel()
	if err := received(t, done); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	m.gone(t)
	server.sessions.killAll(t) // documented: a far command that does not write lives on
	server.sessions.gone(t)
}

func testSSHServerKilled(t *testing.T, server *sshServer) {
	m := newMark()
	client := server.client()
	client.Timeout, client.Env = time.Minute, m.env()
	done := inBackground(func() error {
		_, err := client.Run(context.Background(), server.host, "sleep", "60")
		return err
	})
	// Not before the login is over: ssh gives no reason when it loses the connection then.
	eventually(t, "the far command", func() bool { return len(server.sessions.living(t)) > 0 })
	server.kill()
	exit := exitError(t, received(t, done))
	if exit.Code != 255 || exit.Err != nil {
		t.Errorf("got %+v", exit)
	}
	mustContain(t, exit.Error(), "exit status 255 (ssh's own, or the command's)", "closed by remote host")
	m.gone(t)
}

// testSSHConfiguration has a configuration in which everything that would ask, wait, forward,
// share or leave something is on. The result must be as without it.
func testSSHConfiguration(t *testing.T, server *sshServer) {
	m := newMark()
	defer m.killAll(t)
	ran := server.path("local-command-ran")
	client := server.client()
	client.Env = m.env()
	client.Config = server.config(t,
		"BatchMode no", "StrictHostKeyChecking accept-new", "UpdateHostKeys yes", "ConnectionAttempts 9", "ConnectTimeout 99",
		"PermitLocalCommand yes", "LocalCommand touch "+ran, "RemoteCommand touch "+ran, "RequestTTY force", "StdinNull no",
		"ControlMaster auto", "ControlPath "+server.path("control"), "ControlPersist 10m",
		"ForkAfterAuthentication yes", "SessionType none", "ForwardAgent yes", "ForwardX11 yes", "Tunnel yes",
		"LocalForward 127.0.0.1:1 127.0.0.1:1", "RemoteForward 127.0.0.1:1 127.0.0.1:1", "ExitOnForwardFailure yes",
		"LogLevel DEBUG3", "ServerAliveInterval 0", "AddKeysToAgent yes")
	out, err := client.Run(context.Background(), server.host, "sh", "-c", "echo out; echo err >&2; env | grep -c SSH_AUTH_SOCK; tty")
	if exit := exitError(t, err); exit.Code != 1 || exit.Err != nil {
		t.Errorf("got %+v", exit)
	}
	if string(out.Stdout) != "out\n0\nnot a tty\n" || string(out.Stderr) != "err\n" {
		t.Errorf("got %q, %q", out.Stdout, out.Stderr)
	}
	if _, err := os.Stat(ran); err == nil {
		t.Error("LocalCommand or RemoteCommand was executed")
	}
	// The mark does not find a shared connection's master: it overwrites its environment.
	if _, err := os.Stat(server.path("control")); err == nil {
		t.Error("a shared connection was opened")
	}
	m.gone(t)
}

// testSSHJumpHost: how a host is reached is the configuration's to say. The ssh that reaches
// the jump host is in the group, so it goes with a cancelled run.
func testSSHJumpHost(t *testing.T, server *sshServer) {
	m := newMark()
	client := server.client()
	client.Timeout, client.Env = time.Minute, m.env()
	client.KnownHosts = ""
	client.Config = server.config(t, "HostName 127.0.0.1", fmt.Sprintf("Port %d", server.host.Port), "User "+server.host.User,
		"UserKnownHostsFile "+server.path("known_hosts"), "IdentityFile "+server.path("user"), "Match originalhost inside", "ProxyJump jump")
	inside := sshexec.Host{Name: "inside"}
	out, err := client.Run(context.Background(), inside, "echo", "through")
	if err != nil || string(out.Stdout) != "through\n" {
		t.Fatalf("got %q, %v", out.Stdout, err)
	}
	m.gone(t)

	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	done := inBackground(func() error {
		_, err := client.Run(ctx, inside, "sleep", "60")
		return err
	})
	eventually(t, "the far command", func() bool { return len(server.sessions.living(t)) > 0 })
	if n := len(m.living(t)); n < 2 {
		t.Errorf("%d processes: no ssh to the jump host", n)
	}
	cancel()
	if err := received(t, done); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	m.gone(t)
	server.sessions.killAll(t)
}

func testSSHConcurrent(t *testing.T, server *sshServer) {
	m := newMark()
	client := server.client()
	client.Env = m.env()
	done := make([]<-chan error, 8)
	for i := range done {
		done[i] = inBackground(func() error {
			_, err := client.Run(context.Background(), server.host, "true")
			return err
		})
	}
	for _, ch := range done {
		if err := received(t, ch); err != nil {
			t.Error(err)
		}
	}
	m.gone(t)
}

// config writes a client configuration.
func (s *sshServer) config(t *testing.T, lines ...string) string {
	t.Helper()
	s.write(t, "config", strings.Join(lines, "\n")+"\n")
	return s.path("config")
}

func inBackground(f func() error) <-chan error {
	done := make(chan error, 1)
	go func() { done <- f() }()
	return done
}

func received(t *testing.T, done <-chan error) error {
	t.Helper()
	select {
	case err := <-done:
		return err
	case <-time.After(patience):
		t.Fatalf("Run did not return within %v", patience)
		return nil
	}
}
