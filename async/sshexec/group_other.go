//go:build !unix

package sshexec

import (
	"errors"
	"os"
	"os/exec"
)

// groupsSupported is false where a command cannot be ended together with its children. To run
// it all the same would break the promise that nothing is left behind, so Run refuses.
const groupsSupported = false

func ownGroup(*exec.Cmd) {}

func killGroup(int) error { return errors.ErrUnsupported }

func endSignal(*os.ProcessState) os.Signal { return nil }
