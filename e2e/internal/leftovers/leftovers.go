// Package leftovers makes sure that a test leaves no process and no file behind.
package leftovers

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"syscall"
	"testing"
)

// Watch gives the test a folder of its own for temporary files, and fails it when something is left at its end: a file there,
// or a process that was started since. It is called before what it watches is started. The folder's name in a process's
// environment, or in its command line where a program writes over its environment as nginx does, tells whose it is, also of
// one that has left its parent, its group and its session.
func Watch(t *testing.T) {
	t.Helper()
	folder := t.TempDir()
	t.Setenv("TMPDIR", folder)
	t.Cleanup(func() {
		left, err := left(folder)
		if err != nil {
			t.Error(err)
		}
		if len(left) > 0 {
			t.Errorf("left behind: %q", left)
		}
	})
}

// left returns what there is of a folder: its files, and the processes that name it.
func left(folder string) ([]string, error) {
	found, err := filepath.Glob(filepath.Join(folder, "*"))
	if err != nil {
		return nil, err
	}
	processes, err := filepath.Glob("/proc/[0-9]*")
	if err != nil {
		return nil, err
	}
	for _, process := range processes {
		environment, err1 := readProc(process, "environ")
		command, err2 := readProc(process, "cmdline")
		if err := errors.Join(err1, err2); err != nil {
			return nil, err
		}
		if bytes.Contains(environment, []byte(folder)) || bytes.Contains(command, []byte(folder)) {
			found = append(found, fmt.Sprintf("%s: %s", filepath.Base(process), bytes.ReplaceAll(command, []byte{0}, []byte(" "))))
		}
	}
	return found, nil
}

// readProc reads a file of a process, or nothing: the process may end between the listing and the reading, and those of other
// users are none of ours.
func readProc(process, file string) ([]byte, error) {
	text, err := os.ReadFile(filepath.Join(process, file))
	for _, none := range []error{os.ErrNotExist, os.ErrPermission, syscall.ESRCH} {
		if errors.Is(err, none) {
			return nil, nil
		}
	}
	return text, err
}
