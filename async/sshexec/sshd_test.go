//go:build unix

package sshexec_test

import (
	"fmt"
	"net"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"

	"github.com/infill-go/infill/async/sshexec"
)

// sshServer is the installed OpenSSH server with keys and configuration of its own, for the
// user who runs the test. It is run as inetd would (sshd -i), one process per connection that
// the test accepts: so the port is the listener's, free for certain, and a test can kill it.
type sshServer struct {
	host     sshexec.Host
	dir      string
	sessions mark // what the server's sessions carry

	mu       sync.Mutex
	children []*exec.Cmd
}

func startSSHServer(t *testing.T) *sshServer {
	t.Helper()
	requireProgram(t, "ssh")
	keygen := requireProgram(t, "ssh-keygen")
	sshd := requireProgram(t, "sshd", "/usr/sbin/sshd", "/usr/local/sbin/sshd")
	if os.Getuid() == 0 {
		// sshd's privilege separation wants its empty directory, which an init system makes.
		if err := os.MkdirAll("/run/sshd", 0o755); err != nil {
			t.Fatal(err)
		}
	}
	me, err := user.Current()
	if err != nil {
		t.Fatal(err)
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s := &sshServer{dir: t.TempDir(), sessions: newMark()}
	s.host = sshexec.Host{User: me.Username, Name: "127.0.0.1", Port: listener.Addr().(*net.TCPAddr).Port}
	for _, key := range []string{"host", "user", "stranger"} {
		if text, err := exec.Command(keygen, "-q", "-t", "ed25519", "-N", "", "-C", key, "-f", s.path(key)).CombinedOutput(); err != nil {
			t.Fatalf("ssh-keygen: %v: %s", err, text)
		}
	}
	s.write(t, "authorized_keys", s.read(t, "user.pub"))
	s.write(t, "known_hosts", fmt.Sprintf("[127.0.0.1]:%d %s", s.host.Port, s.read(t, "host.pub")))
	s.write(t, "other_hosts", fmt.Sprintf("[127.0.0.1]:%d %s", s.host.Port, s.read(t, "stranger.pub")))
	s.write(t, "sshd_config", strings.NewReplacer("DIR", s.dir, "MARK", string(s.sessions)).Replace(`
HostKey DIR/host
AuthorizedKeysFile DIR/authorized_keys
Banner DIR/banner
PermitRootLogin yes
PasswordAuthentication no
KbdInteractiveAuthentication no
UsePAM no
StrictModes no
UseDNS no
PidFile none
SetEnv MARK HOME=DIR
`)) // HOME: bash reads ~/.bashrc under sshd, which may be slow, and holds locks when killed
	s.write(t, "banner", "Welcome. Authorised use only.\n")

	served := make(chan struct{})
	go func() {
		defer close(served)
		s.serve(t, listener, sshd)
	}()
	t.Cleanup(func() {
		listener.Close()
		<-served
		s.kill()
		for _, child := range s.children {
			_ = child.Wait()
		}
		s.sessions.killAll(t)
	})
	return s
}

func (s *sshServer) serve(t *testing.T, listener net.Listener, sshd string) {
	for {
		conn, err := listener.Accept()
		if err != nil {
			return
		}
		file, err := conn.(*net.TCPConn).File()
		conn.Close()
		if err != nil {
			t.Error(err)
			return
		}
		child := exec.Command(sshd, "-i", "-f", s.path("sshd_config"))
		child.Stdin, child.Stdout = file, file
		child.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
		err = child.Start()
		file.Close()
		if err != nil {
			t.Error(err)
			return
		}
		s.mu.Lock()
		s.children = append(s.children, child)
		s.mu.Unlock()
	}
}

// kill ends all connections as a crash of the server would.
func (s *sshServer) kill() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, child := range s.children {
		_ = syscall.Kill(-child.Process.Pid, syscall.SIGKILL)
	}
}

func (s *sshServer) path(name string) string { return filepath.Join(s.dir, name) }

func (s *sshServer) read(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile(s.path(name))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func (s *sshServer) write(t *testing.T, name, text string) {
	t.Helper()
	if err := os.WriteFile(s.path(name), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

// client reaches the server and reads no configuration. Its limits are for a loaded machine.
func (s *sshServer) client() sshexec.SSH {
	return sshexec.SSH{Timeout: patience, ConnectTimeout: patience, Config: "none", Identity: s.path("user"), KnownHosts: s.path("known_hosts")}
}
