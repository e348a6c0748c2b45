// Package nginx runs Debian's nginx, with Debian's settings, in front of a test's server.
package nginx

import (
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"time"

	"github.com/infill-go/infill/e2e/internal/process"
)

const startTimeout = 20 * time.Second

// endTimeout bounds the wait for nginx to end by itself before it is killed.
const endTimeout = 10 * time.Second

// Proxy is a running nginx. Use Start to get one.
type Proxy struct {
	URL string // where it answers, without a slash at the end

	program *process.Program
	folder  string
}

// Find returns the path of nginx. Its error names the program that is missing and the remedy.
func Find() (string, error) {
	for _, name := range []string{"nginx", "/usr/sbin/nginx"} { // a user's path has no sbin
		if path, err := exec.LookPath(name); err == nil {
			return path, nil
		}
	}
	return "", errors.New("nginx: it is not on the path: make deps installs it")
}

// Start starts nginx on a free port of 127.0.0.1, in front of an upstream such as http://127.0.0.1:8080, which gets the
// requests with their paths. It can be used at once. The caller must Close it.
func Start(upstream string) (*Proxy, error) {
	path, err := Find()
	if err != nil {
		return nil, err
	}
	folder, err := os.MkdirTemp("", "infill-nginx-")
	if err != nil {
		return nil, fmt.Errorf("nginx: %w", err)
	}
	p, err := start(path, folder, upstream)
	if err != nil {
		return nil, errors.Join(fmt.Errorf("nginx: %w", err), os.RemoveAll(folder))
	}
	return p, nil
}

func start(path, folder, upstream string) (*Proxy, error) {
	// The workers are another user when this is root.
	if err := os.Chmod(folder, 0o711); err != nil {
		return nil, err
	}
	// nginx is given a socket that listens already, as it gives its own to its successor when it is upgraded. So the port
	// cannot be taken in between, and who comes early waits in the socket's queue.
	listener, err := net.ListenTCP("tcp", &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1)})
	if err != nil {
		return nil, err
	}
	defer listener.Close()
	socket, err := listener.File()
	if err != nil {
		return nil, err
	}
	defer socket.Close()
	address := listener.Addr().String()
	conf, err := writeConf(folder, address, upstream)
	if err != nil {
		return nil, err
	}
	cmd := exec.Command(path, "-e", "stderr", "-p", folder, "-c", conf, "-g", "daemon off;")
	cmd.ExtraFiles = []*os.File{socket} // its number 3
	cmd.Env = process.Home(folder, "NGINX=3;")
	program, err := process.Start(cmd, nil)
	if err != nil {
		return nil, err
	}
	p := &Proxy{URL: "http://" + address, program: program, folder: folder}
	if err := p.ready(); err != nil {
		return nil, program.Failed(err)
	}
	return p, nil
}

// ready waits until nginx has read its configuration: it ends at once when that is wrong.
func (p *Proxy) ready() error {
	look := time.NewTicker(5 * time.Millisecond)
	defer look.Stop()
	for timeout := time.After(startTimeout); ; {
		if _, err := os.Stat(filepath.Join(p.folder, pidFile)); err == nil {
			return nil
		}
		select {
		case <-look.C:
		case <-p.program.Exited():
			return errors.New("not started")
		case <-timeout:
			return fmt.Errorf("not started within %v", startTimeout)
		}
	}
}

func writeConf(folder, address, upstream string) (path string, err error) {
	debian, err := os.ReadFile(debianConf)
	if err != nil {
		return "", err
	}
	conf, err := configure(string(debian), folder, address, upstream, os.Geteuid() == 0)
	if err != nil {
		return "", err
	}
	path = filepath.Join(folder, "nginx.conf")
	return path, os.WriteFile(path, []byte(conf), 0o600)
}

// Output returns what nginx has printed: its errors.
func (p *Proxy) Output() string { return p.program.Output() }

// Close ends nginx and deletes what it has kept. It is called once.
func (p *Proxy) Close() error {
	if err := errors.Join(p.program.End(endTimeout), os.RemoveAll(p.folder)); err != nil {
		return fmt.Errorf("nginx: close: %w", err)
	}
	return nil
}
