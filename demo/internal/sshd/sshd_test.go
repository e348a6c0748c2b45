package sshd

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/infill-go/infill/async/sshexec"
	"golang.org/x/crypto/ssh"
)

// started is a server with the files that reach it.
type started struct {
	*Server
	files ClientFiles
}

func start(t *testing.T, cfg Config) started {
	t.Helper()
	if _, err := exec.LookPath("ssh"); err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatal("the program ssh is missing: install openssh-client")
		}
		t.Skip("the program ssh is missing: install openssh-client")
	}
	if cfg.Hosts == nil {
		cfg.Hosts = []string{"alpha", "beta"}
	}
	cfg.Commands = append(cfg.Commands, []string{"cat", "/proc/version"})
	server, err := Start(cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := server.Close(); err != nil {
			t.Errorf("Close: %v", err)
		}
	})
	files, err := server.WriteClientFiles(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	return started{server, files}
}

// TestMain fails if a goroutine of a server is left when all are closed.
func TestMain(m *testing.M) {
	code := m.Run()
	stacks := make([]byte, 1<<20)
	stacks = stacks[:runtime.Stack(stacks, true)]
	for stack := range bytes.SplitSeq(stacks, []byte("\n\n")) {
		if bytes.Contains(stack, []byte("sshd.(*Server)")) {
			fmt.Fprintf(os.Stderr, "left after Close:\n%s\n", stack)
			code = 1
		}
	}
	os.Exit(code)
}

// run runs a command with the real client, as the dashboard does.
func (s started) run(ctx context.Context, host string, argv ...string) (string, error) {
	out, err := sshexec.SSH{Config: s.files.Config, Timeout: time.Minute}.Run(ctx, sshexec.Host{Name: host}, argv...)
	return string(out.Stdout), err
}

// raw starts the real client with arguments that sshexec would never use.
func (s started) raw(t *testing.T, args ...string) (code int, stdout, stderr string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, "ssh", append([]string{"-F", s.files.Config, "-o", "BatchMode=yes"}, args...)...)
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	err := cmd.Run()
	var exited *exec.ExitError
	if err != nil && !errors.As(err, &exited) {
		t.Fatal(err)
	}
	return cmd.ProcessState.ExitCode(), out.String(), errs.String()
}

func TestAllowedCommand(t *testing.T) {
	s := start(t, Config{})
	want, err := os.ReadFile("/proc/version")
	if err != nil {
		t.Fatal(err)
	}
	for _, host := range []string{"alpha", "beta"} {
		got, err := s.run(t.Context(), host, "cat", "/proc/version")
		if err != nil || got != string(want) {
			t.Errorf("%s: %q, %v; want %q", host, got, err, want)
		}
	}
}

func TestExitStatusAndStandardError(t *testing.T) {
	fails := []string{"sh", "-c", "echo out; echo err >&2; exit 7"}
	killed := []string{"sh", "-c", "kill -9 $$"}
	missing := []string{"there-is-no-such-program"}
	s := start(t, Config{Commands: [][]string{fails, killed, missing}})
	for _, test := range []struct {
		argv   []string
		code   int
		stderr string
	}{
		{fails, 7, "err"},
		{killed, 128 + 9, ""},
		{missing, 127, "there-is-no-such-program is not installed on this machine"},
	} {
		_, err := s.run(t.Context(), "alpha", test.argv...)
		var exited *sshexec.ExitError
		if !errors.As(err, &exited) || exited.Code != test.code || exited.Stderr != test.stderr {
			t.Errorf("%q: %v; want status %d and %q", test.argv, err, test.code, test.stderr)
		}
	}
}

