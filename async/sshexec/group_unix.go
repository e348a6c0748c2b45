//go:build unix

package sshexec

import (
	"os"
	"os/exec"
	"syscall"
)

const groupsSupported = true

// ownGroup gives the command a session of its own, and with it a process group of its own.
// Setpgid alone would do for the kill, but leave the command the parent's terminal, where ssh,
// the ssh of a ProxyJump (which does not inherit BatchMode) or sudo would ask for a password.
func ownGroup(cmd *exec.Cmd) {
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
}

// killGroup ends every process of the group that pid leads, with SIGKILL and nothing before it.
// A SIGTERM with a grace would add the grace to every deadline, and there is nothing to tidy up:
// ssh has no state to save (its server sees the connection end either way), and a command whose
// answer nobody wants any more has none that we could wait for.
func killGroup(pid int) error {
	return syscall.Kill(-pid, syscall.SIGKILL)
}

func endSignal(state *os.ProcessState) os.Signal {
	if status, ok := state.Sys().(syscall.WaitStatus); ok && status.Signaled() {
		return status.Signal()
	}
	return nil
}
