// Package firefox drives a real Firefox, over the remote control that it has built in.
package firefox

import (
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/infill-go/infill/e2e/internal/process"
)

const (
	// startTimeout is ample: a first start reads 250 MB from the disk.
	startTimeout = 90 * time.Second
	// endTimeout bounds the wait for Firefox to end by itself before it is killed.
	endTimeout = 10 * time.Second
)

// Options are how Firefox is started. The zero value runs the scripts of pages.
type Options struct {
	NoScripts bool // as a visitor who has scripts turned off
}

// Browser is a running headless Firefox with a profile of its own. Use Launch to get one. It is not safe for concurrent use.
type Browser struct {
	folder     string
	program    *process.Program
	marionette *marionette
	home       string // the tab that Firefox begins with, and that stays: without a tab it would end
	current    string // the tab that commands go to
}

// names are what Firefox is called on Debian and elsewhere.
var names = []string{"firefox-esr", "firefox"}

// Find returns the path of the Firefox to drive. Its error names the program that is missing and the remedy.
func Find() (string, error) {
	for _, name := range names {
		if path, err := exec.LookPath(name); err == nil {
			return path, nil
		}
	}
	return "", fmt.Errorf("firefox: it is not on the path (looked for %q): make deps installs it", names)
}

// Launch starts Firefox. The caller must Close it.
func Launch(o Options) (*Browser, error) {
	path, err := Find()
	if err != nil {
		return nil, err
	}
	folder, err := os.MkdirTemp("", "infill-firefox-")
	if err != nil {
		return nil, fmt.Errorf("firefox: %w", err)
	}
	b := &Browser{folder: folder}
	if err := b.start(path, o); err != nil {
		return nil, errors.Join(fmt.Errorf("firefox: %w", err), os.RemoveAll(folder))
	}
	return b, nil
}

func (b *Browser) start(path string, o Options) (err error) {
	if err := writeProfile(b.folder, o); err != nil {
		return err
	}
	// Looking into tabs from outside of the page needs the system access. The crash reporter would be a process that leaves
	// the family.
	cmd := exec.Command(path, "--headless", "--no-remote", "--profile", b.folder, "--marionette", "--remote-allow-system-access")
	cmd.Env = process.Home(b.folder, "MOZ_HEADLESS=1", "MOZ_CRASHREPORTER_DISABLE=1")
	if b.program, err = process.Start(cmd, nil); err != nil {
		return err
	}
	if err := b.connect(); err != nil {
		return b.program.Failed(err)
	}
	return nil
}

func (b *Browser) connect() error {
	port, err := b.port()
	if err != nil {
		return err
	}
	if b.marionette, err = dial(net.JoinHostPort("127.0.0.1", port)); err != nil {
		return err
	}
	// Nothing waits for a page to be loaded: pages under test go on for as long as the test likes.
	err = b.marionette.call("WebDriver:NewSession", map[string]any{"capabilities": map[string]any{"alwaysMatch": map[string]any{
		"pageLoadStrategy":        "none",
		"unhandledPromptBehavior": "ignore",
		"timeouts":                map[string]any{"script": scriptTimeout.Milliseconds()},
	}}}, nil)
	if err != nil {
		return err
	}
	// The session was begun when the first window was there. From now on it is only asked and answered.
	b.marionette.patience = callTimeout
	var window struct{ Value string }
	err = b.marionette.call("WebDriver:GetWindowHandle", nil, &window)
	b.home, b.current = window.Value, window.Value
	return err
}

// port waits until Firefox has written the port that it listens on.
func (b *Browser) port() (string, error) {
	look := time.NewTicker(20 * time.Millisecond)
	defer look.Stop()
	for timeout := time.After(startTimeout); ; {
		text, err := os.ReadFile(filepath.Join(b.folder, portFile))
		port := strings.TrimSpace(string(text))
		if err != nil && !errors.Is(err, os.ErrNotExist) {
			return "", err
		}
		// It may be there and not be written yet.
		if _, err := strconv.ParseUint(port, 10, 16); err == nil {
			return port, nil
		}
		select {
		case <-look.C:
		case <-b.program.Exited():
			return "", errors.New("no port")
		case <-timeout:
			return "", fmt.Errorf("no port within %v", startTimeout)
		}
	}
}

// Close ends Firefox and all its processes, and deletes its profile. It is called once.
func (b *Browser) Close() error {
	err := errors.Join(b.marionette.close(), b.program.End(endTimeout), os.RemoveAll(b.folder))
	if err != nil {
		return fmt.Errorf("firefox: close: %w", err)
	}
	return nil
}