// TestRefusedCommand sends what is not on the list, among it what a shell would run.
func TestRefusedCommand(t *testing.T) {
	s := start(t, Config{})
	proof := filepath.Join(t.TempDir(), "proof")
	for _, line := range []string{
		"id",
		"cat",
		"cat /proc/version /etc/passwd",
		"cat '/proc/version '",
		"/bin/cat /proc/version",
		"",
		"cat /proc/version; touch " + proof,
		"cat /proc/version && touch " + proof,
		"cat /proc/version | tee " + proof,
		"cat /proc/version > " + proof,
		"cat /proc/version $(touch " + proof + ")",
		"cat /proc/version `touch " + proof + "`",
		"cat /proc/version\ntouch " + proof,
		"touch " + proof,
		"sh -c 'touch " + proof + "'",
	} {
		if line == "" {
			continue // the client asks for a shell then: see TestNothingButCommands
		}
		code, stdout, stderr := s.raw(t, "alpha", line)
		if code != statusRefused || stdout != "" || !strings.Contains(stderr, "not permitted") {
			t.Errorf("%q: status %d, %q, %q", line, code, stdout, stderr)
		}
	}
	if _, err := os.Stat(proof); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("a command was run by a shell: %v", err)
	}
}

func TestNothingButCommands(t *testing.T) {
	s := start(t, Config{})
	// A real port to forward to: a refusal must be the ssh server's, not that of a closed port.
	target, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer target.Close()
	for _, test := range []struct {
		name   string
		args   []string
		stderr string
	}{
		{"shell", []string{"alpha"}, "shell request failed"},
		{"terminal and shell", []string{"-tt", "alpha"}, "PTY allocation request failed"},
		{"terminal and a permitted command", []string{"-tt", "alpha", "cat /proc/version"}, "PTY allocation request failed"},
		{"sftp", []string{"-s", "alpha", "sftp"}, "subsystem request failed"},
		{"stdio forwarding", []string{"-W", target.Addr().String(), "alpha"}, "administratively prohibited"},
		{"remote forwarding", []string{"-N", "-o", "ExitOnForwardFailure=yes", "-R", "0:" + target.Addr().String(), "alpha"}, "remote port forwarding failed"},
	} {
		code, stdout, stderr := s.raw(t, test.args...)
		if code != 255 || stdout != "" || !strings.Contains(stderr, test.stderr) {
			t.Errorf("%s: status %d, %q, %q; want 255 and %q", test.name, code, stdout, stderr, test.stderr)
		}
	}
}

func TestLogin(t *testing.T) {
	s := start(t, Config{})
	_, other, err := ed25519.GenerateKey(nil)
	if err != nil {
		t.Fatal(err)
	}
	block, err := ssh.MarshalPrivateKey(other, "")
	if err != nil {
		t.Fatal(err)
	}
	wrong := filepath.Join(t.TempDir(), "wrong")
	if err := os.WriteFile(wrong, pem.EncodeToMemory(block), 0o600); err != nil {
		t.Fatal(err)
	}
	config, err := os.ReadFile(s.files.Config)
	if err != nil {
		t.Fatal(err)
	}
	withWrongKey := wrong + ".config"
	if err := os.WriteFile(withWrongKey, bytes.ReplaceAll(config, []byte(s.files.Identity), []byte(wrong)), 0o600); err != nil {
		t.Fatal(err)
	}
	for name, args := range map[string][]string{
		"wrong key":  {"-F", withWrongKey, "alpha", "cat /proc/version"},
		"wrong user": {"-l", "root", "alpha", "cat /proc/version"},
		"password":   {"-o", "PubkeyAuthentication=no", "-o", "PreferredAuthentications=password,keyboard-interactive,none", "alpha", "cat /proc/version"},
	} {
		code, stdout, stderr := s.raw(t, args...)
		if code != 255 || stdout != "" || !strings.Contains(stderr, "Permission denied (publickey)") {
			t.Errorf("%s: status %d, %q, %q", name, code, stdout, stderr)
		}
	}
}

// TestHostKey holds that the names are checked: whoever takes over a port does not become the host.
func TestHostKey(t *testing.T) {
	s, other := start(t, Config{}), start(t, Config{})
	foreign, err := os.ReadFile(other.files.KnownHosts)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(s.files.KnownHosts, foreign, 0o600); err != nil {
		t.Fatal(err)
	}
	code, stdout, stderr := s.raw(t, "alpha", "cat /proc/version")
	if code != 255 || stdout != "" || !strings.Contains(stderr, "Host key verification failed") {
		t.Errorf("status %d, %q, %q", code, stdout, stderr)
	}
}

