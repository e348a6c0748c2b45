package sshexec

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"regexp"
)

// sshFailed is the status of ssh itself when it could not connect, log in, or keep the
// connection; ssh(1), "EXIT STATUS".
const sshFailed = 255

var (
	unknownOption = regexp.MustCompile(`(?i)^command-line.*Bad configuration option: (forkafterauthentication|sessiontype)`)

	// ssh's own last words, as of OpenSSH 9.2 (sshconnect.c, sshconnect2.c). They are not translated.
	noConnection = regexp.MustCompile(`(?m)^(ssh: connect to host .* port \d+: (Connection|Operation) timed out|Connection timed out during banner exchange)\r?$`)
	badHostKey   = regexp.MustCompile(`(?m)^Host key verification failed\.\r?$`)
	badLogin     = regexp.MustCompile(`(?m)^\S+: Permission denied \([a-z,-]+\)\.\r?$`)
)

// refusedRecent reports whether ssh is too old for recentOptions. It then ended before it
// opened a connection, so to run it again runs the command once.
func refusedRecent(out Output, err error) bool {
	var exit *ExitError
	return errors.As(err, &exit) && exit.Code == sshFailed && len(out.Stdout) == 0 && unknownOption.Match(out.Stderr)
}

// explain adds what ssh's words say about a failure that ssh reports with the same status for
// everything. A far command could print the same words and exit with 255; it would only mislead
// about itself.
func (s SSH) explain(out Output, err error) error {
	var exit *ExitError
	if errors.As(err, &exit) && exit.Code == sshFailed && exit.Err == nil {
		exit.Err = s.reason(bytes.TrimSpace(out.Stderr))
	}
	return err
}

func (s SSH) reason(stderr []byte) error {
	switch {
	case len(stderr) == 0:
		return errors.New(`ssh gave no reason: the connection ended during login or fell silent ("ssh -v" by hand tells more), or the command exited so or was ended by a signal`)
	case noConnection.Match(stderr):
		return fmt.Errorf("no answer within %ds (SSH.ConnectTimeout): %w", s.connectSeconds(), context.DeadlineExceeded)
	case badHostKey.Match(stderr):
		return errors.New("the host's key is not in the known hosts file, or is another than there; check it and add it (ssh-keyscan)")
	case badLogin.Match(stderr):
		return errors.New("the login was refused; set SSH.Identity, or load the key into the agent, and check the user")
	}
	return nil
}
