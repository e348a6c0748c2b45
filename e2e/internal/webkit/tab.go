package webkit

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"time"

	"github.com/infill-go/infill/e2e/internal/expression"
)

// Tab is the one window of a MiniBrowser of its own, with its own cache, cookies and history, and with a driver of its own.
// A second window of the same MiniBrowser would be hidden to its pages. It is not safe for concurrent use.
type Tab struct {
	browser *Browser
	driver  *driver
	session string // path of the session
}

// attempts is how often a start is tried: the driver chooses a free port for its MiniBrowser, and waits for ever when somebody
// else has taken it meanwhile; its own port is chosen in the same way.
const attempts = 3

// Open opens a window with an empty page. The caller must Close it, or close the browser.
func (b *Browser) Open() (t *Tab, err error) {
	for range attempts {
		if t, err = b.open(); err == nil {
			b.opened = append(b.opened, t)
			return t, nil
		}
	}
	return nil, fmt.Errorf("webkit: open a tab: %w", err)
}

func (b *Browser) open() (*Tab, error) {
	d, err := startDriver(b.programs.Driver, b.environment())
	if err != nil {
		return nil, err
	}
	var opened struct{ SessionID string }
	if err := d.call(startTimeout, http.MethodPost, sessions, b.capabilities(), &opened); err != nil {
		return nil, d.program.Failed(err)
	}
	return &Tab{b, d, sessions + "/" + opened.SessionID}, nil
}

// grace is how long Goto waits for the new document.
const grace = 2 * time.Second

// Goto opens the address and returns when the answer has begun, not when it has ended. WebKitGTK makes a document of an
// answer when 512 bytes of it are there, which it wants for guessing its type, also where the guess is forbidden; when they
// do not come, Goto returns after two seconds. It draws when some 200 characters of visible text are there.
func (t *Tab) Goto(url string) error {
	var before, now float64
	err := t.Eval(`performance.timeOrigin`, &before)
	if err == nil {
		err = t.post("/url", map[string]any{"url": url}, nil)
	}
	if err != nil {
		return fmt.Errorf("webkit: go to %s: %w", url, err)
	}
	_ = expression.Wait(func(_ string, met any) error { // not met: see above
		err := t.Eval(`performance.timeOrigin`, &now)
		*met.(*bool) = now != before
		return err
	}, "another document", grace)
	return nil
}

// Eval puts the value of a JavaScript expression into what into points to, by way of JSON; nil throws it away. It works
// where scripts are off and under any policy of the page, and sees the page's own variables.
func (t *Tab) Eval(text string, into any) error {
	var result *string
	err := t.post("/execute/sync", map[string]any{"script": expression.Body(text), "args": []any{}}, &result)
	if err == nil {
		err = expression.Decode(result, into)
	}
	if err != nil {
		return fmt.Errorf("webkit: evaluate %s: %w", text, err)
	}
	return nil
}

// WaitFor returns when the JavaScript expression is true. The page may navigate meanwhile: an evaluation that fails is
// tried again like one that is false, and the error after the deadline tells the last failure.
func (t *Tab) WaitFor(text string, deadline time.Duration) error {
	if err := expression.Wait(t.Eval, text, deadline); err != nil {
		return fmt.Errorf("webkit: %w", err)
	}
	return nil
}

// Problems returns nil: WebKitGTK cannot be asked. The sessions that a driver controls are private, and of these it logs
// nothing to any place; its driver has no command for it; and its ReportingObserver is not told of violations. A test sees
// violations by a report-uri in the page's policy, also where scripts are off.
func (t *Tab) Problems() []string { return nil }

// Close ends MiniBrowser and the driver.
func (t *Tab) Close() error {
	t.browser.opened = slices.DeleteFunc(t.browser.opened, func(other *Tab) bool { return other == t })
	err := t.driver.call(endTimeout, http.MethodDelete, t.session, nil, nil)
	if err = errors.Join(err, t.driver.end()); err != nil {
		return fmt.Errorf("webkit: close a tab: %w", err)
	}
	return nil
}

func (t *Tab) post(path string, parameters map[string]any, into any) error {
	return t.driver.call(callTimeout, http.MethodPost, t.session+path, parameters, into)
}
