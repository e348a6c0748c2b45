package sshexec

import (
	"fmt"
	"sync"
	"time"
)

// Output is what a command printed. It is valid beside an error too: then it holds what had
// been printed until the command ended or was stopped. The slices belong to the caller.
type Output struct {
	Stdout []byte // standard output, at most MaxStdout bytes
	Stderr []byte // standard error as it came, control characters included, at most MaxStderr bytes

	// Truncated says that the command printed more than a limit allows: its output was cut
	// there and the command was killed. The error then satisfies errors.Is(err, ErrTruncated).
	Truncated bool

	// Duration is the time from the start of the command to its end; zero if it was not started.
	Duration time.Duration
}

// capture keeps the first limit bytes of one stream and calls overflow once if there are more.
type capture struct {
	stream   string
	setting  string
	limit    int
	overflow func(error)

	mu   sync.Mutex
	kept []byte
	cut  bool
	shut bool
}

// Write implements io.Writer for os/exec's copying goroutine. It refuses what is over the
// limit instead of draining it: draining would keep reading from a child that escaped the kill.
func (c *capture) Write(p []byte) (int, error) {
	n, first := c.keep(p)
	if n == len(p) {
		return n, nil
	}
	if first {
		c.overflow(c.fault())
	}
	return n, ErrTruncated
}

func (c *capture) keep(p []byte) (n int, first bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.shut {
		return 0, false
	}
	n = min(len(p), c.limit-len(c.kept))
	c.kept = append(c.kept, p[:n]...)
	first = n < len(p) && !c.cut
	c.cut = c.cut || first
	return n, first
}

func (c *capture) fault() *limitError {
	return &limitError{limit: fmt.Sprintf("more than %d bytes on %s (%s)", c.limit, c.stream, c.setting), err: ErrTruncated}
}

// take hands over what was kept. After it nothing more is kept: the copying goroutine of a
// process that was given up may still be writing while the caller already reads.
func (c *capture) take() (kept []byte, cut error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	kept, c.kept, c.shut = c.kept, nil, true
	if c.cut {
		cut = c.fault()
	}
	return kept, cut
}
