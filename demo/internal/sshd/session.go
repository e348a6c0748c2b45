package sshd

import (
	"context"
	"errors"
	"io"
	"os"
	"os/exec"
	"slices"
	"syscall"
	"time"

	"golang.org/x/crypto/ssh"
)

// Exit statuses of commands that were not run, as a POSIX shell has them.
const (
	statusRefused  = 126
	statusNotFound = 127
	statusSignal   = 128 // and the signal's number
)

// session answers the requests of one session and runs the one command it may ask for. It ends when the client has
// closed the session, and ends the command then.
func (s *Server) session(ctx context.Context, h *host, channel ssh.Channel, requests <-chan *ssh.Request) {
	defer channel.Close()
	ctx, cancel := context.WithTimeout(ctx, commandTimeout)
	defer cancel()
	// A session that asks for nothing, or whose client does not take the answer, ends as well.
	stop := context.AfterFunc(ctx, func() { channel.Close() })
	defer stop()
	isBusy := false
	for request := range requests {
		if request.Type != "exec" || isBusy {
			// shell, pty-req, env, subsystem, x11-req, auth-agent-req@openssh.com, signal
			s.log.Warn("embedded ssh server: request refused", "host", h.name, "type", request.Type)
			reply(request, false)
			continue
		}
		var exec struct{ CommandLine string }
		if err := ssh.Unmarshal(request.Payload, &exec); err != nil {
			reply(request, false)
			continue
		}
		isBusy = true
		reply(request, true)
		s.work.Go(func() {
			defer channel.Close()
			s.answer(ctx, h, channel, exec.CommandLine)
		})
	}
}

// reply ignores the error: it says that the connection has ended, which ends the loop over its requests.
func reply(request *ssh.Request, ok bool) { _ = request.Reply(ok, nil) }

// answer runs a command line and sends its output, as it comes, and its exit status. Errors of sending say that the
// client has left.
func (s *Server) answer(ctx context.Context, h *host, channel ssh.Channel, line string) {
	status := s.execute(ctx, h, line, channel, channel.Stderr())
	_, _ = channel.SendRequest("exit-status", false, ssh.Marshal(struct{ Status uint32 }{uint32(status)}))
}

// execute runs a command line if it is on the list, and returns its exit status.
func (s *Server) execute(ctx context.Context, h *host, line string, stdout, stderr io.Writer) int {
	argv, err := words(line)
	if err != nil || !slices.ContainsFunc(s.cfg.Commands, func(allowed []string) bool { return slices.Equal(allowed, argv) }) {
		s.log.Warn("embedded ssh server: command refused", "host", h.name, "command", line[:min(len(line), 200)], "error", err)
		say(stderr, "this command is not permitted here")
		return statusRefused
	}
	if s.cfg.Pause != nil {
		s.cfg.Pause(ctx, h.name, argv)
	}
	return run(ctx, argv, stdout, stderr)
}

// say ignores the error, as answer does.
func say(w io.Writer, text string) { _, _ = io.WriteString(w, text+"\n") }

// run starts a program in a process group of its own and waits for its end. When ctx ends the group is killed: a
// signal to the program alone would leave what it has started.
func run(ctx context.Context, argv []string, stdout, stderr io.Writer) int {
	cmd := exec.CommandContext(ctx, argv[0], argv[1:]...)
	cmd.Env = []string{"PATH=" + os.Getenv("PATH"), "LC_ALL=C"}
	cmd.Stdout, cmd.Stderr = stdout, stderr
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }
	// Without it Wait would wait for whoever has inherited the output.
	cmd.WaitDelay = time.Second
	err := cmd.Run()
	var exited *exec.ExitError
	switch {
	case err == nil:
		return 0
	case errors.As(err, &exited):
		if status, ok := exited.Sys().(syscall.WaitStatus); ok && status.Signaled() {
			return statusSignal + int(status.Signal())
		}
		return exited.ExitCode()
	case errors.Is(err, exec.ErrNotFound):
		say(stderr, argv[0]+" is not installed on this machine")
		return statusNotFound
	}
	say(stderr, argv[0]+" was not run to its end")
	return statusRefused
}
