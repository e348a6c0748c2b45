// Package webkit drives a real WebKitGTK, the nearest relative of Safari that runs on Linux.
package webkit

import (
	"errors"
	"fmt"
	"os"
	"strconv"
	"time"

	"github.com/infill-go/infill/e2e/internal/process"
)

const (
	// startTimeout is ample: MiniBrowser is there within a second, unless the machine is busy.
	startTimeout = 30 * time.Second
	// callTimeout bounds one command; none of them waits for the page's own work. It is short, because the driver loses a
	// script now and then whose document goes away at that moment, and its own limit for scripts does not find that out: the
	// next one is answered.
	callTimeout = 4 * time.Second
	// endTimeout bounds the wait for a program to end by itself before it is killed.
	endTimeout = 10 * time.Second
)

// Options are how pages are shown. The zero value runs their scripts.
type Options struct {
	NoScripts bool // as a visitor who has scripts turned off
}

// Browser is what the tabs need to run: a screen, and a folder for what they keep. Use Launch to get one.
// It is not safe for concurrent use.
type Browser struct {
	programs Programs
	options  Options
	folder   string
	screen   *screen
	opened   []*Tab // and not closed
}

// Launch starts a screen. The caller must Close it.
func Launch(o Options) (*Browser, error) {
	programs, err := Find()
	if err != nil {
		return nil, err
	}
	folder, err := os.MkdirTemp("", "infill-webkit-")
	if err != nil {
		return nil, fmt.Errorf("webkit: %w", err)
	}
	b := &Browser{programs: programs, options: o, folder: folder}
	if b.screen, err = startScreen(programs.Screen, folder); err != nil {
		return nil, errors.Join(fmt.Errorf("webkit: %w", err), os.RemoveAll(folder))
	}
	return b, nil
}

// environment is that of a driver and its MiniBrowser.
func (b *Browser) environment() []string {
	return process.Home(b.folder,
		"DISPLAY=:"+b.screen.number,
		"GDK_BACKEND=x11",
		// There is no session bus, and without these GTK would start one, and one for accessibility.
		"DBUS_SESSION_BUS_ADDRESS=disabled:", "NO_AT_BRIDGE=1", "GSETTINGS_BACKEND=memory",
		// Its sandbox does not run as root, nor in many containers; the only pages that it shows are ours.
		"WEBKIT_DISABLE_SANDBOX_THIS_IS_DANGEROUS=1",
	)
}

// capabilities make the driver start MiniBrowser, and wait for no page to be loaded: pages under test go on for as long as
// the test likes.
func (b *Browser) capabilities() map[string]any {
	return map[string]any{"capabilities": map[string]any{"alwaysMatch": map[string]any{
		"pageLoadStrategy":        "none",
		"unhandledPromptBehavior": "ignore",
		"webkitgtk:browserOptions": map[string]any{
			"binary": b.programs.Browser,
			"args":   []string{"--automation", "--enable-javascript=" + strconv.FormatBool(!b.options.NoScripts)},
		},
	}}}
}

// Close ends all programs, those of open tabs too, and deletes what they have kept. It is called once.
func (b *Browser) Close() error {
	var err error
	for _, t := range b.opened {
		err = errors.Join(err, t.driver.end())
	}
	if err = errors.Join(err, b.screen.program.End(endTimeout), os.RemoveAll(b.folder)); err != nil {
		return fmt.Errorf("webkit: close: %w", err)
	}
	return nil
}
