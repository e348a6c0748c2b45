//go:build unix

package sshexec_test

import (
	"context"
	"errors"
	"io/fs"
	"net"
	"os/exec"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/infill-go/infill/async/sshexec"
)

var web1 = sshexec.Host{Name: "web1"}

// echoArgs is an ssh that prints its arguments.
func echoArgs(t *testing.T) string {
	return program(t, `printf '%s\n' "$@"`)
}

func argsOf(t *testing.T, ssh sshexec.SSH, host sshexec.Host, argv ...string) []string {
	t.Helper()
	ssh.Program = echoArgs(t)
	out, err := ssh.Run(context.Background(), host, argv...)
	if err != nil {
		t.Fatal(err)
	}
	return strings.Split(strings.TrimSuffix(string(out.Stdout), "\n"), "\n")
}

func TestSSHArguments(t *testing.T) {
	got := argsOf(t, sshexec.SSH{}, web1, "ps", "-e", "it's")
	want := strings.Fields(`-T -n -o ConnectTimeout=5 -o BatchMode=yes -o StrictHostKeyChecking=yes -o ConnectionAttempts=1
		-o ServerAliveInterval=5 -o ServerAliveCountMax=2 -o ClearAllForwardings=yes -o ForwardAgent=no -o ForwardX11=no
		-o GSSAPIDelegateCredentials=no -o Tunnel=no -o PermitLocalCommand=no -o RemoteCommand=none -o ControlMaster=no
		-o ControlPath=none -o UpdateHostKeys=no -o AddKeysToAgent=no -o LogLevel=ERROR -o ForkAfterAuthentication=no
		-o SessionType=default -- web1`)
	want = append(want, `'ps' '-e' 'it'\''s'`)
	if !slices.Equal(got, want) {
		t.Errorf("got  %q\nwant %q", got, want)
	}

	got = argsOf(t, sshexec.SSH{Config: "c f", Identity: "id 1", KnownHosts: "k h", ConnectTimeout: 1100 * time.Millisecond},
		sshexec.Host{User: "u", Name: "::1", Port: 2222}, "ps")
	for _, part := range [][]string{{"-F", "c f", "-T", "-n"}, {"-o", "ConnectTimeout=2"}, {"-o", "IdentitiesOnly=yes"},
		{"-o", `UserKnownHostsFile="k h"`}, {"-i", "id 1", "-p", "2222", "-l", "u", "--", "::1", "'ps'"}} {
		if !strings.Contains(strings.Join(got, "\n")+"\n", strings.Join(part, "\n")+"\n") {
			t.Errorf("%q does not contain %q", got, part)
		}
	}
}

func TestSSHConnectTimeoutInWholeSeconds(t *testing.T) {
	for timeout, want := range map[time.Duration]string{0: "5", 1: "1", time.Second: "1", time.Second + 1: "2", 3 * time.Second: "3",
		time.Duration(1<<63 - 1): "2147483647"} {
		if got := argsOf(t, sshexec.SSH{ConnectTimeout: timeout}, web1, "ps"); !slices.Contains(got, "ConnectTimeout="+want) {
			t.Errorf("%v: got %q, want %s seconds", timeout, got[3], want)
		}
	}
}

