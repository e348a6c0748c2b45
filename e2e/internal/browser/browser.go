// Package browser drives a real Chromium, so that tests see what a visitor sees.
package browser

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/chromedp/chromedp"
)

// closeTimeout bounds the wait for Chromium to end by itself before it is killed.
const closeTimeout = 10 * time.Second

// Browser is a running headless Chromium with a profile of its own. Use Launch to get one.
// It is safe for concurrent use.
type Browser struct {
	ctx     context.Context
	kill    context.CancelFunc
	profile string
}

// Options change how Chromium is started. The zero value is Chromium as it is shipped.
type Options struct {
	// WithoutFeatures are switched off, by the names that Blink gives them: "DocumentPatching" for one. The browser then
	// parses pages as those do that do not know the feature.
	WithoutFeatures []string
}

// Launch starts Chromium. The caller must Close it.
func Launch(o Options) (*Browser, error) {
	path, err := Find()
	if err != nil {
		return nil, err
	}
	profile, err := os.MkdirTemp("", "infill-chromium-")
	if err != nil {
		return nil, fmt.Errorf("browser: %w", err)
	}
	allocator, endAllocator := chromedp.NewExecAllocator(context.Background(), flags(path, profile, o)...)
	ctx, endBrowser := chromedp.NewContext(allocator)
	b := &Browser{
		ctx:     ctx,
		kill:    func() { endBrowser(); endAllocator() },
		profile: profile,
	}
	// The first Do starts the process, and a deadline on its context would end the process too.
	if err := chromedp.Do(ctx); err != nil {
		b.kill()
		return nil, errors.Join(fmt.Errorf("browser: start %s: %w", path, err), os.RemoveAll(profile))
	}
	return b, nil
}

// flags keep Chromium from everything but the pages of the test: on a closed network each of its own
// requests would fail, many at a time. Its sandbox needs a helper that Debian packages apart and that
// root cannot use; the only pages it shows are ours.
func flags(path, profile string, o Options) []chromedp.ExecAllocatorOption {
	flags := []chromedp.ExecAllocatorOption{
		chromedp.ExecPath(path),
		chromedp.UserDataDir(profile),
		chromedp.Headless,
		chromedp.NoSandbox,
		chromedp.DisableGPU,
		chromedp.NoFirstRun,
		chromedp.NoDefaultBrowserCheck,
		chromedp.Flag("disable-quic", true),
		chromedp.Flag("disable-background-networking", true),
		chromedp.Flag("disable-component-update", true),
		chromedp.Flag("disable-sync", true),
		// /dev/shm is 64 MB in many containers, and Chromium dies when it is full.
		chromedp.Flag("disable-dev-shm-usage", true),
		chromedp.Flag("force-color-profile", "srgb"),
	}
	if len(o.WithoutFeatures) > 0 {
		flags = append(flags, chromedp.Flag("disable-blink-features", strings.Join(o.WithoutFeatures, ",")))
	}
	return flags
}

// Close ends Chromium and deletes its profile. It is called once.
func (b *Browser) Close() error {
	ctx, cancel := context.WithTimeout(b.ctx, closeTimeout)
	defer cancel()
	err := chromedp.Cancel(ctx)
	b.kill()
	if err != nil {
		err = fmt.Errorf("browser: close: %w", err)
	}
	return errors.Join(err, os.RemoveAll(b.profile))
}
