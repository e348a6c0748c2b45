// Package process starts the programs that tests look at, and ends each with all that it has started.
package process

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"sync"
	"syscall"
	"time"
)

const (
	// killTimeout is how long a killed process may take to go: the kernel frees its memory first.
	killTimeout = 10 * time.Second
	// lastWords is how long the output of an ended program may be on its way through the pipe.
	lastWords = time.Second
)

// Program is a running program. Use Start to get one. It is not safe for concurrent use, but for Output and Exited.
type Program struct {
	cmd    *exec.Cmd
	output *output
	exited chan struct{} // closed when the process has ended and was waited for
	known  []Process     // its family just before it was asked to end
}

// Start starts a command whose Stdout, Stderr and SysProcAttr are not set. What it prints is kept for Output; line, unless
// nil, is called with each line of it, on one goroutine that ends with the program. The caller must call End or Kill.
func Start(cmd *exec.Cmd, line func(string)) (*Program, error) {
	read, write, err := os.Pipe()
	if err != nil {
		return nil, fmt.Errorf("process: %w", err)
	}
	cmd.Stdout, cmd.Stderr = write, write
	// In a session of its own whatever it starts can be told from everything else (see family). The signal is for a test
	// that dies of a panic or of its timeout, and calls no Kill.
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Pdeathsig: syscall.SIGTERM}
	err = cmd.Start()
	write.Close()
	if err != nil {
		read.Close()
		return nil, fmt.Errorf("process: %w", err)
	}
	p := &Program{cmd: cmd, output: &output{ended: make(chan struct{})}, exited: make(chan struct{})}
	go p.output.copy(read, line)
	go func() {
		_ = cmd.Wait() // how it ended is read from cmd.ProcessState
		close(p.exited)
	}()
	return p, nil
}

// Output returns what the program has printed so far, on both of its outputs.
func (p *Program) Output() string { return p.output.String() }

// Exited is closed when the program has ended.
func (p *Program) Exited() <-chan struct{} { return p.exited }

// Failed kills the program and returns err with how the program ended, if it did, and with what it has printed.
func (p *Program) Failed(err error) error {
	select {
	case <-p.exited:
		err = fmt.Errorf("%w: it ended: %v", err, p.cmd.ProcessState)
	default:
	}
	killed := p.Kill()
	timeout := time.NewTimer(lastWords)
	defer timeout.Stop()
	select {
	case <-p.output.ended:
	case <-timeout.C:
	}
	return errors.Join(fmt.Errorf("%s: %w; it printed:\n%s", p.cmd.Path, err, p.Output()), killed)
}

// Interrupt sends SIGINT, as Ctrl-C does, and returns the exit code. The error tells that the program did not end
// in time or was ended by a signal.
func (p *Program) Interrupt(timeout time.Duration) (code int, err error) {
	if err := p.signal(syscall.SIGINT); err != nil {
		return -1, err
	}
	timer := time.NewTimer(timeout)
	defer timer.Stop()
	select {
	case <-p.exited:
	case <-timer.C:
		return -1, fmt.Errorf("process: did not end within %v of SIGINT", timeout)
	}
	if !p.cmd.ProcessState.Exited() {
		return -1, fmt.Errorf("process: ended by %v", p.cmd.ProcessState)
	}
	return p.cmd.ProcessState.ExitCode(), nil
}

func (p *Program) signal(s syscall.Signal) (err error) {
	if p.known, err = p.family(); err != nil {
		return err
	}
	if err := p.cmd.Process.Signal(s); err != nil && !errors.Is(err, os.ErrProcessDone) {
		return fmt.Errorf("process: signal: %w", err)
	}
	return nil
}

// End sends SIGTERM, gives the program and all that it has started the grace to end, and kills what is left.
// The error tells what could not be ended.
func (p *Program) End(grace time.Duration) error {
	if err := p.signal(syscall.SIGTERM); err != nil {
		return errors.Join(err, p.Kill())
	}
	left, err := p.Leftovers(grace)
	if err == nil && len(left) == 0 {
		<-p.exited
		return nil
	}
	return errors.Join(err, p.Kill())
}

// Leftovers returns those of the program's processes that live, after giving them the grace to end.
// It is called after Interrupt or End.
func (p *Program) Leftovers(grace time.Duration) ([]Process, error) {
	return p.dwindle(grace, func(Process) error { return nil })
}

// Kill ends the program and all that it started, at once. After a clean end it finds nothing to do.
// The error tells what would not go.
func (p *Program) Kill() error {
	// Again and again: one that is about to start another may do so after the list was made.
	left, err := p.dwindle(killTimeout, func(one Process) error {
		if err := syscall.Kill(one.PID, syscall.SIGKILL); err != nil && !errors.Is(err, syscall.ESRCH) {
			return fmt.Errorf("process: kill %v: %w", one, err)
		}
		return nil
	})
	if len(left) > 0 {
		return errors.Join(err, fmt.Errorf("process: killed, and still there: %v", left))
	}
	if err == nil {
		<-p.exited
	}
	return err
}

// dwindle returns what is left of the program after the grace, or nothing as soon as nothing is. Each time it looks it does
// something to what it sees.
func (p *Program) dwindle(grace time.Duration, do func(Process) error) ([]Process, error) {
	look := time.NewTicker(10 * time.Millisecond)
	defer look.Stop()
	for deadline := time.After(grace); ; {
		left, err := p.left()
		for _, one := range left {
			err = errors.Join(err, do(one))
		}
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

// output keeps what the program printed.
type output struct {
	ended chan struct{} // closed when no process can print any more

	mu   sync.Mutex
	text strings.Builder
}

// copy reads until the last process that holds the other end has closed it. A browser's lines have no greatest length, which
// a bufio.Scanner would want.
func (o *output) copy(from io.ReadCloser, line func(string)) {
	defer close(o.ended)
	defer from.Close()
	for lines := bufio.NewReader(from); ; {
		text, err := lines.ReadString('\n')
		o.mu.Lock()
		o.text.WriteString(text)
		o.mu.Unlock()
		if line != nil && text != "" {
			line(strings.TrimSuffix(text, "\n"))
		}
		if err != nil {
			return
		}
	}
}

func (o *output) String() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.text.String()
}
