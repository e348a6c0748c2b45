// Package wire plays streamed pages to real browsers: each byte of the wire format is written by a test, and each part is
// sent when the test says so.
package wire

import "time"

// Tab is a tab of a real browser, as much of it as these tests need. It is not safe for concurrent use.
type Tab interface {
	// Goto opens the address. It returns when the answer has begun or earlier, and never waits for its end: what is still
	// streaming is what the tests look at.
	Goto(url string) error
	// Eval puts the value of a JavaScript expression into what into points to, by way of JSON; nil throws it away. It works
	// where the page's own scripts are off and under any policy of the page. It does not wait for a navigation that the
	// expression begins.
	Eval(expression string, into any) error
	// WaitFor returns when the expression is true. The page may navigate meanwhile: an evaluation that fails is tried again
	// like one that is false, and the error after the deadline tells the last failure.
	WaitFor(expression string, deadline time.Duration) error
	// Problems returns what the browser has complained of since the tab was opened, or nil where it cannot be asked.
	Problems() []string
	// Close closes the tab. It is called once.
	Close() error
}

// Visitor is what the tests must know of a browser to say what it will show.
type Visitor struct {
	Native  bool // it fills <template for> by itself
	Scripts bool // it runs the page's scripts
}

// Fills says whether the visitor sees fragments in the response that began with their defaults.
func (v Visitor) Fills() bool { return v.Native || v.Scripts }