func TestClientFilesArePrivate(t *testing.T) {
	s := start(t, Config{})
	for _, path := range []string{s.files.Config, s.files.Identity, s.files.KnownHosts} {
		info, err := os.Stat(path)
		if err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("%s: %v, %v", path, info, err)
		}
	}
	if _, err := s.WriteClientFiles(filepath.Join(t.TempDir(), "missing")); err == nil {
		t.Error("a folder that is not there is accepted")
	}
	if _, err := s.WriteClientFiles(`/tmp/with"quote`); err == nil || !strings.Contains(err.Error(), "TMPDIR") {
		t.Errorf("a path that ssh_config cannot hold: %v", err)
	}
}

// TestAwkwardFolder has what ssh_config gives a meaning to in the path of the temporary folder.
func TestAwkwardFolder(t *testing.T) {
	s := start(t, Config{})
	dir := filepath.Join(t.TempDir(), "a b%h #c")
	if err := os.Mkdir(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	files, err := s.WriteClientFiles(dir)
	if err != nil {
		t.Fatal(err)
	}
	s.files = files
	if _, err := s.run(t.Context(), "beta", "cat", "/proc/version"); err != nil {
		t.Error(err)
	}
}

// TestPauseEndsWithTheClient cancels a run while its host is being slow.
func TestPauseEndsWithTheClient(t *testing.T) {
	paused, ended := make(chan string, 1), make(chan struct{})
	s := start(t, Config{Pause: func(ctx context.Context, host string, argv []string) {
		paused <- host + " " + strings.Join(argv, " ")
		<-ctx.Done()
		close(ended)
	}})
	ctx, cancel := context.WithCancel(t.Context())
	answered := make(chan error, 1)
	go func() {
		_, err := s.run(ctx, "beta", "cat", "/proc/version")
		answered <- err
	}()
	if got := <-paused; got != "beta cat /proc/version" {
		t.Errorf("the pause is for %q", got)
	}
	cancel()
	<-ended
	if err := <-answered; !errors.Is(err, context.Canceled) {
		t.Errorf("the run ended with %v", err)
	}
}

// TestCloseEndsProcesses closes the server while a command runs that has started another one.
func TestCloseEndsProcesses(t *testing.T) {
	pipe := filepath.Join(t.TempDir(), "pids")
	if err := syscall.Mkfifo(pipe, 0o600); err != nil {
		t.Fatal(err)
	}
	argv := []string{"sh", "-c", "sleep 600 & echo $$ $! > " + pipe + "; wait"}
	s := start(t, Config{Commands: [][]string{argv}})
	answered := make(chan error, 1)
	go func() {
		_, err := s.run(t.Context(), "alpha", argv...)
		answered <- err
	}()
	text, err := os.ReadFile(pipe) // waits until the shell has opened it
	if err != nil {
		t.Fatal(err)
	}
	pids := strings.Fields(string(text))
	if len(pids) != 2 || !isAlive(t, pids[0]) || !isAlive(t, pids[1]) {
		t.Fatalf("processes %q are not running", pids)
	}
	if err := s.Close(); err != nil {
		t.Error(err)
	}
	for _, pid := range pids {
		await(t, "process "+pid+" to be gone", func() bool { return !isAlive(t, pid) })
	}
	if err := <-answered; err == nil {
		t.Error("the run has succeeded")
	}
	if err := s.Close(); err != nil {
		t.Errorf("second Close: %v", err)
	}
	if _, err := s.run(t.Context(), "alpha", "cat", "/proc/version"); err == nil {
		t.Error("a closed server answers")
	}
}

// TestCloseEndsConnections closes the server while one connection has not logged in, and another has nothing to do.
func TestCloseEndsConnections(t *testing.T) {
	s := start(t, Config{})
	silent, idle := dialTCP(t, s.hosts[0].listener.Addr().String()), s.dial(t, 1)
	if _, err := io.ReadFull(silent, make([]byte, 4)); err != nil {
		t.Fatal(err)
	}
	closed := make(chan error, 1)
	go func() { closed <- s.Close() }()
	select {
	case err := <-closed:
		if err != nil {
			t.Error(err)
		}
	case <-time.After(20 * time.Second):
		t.Fatal("Close waits for clients that say nothing")
	}
	if err := silent.SetReadDeadline(time.Now().Add(20 * time.Second)); err != nil {
		t.Fatal(err)
	}
	if _, err := io.Copy(io.Discard, silent); errors.Is(err, os.ErrDeadlineExceeded) {
		t.Error("the silent connection is still open")
	}
	if err := idle.Wait(); err == nil {
		t.Error("the idle connection has ended in order")
	}
}

// isAlive tells whether a process runs. One that has ended, and that its parent has not asked for, does not.
func isAlive(t *testing.T, pid string) bool {
	t.Helper()
	if _, err := strconv.Atoi(pid); err != nil {
		t.Fatal(err)
	}
	stat, err := os.ReadFile("/proc/" + pid + "/stat")
	if err != nil {
		return false
	}
	state := stat[bytes.LastIndexByte(stat, ')')+2]
	return state != 'Z' && state != 'X'
}

// await polls a condition of other processes, which no channel can tell.
func await(t *testing.T, what string, ok func() bool) {
	t.Helper()
	ticker := time.NewTicker(10 * time.Millisecond)
	defer ticker.Stop()
	deadline := time.After(20 * time.Second)
	for !ok() {
		select {
		case <-ticker.C:
		case <-deadline:
			t.Fatalf("waited 20 s for %s", what)
		}
	}
}

func (s started) dial(t *testing.T, host int) *ssh.Client {
	t.Helper()
	signer, err := ssh.NewSignerFromKey(s.login)
	if err != nil {
		t.Fatal(err)
	}
	client, err := ssh.Dial("tcp", s.hosts[host].listener.Addr().String(), &ssh.ClientConfig{
		User: User, Auth: []ssh.AuthMethod{ssh.PublicKeys(signer)}, HostKeyCallback: ssh.FixedHostKey(s.hosts[host].key.PublicKey()),
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { client.Close() })
	return client
}

func TestSessionLimit(t *testing.T) {
	s := start(t, Config{})
	client := s.dial(t, 0)
	var open []*ssh.Session
	for range maxSessions {
		session, err := client.NewSession()
		if err != nil {
			t.Fatal(err)
		}
		open = append(open, session)
	}
	if _, err := client.NewSession(); err == nil || !strings.Contains(err.Error(), "too many sessions") {
		t.Errorf("session %d: %v", maxSessions+1, err)
	}
	out, err := open[0].Output("cat /proc/version")
	if err != nil || len(out) == 0 {
		t.Errorf("an open session: %q, %v", out, err)
	}
	await(t, "the place of the ended session", func() bool {
		session, err := client.NewSession()
		if err == nil {
			session.Close()
		}
		return err == nil
	})
}

// TestStartupLimit fills a host with connections that never log in.
func TestStartupLimit(t *testing.T) {
	s := start(t, Config{})
	address := s.hosts[0].listener.Addr().String()
	silent := make([]net.Conn, maxStartups)
	for i := range silent {
		silent[i] = dialTCP(t, address)
		greeting := make([]byte, 4)
		if _, err := io.ReadFull(silent[i], greeting); err != nil || string(greeting) != "SSH-" {
			t.Fatalf("connection %d: %q, %v", i, greeting, err)
		}
	}
	if n, err := dialTCP(t, address).Read(make([]byte, 1)); n != 0 || err == nil {
		t.Errorf("one too many: read %d bytes, %v", n, err)
	}
	if _, err := s.run(t.Context(), "beta", "cat", "/proc/version"); err != nil {
		t.Errorf("the other host suffers: %v", err)
	}
	silent[0].Close()
	await(t, "a place", func() bool {
		_, err := s.run(t.Context(), "alpha", "cat", "/proc/version")
		return err == nil
	})
}

func dialTCP(t *testing.T, address string) net.Conn {
	t.Helper()
	conn, err := net.Dial("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	return conn
}

func TestStartRefusesNoHosts(t *testing.T) {
	if _, err := Start(Config{}); err == nil || !strings.Contains(err.Error(), "Config.Hosts") {
		t.Errorf("Start: %v", err)
	}
}