func TestSSHRefusesBeforeAnythingRuns(t *testing.T) {
	fake, ran := recorder(t)
	for _, c := range []struct {
		ssh  sshexec.SSH
		argv []string
		want string
	}{
		{argv: nil, want: "argv is empty"},
		{argv: []string{"", "x"}, want: "argv is empty"},
		{argv: []string{"ps", "a\x00b"}, want: "argument 1 holds a NUL"},
		{argv: []string{"ps", "x", "a\nb"}, want: "sshexec: ps: argument 2 holds a newline"},
		{argv: []string{"\n"}, want: "argument 0 holds a newline"},
		{ssh: sshexec.SSH{Timeout: -1}, argv: []string{"ps"}, want: "SSH.Timeout is -1ns"},
		{ssh: sshexec.SSH{ConnectTimeout: -1}, argv: []string{"ps"}, want: "SSH.ConnectTimeout is -1ns"},
		{ssh: sshexec.SSH{MaxStdout: -1}, argv: []string{"ps"}, want: "SSH.MaxStdout is -1"},
		{ssh: sshexec.SSH{MaxStderr: -1}, argv: []string{"ps"}, want: "SSH.MaxStderr is -1"},
		{ssh: sshexec.SSH{Identity: "a%h"}, argv: []string{"ps"}, want: `SSH.Identity "a%h" has '%' at byte 1`},
		{ssh: sshexec.SSH{Identity: "${HOME}"}, argv: []string{"ps"}, want: "SSH.Identity"},
		{ssh: sshexec.SSH{KnownHosts: `a"b`}, argv: []string{"ps"}, want: "SSH.KnownHosts"},
		{ssh: sshexec.SSH{KnownHosts: "a\nb"}, argv: []string{"ps"}, want: "SSH.KnownHosts"},
		{ssh: sshexec.SSH{KnownHosts: `a\b`}, argv: []string{"ps"}, want: "SSH.KnownHosts"},
		{ssh: sshexec.SSH{Config: "a\x00b"}, argv: []string{"ps"}, want: "SSH.Config"},
	} {
		c.ssh.Program = fake
		if _, err := c.ssh.Run(context.Background(), web1, c.argv...); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%+v %q: got %v, want %q", c.ssh, c.argv, err, c.want)
		}
	}
	if _, err := (sshexec.SSH{Program: fake}).Run(context.Background(), sshexec.Host{}, "ps"); err == nil {
		t.Error("the zero Host was not refused")
	}
	if ran() {
		t.Error("ssh was executed")
	}
}

func TestSSHMissingClient(t *testing.T) {
	t.Setenv("PATH", t.TempDir())
	_, err := sshexec.SSH{}.Run(context.Background(), web1, "ps")
	if !errors.Is(err, exec.ErrNotFound) {
		t.Fatalf("got %v", err)
	}
	mustContain(t, err.Error(), "program ssh is missing", "openssh-client")
	_, err = sshexec.SSH{Program: "/no/such/ssh"}.Run(context.Background(), web1, "ps")
	if !errors.Is(err, fs.ErrNotExist) {
		t.Fatalf("got %v", err)
	}
	mustContain(t, err.Error(), "program /no/such/ssh is missing")
}

func TestSSHClientEnvironment(t *testing.T) {
	t.Setenv("SSH_AUTH_SOCK", "/agent")
	t.Setenv("SSH_ASKPASS", "/askpass")
	t.Setenv("DISPLAY", ":0")
	env := program(t, requireProgram(t, "env"))
	out, err := sshexec.SSH{Program: env}.Run(context.Background(), web1, "ps")
	if err != nil {
		t.Fatal(err)
	}
	mustContain(t, string(out.Stdout), "SSH_AUTH_SOCK=/agent\n", "LANG=C.UTF-8\n")
	if strings.Contains(string(out.Stdout), "ASKPASS") || strings.Contains(string(out.Stdout), "DISPLAY") {
		t.Errorf("got %s", out.Stdout)
	}
	out, err = sshexec.SSH{Program: env, Env: []string{"A=1"}}.Run(context.Background(), web1, "ps")
	if err != nil || !strings.Contains(string(out.Stdout), "A=1\n") || strings.Contains(string(out.Stdout), "SSH_AUTH_SOCK") {
		t.Errorf("got %s, %v", out.Stdout, err)
	}
}

