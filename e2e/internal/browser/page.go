package browser

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/chromedp/cdproto/audits"
	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
)

// callTimeout bounds one command to the browser; none of them waits for the page's own work.
const callTimeout = 20 * time.Second

// phoneWidth is the width below which a View is shown as a phone shows it.
const phoneWidth = 600

// View is how a page is looked at. The zero value is a light desktop of 1280 by 800 pixels that runs scripts.
type View struct {
	NoScripts     bool
	Dark          bool
	Width, Height int // in CSS pixels, which are the screenshot's pixels too; zero means 1280, 800
}

// Page is a tab in a browser context of its own: no cookie, cache entry or script is shared with another Page.
// It is not safe for concurrent use.
type Page struct {
	ctx      context.Context
	end      context.CancelFunc
	problems problemList
}

// Open opens an empty tab. The caller must Close it, or close the browser.
func (b *Browser) Open(view View) (*Page, error) {
	ctx, end := chromedp.NewContext(b.ctx, chromedp.WithNewBrowserContext())
	p := &Page{ctx: ctx, end: end}
	// Listening comes before the first navigation, or the earliest problems are lost.
	if err := errors.Join(chromedp.Do(ctx), chromedp.Listen(ctx, p.problems.note), p.look(view)); err != nil {
		end()
		return nil, fmt.Errorf("browser: open a tab: %w", err)
	}
	return p, nil
}

func (p *Page) look(view View) error {
	if view.Width == 0 {
		view.Width = 1280
	}
	if view.Height == 0 {
		view.Height = 800
	}
	scheme := "light"
	if view.Dark {
		scheme = "dark"
	}
	return errors.Join(
		call(p, audits.Enable, cdp.Empty{}),
		call(p, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: view.NoScripts}),
		call(p, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
			Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}},
		}),
		call(p, emulation.SetDeviceMetricsOverride, emulation.SetDeviceMetricsOverrideParams{
			Width:             int64(view.Width),
			Height:            int64(view.Height),
			DeviceScaleFactor: 1,
			Mobile:            view.Width < phoneWidth,
		}),
	)
}

// Goto opens the address and returns when the answer has begun, not when it has ended: what is still
// streaming can be looked at.
func (p *Page) Goto(url string) error {
	ctx, cancel := context.WithTimeout(p.ctx, callTimeout)
	defer cancel()
	result, err := chromedp.Call(ctx, page.Navigate, page.NavigateParams{URL: url})
	if err == nil && result.ErrorText != "" {
		err = errors.New(result.ErrorText)
	}
	if err != nil {
		return fmt.Errorf("browser: go to %s: %w", url, err)
	}
	return nil
}

// Eval returns the value of a JavaScript expression. It works where the page's own scripts are off.
func Eval[T any](p *Page, expression string) (T, error) {
	ctx, cancel := context.WithTimeout(p.ctx, callTimeout)
	defer cancel()
	value, err := chromedp.Run(ctx, chromedp.Evaluate[T](expression))
	if err != nil {
		return value, fmt.Errorf("browser: evaluate %s: %w", expression, err)
	}
	return value, nil
}

// Eval is the function Eval for values whose type is known at run time only: what into points to is set by way of JSON, and
// nil throws the value away.
func (p *Page) Eval(expression string, into any) error {
	if into == nil {
		_, err := Eval[chromedp.Void](p, expression)
		return err
	}
	value, err := Eval[[]byte](p, expression)
	if err != nil {
		return err
	}
	if err := json.Unmarshal(value, into); err != nil {
		return fmt.Errorf("browser: the value %s of %s: %w", value, expression, err)
	}
	return nil
}

// WaitFor returns when the JavaScript condition is true. The page may navigate meanwhile: an evaluation that
// fails is tried again like one that is false, and the error after the deadline tells the last failure.
func (p *Page) WaitFor(condition string, deadline time.Duration) error {
	ctx, cancel := context.WithTimeout(p.ctx, deadline)
	defer cancel()
	look := time.NewTicker(20 * time.Millisecond)
	defer look.Stop()
	last := errors.New("it was false")
	for {
		met, err := chromedp.Run(ctx, chromedp.Evaluate[bool](condition))
		switch {
		case met && err == nil:
			return nil
		case err != nil && ctx.Err() == nil:
			last = err
		case err == nil:
			last = errors.New("it was false")
		}
		select {
		case <-look.C:
		case <-ctx.Done():
			return fmt.Errorf("browser: not met in %v: %s: %w", deadline, condition, last)
		}
	}
}

// Screenshot returns a PNG of the whole document in the width of the view, also of what is below the fold.
func (p *Page) Screenshot() ([]byte, error) {
	ctx, cancel := context.WithTimeout(p.ctx, callTimeout)
	defer cancel()
	png, err := chromedp.Run(ctx, chromedp.FullScreenshot(100))
	if err != nil {
		return nil, fmt.Errorf("browser: screenshot: %w", err)
	}
	return png, nil
}

// Close closes the tab.
func (p *Page) Close() { p.end() }

func call[P, R any](p *Page, command cdp.Command[P, R], params P) error {
	ctx, cancel := context.WithTimeout(p.ctx, callTimeout)
	defer cancel()
	_, err := chromedp.Call(ctx, command, params)
	return err
}
