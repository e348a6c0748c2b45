package sshexec

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"sync"
	"time"
)

// waitDelay is how long the output may stay open after the end of the process, before it is
// closed under whoever escaped from the group and holds it. It is long, because on a machine with
// far too much to do the output of a process that has ended well may not have been read to its end
// for a while. killPatience is how long a killed process has for its end.
const (
	waitDelay    = 3 * time.Second
	killPatience = 900 * time.Millisecond
)

// process is a started command and its group.
type process struct {
	name           string
	cmd            *exec.Cmd
	stdout, stderr capture
	began          time.Time
	exited         chan struct{} // closed when the process is seen to have ended; its output may be open
	ended          chan ending   // receives once; buffered, so that wait ends without a reader

	mu      sync.Mutex
	stopped bool // kill was called while the process ran
	over    bool // the process has ended and its group is gone: its number may be a stranger's
}

type ending struct {
	state *os.ProcessState // nil: given up
	err   error            // of exec.Cmd.Wait
	at    time.Time
}

// kill is called by os/exec when the context ends.
//
// The interleaving that over is for: the process ends, wait reaps it, the system gives its
// number to a new group of somebody else, the context ends, kill hits that group.
func (p *process) kill() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.over {
		return os.ErrProcessDone
	}
	p.stopped = true
	return killGroup(p.cmd.Process.Pid)
}

// wait owns the process's end: it sees it, kills what is left of the group, reaps.
func (p *process) wait() {
	awaitExit(p.cmd.Process.Pid)
	close(p.exited)
	if !reapFirst {
		p.close()
	}
	err := p.cmd.Wait()
	if reapFirst {
		p.close()
	}
	p.ended <- ending{state: p.cmd.ProcessState, err: err, at: time.Now()}
}

func (p *process) close() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.over = true
	// The error is ESRCH when nobody is left, the usual case, or EPERM for a process of
	// another user, which nothing can be done about.
	_ = killGroup(p.cmd.Process.Pid)
}

// await returns when the process has ended and its output is closed. When the context has ended,
// the process has killPatience to end, and its output then as long as waitDelay says.
func (p *process) await(ctx context.Context) ending {
	select {
	case end := <-p.ended:
		return end
	case <-ctx.Done():
	}
	patience := time.NewTimer(killPatience)
	defer patience.Stop()
	select {
	case end := <-p.ended:
		return end
	case <-p.exited:
		patience.Reset(waitDelay + killPatience)
	case <-patience.C:
		return p.givenUp()
	}
	select {
	case end := <-p.ended:
		return end
	case <-patience.C:
		return p.givenUp()
	}
}

func (p *process) givenUp() ending {
	stuck.watch(p)
	return ending{at: time.Now()}
}

// reason is why the process did not end by itself, or nil if it did.
func (e ending) reason(p *process, stopped error) error {
	if e.state == nil {
		return fmt.Errorf("%w; process %d could not be killed and is left behind (it waits for a device or file system, or has another user id)", stopped, p.cmd.Process.Pid)
	}
	if errors.Is(e.err, exec.ErrWaitDelay) {
		return fmt.Errorf("a process that left the group kept the output open, which was closed after %v: %w", waitDelay, exec.ErrWaitDelay)
	}
	if p.wasStopped() && !e.state.Success() {
		return stopped
	}
	return nil
}

func (p *process) wasStopped() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.stopped
}
