// Package dashboard builds, starts and ends the demo program as a user does: by its command line and by signals.
package dashboard

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"sync"
	"syscall"
	"time"
)

const (
	startTimeout = 60 * time.Second
	lastWords    = time.Second
)

// address is what the program prints when it is ready.
var address = regexp.MustCompile(`^Infill dashboard on (http://127\.0\.0\.1:\d+/)`)

// Program is a running demo program. Use Start to get one.
type Program struct {
	URL string

	cmd    *exec.Cmd
	output *output
	exited chan struct{} // closed when the process has ended and was waited for
	known  []Process     // its family just before it was asked to end
}

// Start starts the program on a free port of 127.0.0.1 and returns when it has printed its address.
// The caller must Kill it, also after an Interrupt.
func Start(program string, flags ...string) (*Program, error) {
	read, write, err := os.Pipe()
	if err != nil {
		return nil, fmt.Errorf("dashboard: %w", err)
	}
	cmd := exec.Command(program, append([]string{"-addr", "127.0.0.1:0"}, flags...)...)
	cmd.Stdout, cmd.Stderr = write, write
	// In a session of its own whatever it starts can be told from everything else (see family).
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	err = cmd.Start()
	write.Close()
	if err != nil {
		read.Close()
		return nil, fmt.Errorf("dashboard: %w", err)
	}
	p := &Program{cmd: cmd, output: &output{ended: make(chan struct{})}, exited: make(chan struct{})}
	url := make(chan string, 1)
	go p.output.copy(read, url)
	go func() {
		_ = cmd.Wait() // how it ended is read from cmd.ProcessState
		close(p.exited)
	}()
	return p.ready(url)
}

func (p *Program) ready(url <-chan string) (*Program, error) {
	timeout := time.NewTimer(startTimeout)
	defer timeout.Stop()
	var err error
	select {
	case p.URL = <-url:
		return p, nil
	case <-p.exited:
		err = fmt.Errorf("ended at once: %v", p.cmd.ProcessState)
	case <-timeout.C:
		err = fmt.Errorf("printed no address within %v", startTimeout)
	}
	killed := p.Kill()
	// The process is gone, its last words may still be in the pipe.
	timeout.Reset(lastWords)
	select {
	case <-p.output.ended:
	case <-timeout.C:
	}
	return nil, errors.Join(fmt.Errorf("dashboard: %s %w; it printed:\n%s", p.cmd.Path, err, p.Output()), killed)
}

// Output returns what the program has printed so far, on both of its outputs.
func (p *Program) Output() string { return p.output.String() }

// Interrupt sends SIGINT, as Ctrl-C does, and returns the exit code. The error tells that the program did not end
// in time or was ended by a signal.
func (p *Program) Interrupt(timeout time.Duration) (code int, err error) {
	if p.known, err = p.family(); err != nil {
		return -1, err
	}
	if err := p.cmd.Process.Signal(syscall.SIGINT); err != nil {
		return -1, fmt.Errorf("dashboard: interrupt: %w", err)
	}
	timer := time.NewTimer(timeout)
	defer timer.Stop()
	select {
	case <-p.exited:
	case <-timer.C:
		return -1, fmt.Errorf("dashboard: did not end within %v of SIGINT", timeout)
	}
	if !p.cmd.ProcessState.Exited() {
		return -1, fmt.Errorf("dashboard: ended by %v", p.cmd.ProcessState)
	}
	return p.cmd.ProcessState.ExitCode(), nil
}

// Leftovers returns those of the program's processes that outlive it, after giving them the grace to end.
// It is called after Interrupt.
func (p *Program) Leftovers(grace time.Duration) ([]Process, error) {
	look := time.NewTicker(10 * time.Millisecond)
	defer look.Stop()
	for deadline := time.After(grace); ; {
		left, err := p.left()
		if err != nil || len(left) == 0 {
			return left, err
		}
		select {
		case <-look.C:
		case <-deadline:
			return left, nil
		}
	}
}

// Kill ends the program and all that it started, at once. After a clean end it finds nothing to do.
func (p *Program) Kill() error {
	left, err := p.left()
	for _, one := range left {
		// It may have ended since it was listed.
		if kill := syscall.Kill(one.PID, syscall.SIGKILL); kill != nil && !errors.Is(kill, syscall.ESRCH) {
			err = errors.Join(err, fmt.Errorf("dashboard: kill %v: %w", one, kill))
		}
	}
	<-p.exited
	return err
}

// output keeps what the program printed.
type output struct {
	ended chan struct{} // closed when no process can print any more

	mu   sync.Mutex
	text strings.Builder
}

// copy reads until the last process that holds the other end has closed it, and sends the first address that it sees.
func (o *output) copy(from io.ReadCloser, url chan<- string) {
	defer close(o.ended)
	defer from.Close()
	sent := false
	for lines := bufio.NewScanner(from); lines.Scan(); {
		o.mu.Lock()
		o.text.WriteString(lines.Text() + "\n")
		o.mu.Unlock()
		if match := address.FindStringSubmatch(lines.Text()); match != nil && !sent {
			url <- match[1]
			sent = true
		}
	}
}

func (o *output) String() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.text.String()
}
