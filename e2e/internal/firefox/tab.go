package firefox

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/infill-go/infill/e2e/internal/expression"
)

// Tab is a tab of Firefox. Of several tabs the one that was used last is in front, and the others are hidden to their pages.
type Tab struct {
	browser *Browser
	handle  string
}

// Open opens an empty tab. The caller must Close it, or close the browser.
func (b *Browser) Open() (*Tab, error) {
	// A tab is opened from another, and the current one may be closed.
	var opened struct{ Handle string }
	err := b.switchTo(b.home)
	if err == nil {
		err = b.marionette.call("WebDriver:NewWindow", map[string]any{"type": "tab", "focus": true}, &opened)
	}
	t := &Tab{b, opened.Handle}
	if err == nil {
		err = t.inChrome(forget, nil)
	}
	if err != nil {
		return nil, fmt.Errorf("firefox: open a tab: %w", err)
	}
	return t, nil
}

// load is what the address bar does. WebDriver:Navigate waits for the end of the answer, whatever the page load strategy.
const load = `gBrowser.selectedBrowser.browsingContext.loadURI(Services.io.newURI(arguments[0]),
	{triggeringPrincipal: Services.scriptSecurityManager.getSystemPrincipal()})`

// document tells one document from another, also of one address.
type document struct {
	Origin float64 // in milliseconds since 1970
	URI    string
}

const blank = "about:blank"

const whichDocument = `({origin: performance.timeOrigin, uri: document.documentURI})`

// Goto opens the address and returns when the answer has begun, not when it has ended: what is still streaming can be
// looked at. The address must be that of another document: a jump within the page would be waited for in vain.
func (t *Tab) Goto(url string) error {
	var before, now document
	err := t.Eval(whichDocument, &before)
	if err == nil {
		err = t.inChrome(load, nil, url)
	}
	if err == nil {
		err = expression.Wait(func(_ string, met any) error {
			err := t.Eval(whichDocument, &now)
			// A tab that changes its process is blank for a moment.
			*met.(*bool) = now.Origin != before.Origin && (now.URI != blank || url == blank)
			return err
		}, "another document", callTimeout)
	}
	if err == nil && strings.HasPrefix(now.URI, "about:neterror") {
		err = errors.New(now.URI)
	}
	if err != nil {
		return fmt.Errorf("firefox: go to %s: %w", url, err)
	}
	return nil
}

// Eval puts the value of a JavaScript expression into what into points to, by way of JSON; nil throws it away. It works
// where scripts are off and under any policy of the page, and sees the page's own variables.
func (t *Tab) Eval(text string, into any) error {
	err := t.focus()
	if err == nil {
		err = t.run(expression.Body(text), into)
	}
	if err != nil {
		return fmt.Errorf("firefox: evaluate %s: %w", text, err)
	}
	return nil
}

// WaitFor returns when the JavaScript expression is true. The page may navigate meanwhile: an evaluation that fails is
// tried again like one that is false, and the error after the deadline tells the last failure.
func (t *Tab) WaitFor(text string, deadline time.Duration) error {
	if err := expression.Wait(t.Eval, text, deadline); err != nil {
		return fmt.Errorf("firefox: %w", err)
	}
	return nil
}

// Close closes the tab.
func (t *Tab) Close() error {
	err := t.focus()
	if err == nil {
		err = t.browser.marionette.call("WebDriver:CloseWindow", nil, nil)
	}
	if err != nil {
		return fmt.Errorf("firefox: close a tab: %w", err)
	}
	return nil
}

// switchTo makes a tab the one that commands go to.
func (b *Browser) switchTo(handle string) error {
	if b.current == handle {
		return nil
	}
	if err := b.marionette.call("WebDriver:SwitchToWindow", map[string]any{"handle": handle, "focus": true}, nil); err != nil {
		return err
	}
	b.current = handle
	return nil
}

func (t *Tab) focus() error { return t.browser.switchTo(t.handle) }

// run runs a function body that returns JSON text, in the page.
func (t *Tab) run(body string, into any, arguments ...any) error {
	return t.runIn("", body, into, arguments...)
}

// runIn runs it in a sandbox: "" is the page's world, "system" one with all rights that sees the page without its own doings.
func (t *Tab) runIn(sandbox, body string, into any, arguments ...any) error {
	parameters := map[string]any{"script": body, "args": append([]any{}, arguments...)}
	if sandbox != "" {
		parameters["sandbox"] = sandbox
	}
	var result struct{ Value *string }
	if err := t.browser.marionette.call("WebDriver:ExecuteScript", parameters, &result); err != nil {
		return err
	}
	return expression.Decode(result.Value, into)
}

// inChrome runs it in the window around the tab.
func (t *Tab) inChrome(body string, into any, arguments ...any) error {
	if err := t.focus(); err != nil {
		return err
	}
	set := func(context string) error {
		return t.browser.marionette.call("Marionette:SetContext", map[string]any{"value": context}, nil)
	}
	if err := set("chrome"); err != nil {
		return err
	}
	return errors.Join(t.run(body, into, arguments...), set("content"))
}
