package page

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/infill-go/infill/async"
)

// Options are those of [Bind] and [New]. The zero value is ready.
type Options struct {
	// Options are those of [async.Bind]. [New] takes Group, for its Logger, and MaxDepth and MaxOutput, for [Hole].
	async.Options

	// Budget is how long a page waits for its fragments before its first byte is sent, counted from the begin of Render:
	// all of them share it. What completes in time stands in its place as if it had always been there. A fragment whose
	// runs usually take longer is not waited for. Zero: 20 ms. Negative: none.
	Budget time.Duration
	// Window is how long a response is then kept open for what is still to come. Zero: 2 s. Negative: not at all, and the
	// page is sent [AtOnce].
	Window time.Duration
	// MaxStreams is how many responses are held open at a time, to stream or to wait for a Whole page. When there are as
	// many, a page is sent with its defaults at once. Zero: 10,000.
	MaxStreams int
	// Limit is how long a [Whole] page is waited for. Zero: 10 s.
	Limit time.Duration
	// Mode decides how a request is answered. It must be safe for concurrent use. Nil: [ModeOf].
	Mode func(r *http.Request) Mode
	// Path is where the Pages are mounted, with a slash at both ends. Zero: "/_async/".
	Path string
	// Status is the text of asyncstatus while so many places of the page are pending, and, when pending is 0, once all have
	// been filled. It is escaped. It must be safe for concurrent use. Nil: in English.
	Status func(r *http.Request, pending int) string
	// Error answers when a page failed before its first byte; the error has been logged, unless it is the one with which
	// the request's context has ended, and Cache-Control, Etag and Last-Modified, which were meant for the page, are gone
	// from the headers. Nil: a plain 500, which tells the error in
	// Development only.
	Error func(w http.ResponseWriter, r *http.Request, err error)
	// Development tells in comments of the page why fragments have failed. The errors may hold what visitors should not
	// know.
	Development bool
}

const (
	defaultBudget = 20 * time.Millisecond
	defaultWindow = 2 * time.Second
	defaultLimit  = 10 * time.Second
	defaultPath   = "/_async/"

	defaultMaxStreams = 10_000
)

// resolved returns the options with the defaults in them.
func (o Options) resolved() (Options, error) {
	var errs []error
	if o.Limit < 0 {
		errs = append(errs, fmt.Errorf("Options.Limit is %v: it must not be negative; 0 is %v", o.Limit, defaultLimit))
	}
	if o.MaxDepth < 0 || o.MaxOutput < 0 {
		errs = append(errs, fmt.Errorf("Options.MaxDepth is %d and MaxOutput %d: they must not be negative; 0 is %d and %d", o.MaxDepth, o.MaxOutput, defaultMaxDepth, defaultMaxOutput))
	}
	if o.MaxStreams < 0 {
		errs = append(errs, fmt.Errorf("Options.MaxStreams is %d: it must not be negative; 0 is %d, and a negative Window streams nothing", o.MaxStreams, defaultMaxStreams))
	}
	if o.Path != "" && !isPath(o.Path) {
		errs = append(errs, fmt.Errorf("Options.Path is %q: it must begin and end with a slash, and be of letters, digits and ._~-/ only, such as %q", o.Path, defaultPath))
	}
	orDefault(&o.Budget, defaultBudget)
	orDefault(&o.Window, defaultWindow)
	orDefault(&o.Limit, defaultLimit)
	orDefault(&o.MaxStreams, defaultMaxStreams)
	orDefault(&o.Path, defaultPath)
	if o.Mode == nil {
		o.Mode = ModeOf
	}
	if o.Status == nil {
		o.Status = englishStatus
	}
	return o, errors.Join(errs...)
}

func orDefault[T comparable](v *T, def T) {
	var zero T
	if *v == zero {
		*v = def
	}
}

// isPath says whether a path needs no escaping, in HTML or a URL, and cannot be taken for one of another host.
func isPath(path string) bool {
	const letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._~-/"
	return strings.HasPrefix(path, "/") && strings.HasSuffix(path, "/") && !strings.Contains(path, "//") &&
		strings.Trim(path, letters) == "" && !strings.Contains(path, "/./") && !strings.Contains(path, "/../")
}

func englishStatus(_ *http.Request, pending int) string {
	switch pending {
	case 0:
		return "All sections are loaded"
	case 1:
		return "1 section is loading"
	}
	return fmt.Sprintf("%d sections are loading", pending)
}
