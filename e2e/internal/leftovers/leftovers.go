// Package leftovers makes sure that a test leaves no process and no file behind.
package leftovers

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"syscall"
	"testing"
)

// Watch gives the test a folder of its own for temporary files, and fails it when something is left at its end: a file there,
// or a process that was started since. It is called before what it watches is started. The folder's name in a process's
// environment tells whose it is, also of one that has left its parent, its group and its session.
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

// left returns what there is of a folder: its files, and the processes that have its name in their environment.
func left(folder string) ([]string, error) {
	files, err := filepath.Glob(filepath.Join(folder, "*"))
	if err != nil {
		return nil, err
	}
	environments, err := filepath.Glob("/proc/[0-9]*/environ")
	if err != nil {
		return nil, err
	}
	for _, path := range environments {
		environment, err := os.ReadFile(path)
		// A process may end between the listing and the reading, and those of other users are none of ours.
		if gone := slices.ContainsFunc([]error{os.ErrNotExist, os.ErrPermission, syscall.ESRCH}, func(e error) bool { return errors.Is(err, e) }); gone {
			continue
		}
		if err != nil {
			return nil, err
		}
		if bytes.Contains(environment, []byte(folder)) {
			command, _ := os.ReadFile(filepath.Join(filepath.Dir(path), "cmdline"))
			files = append(files, fmt.Sprintf("%s: %s", filepath.Base(filepath.Dir(path)), bytes.ReplaceAll(command, []byte{0}, []byte(" "))))
		}
	}
	return files, nil
}