// An OpenSSH before 8.7 ends before it connects if it is given the options of 8.7.
func TestSSHOldClient(t *testing.T) {
	old := program(t, `for arg; do
case $arg in ForkAfter*) printf 'command-line: line 0: Bad configuration option: forkafterauthentication\r\n' >&2; exit 255;; esac
done
echo run >> "$0.runs"; cat "$0.runs"`)
	out, err := sshexec.SSH{Program: old}.Run(context.Background(), web1, "ps")
	if err != nil || string(out.Stdout) != "run\n" {
		t.Errorf("got %q, %v; want one run", out.Stdout, err)
	}
	// Another bad option is not ours to repair.
	bad := program(t, `echo run >> "$0.runs"; echo 'command-line: line 0: Bad configuration option: foo' >&2; cat "$0.runs" >&2; exit 255`)
	_, err = sshexec.SSH{Program: bad}.Run(context.Background(), web1, "ps")
	if exit := exitError(t, err); exit.Code != 255 || strings.Count(exit.Stderr, "run") != 1 {
		t.Errorf("got %+v", exit)
	}
}

// The words are those of OpenSSH; TestSSHServer and TestSSHBlackHole see most of them come
// from the real one.
func TestSSHFailuresAreExplained(t *testing.T) {
	for _, c := range []struct {
		stderr, want string
		deadline     bool
	}{
		{"ssh: connect to host web1 port 22: Connection timed out", "no answer within 5s (SSH.ConnectTimeout)", true},
		{"ssh: connect to host web1 port 22: Operation timed out\\r", "no answer within 5s (SSH.ConnectTimeout)", true},
		{"Connection timed out during banner exchange\\r\\nConnection to 127.0.0.1 port 1 timed out", "no answer within 5s", true},
		{"", "ssh gave no reason", false},
		{"Host key verification failed.", "known hosts", false},
		{"u@web1: Permission denied (publickey,password).", "login was refused", false},
		{"ssh: connect to host web1 port 22: Connection refused", "ssh's own, or the command's", false},
		{"my job timed out", "ssh's own, or the command's", false},
	} {
		fake := program(t, "printf '"+c.stderr+"\\n' >&2; exit 255")
		_, err := sshexec.SSH{Program: fake}.Run(context.Background(), web1, "ps")
		if exit := exitError(t, err); exit.Code != 255 || errors.Is(err, context.DeadlineExceeded) != c.deadline {
			t.Errorf("%q: got %+v", c.stderr, exit)
		}
		mustContain(t, err.Error(), "ps on web1: exit status 255", c.want)
	}
	// The same words with another status are the command's.
	fake := program(t, "echo 'Host key verification failed.' >&2; exit 1")
	if _, err := (sshexec.SSH{Program: fake}).Run(context.Background(), web1, "ps"); exitError(t, err).Err != nil {
		t.Errorf("got %v", err)
	}
}

// A black hole accepts connections and says nothing: ssh's defaults wait for ever.
func TestSSHBlackHole(t *testing.T) {
	requireProgram(t, "ssh")
	port := blackHole(t)
	m := newMark()
	start := time.Now()
	_, err := sshexec.SSH{Timeout: patience, ConnectTimeout: time.Second, Config: "none", Env: m.env()}.
		Run(context.Background(), sshexec.Host{Name: "127.0.0.1", Port: port}, "ps")
	if took := time.Since(start); took > 2*time.Second {
		t.Errorf("returned after %v, want at most ConnectTimeout + 1 s", took)
	}
	if exit := exitError(t, err); exit.Code != 255 || !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("got %+v", exit)
	}
	mustContain(t, err.Error(), "no answer within 1s (SSH.ConnectTimeout)")
	m.gone(t)
}

func blackHole(t *testing.T) (port int) {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			defer conn.Close()
		}
	}()
	t.Cleanup(func() { listener.Close(); <-done })
	return listener.Addr().(*net.TCPAddr).Port
}

func TestSSHConnectionRefused(t *testing.T) {
	requireProgram(t, "ssh")
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	port := listener.Addr().(*net.TCPAddr).Port
	listener.Close()
	_, err = sshexec.SSH{Config: "none"}.Run(context.Background(), sshexec.Host{Name: "127.0.0.1", Port: port}, "ps")
	if exit := exitError(t, err); exit.Code != 255 || exit.Err != nil {
		t.Errorf("got %+v", exit)
	}
	mustContain(t, err.Error(), "Connection refused")
}
