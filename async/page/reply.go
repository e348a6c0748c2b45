package page

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"runtime/debug"
	"time"

	"github.com/infill-go/infill/async/internal/holes"
)

// Render answers the request with the template of the given name, executed with data as its dot, in the request's
// [Mode]. It returns when the response is complete.
//
// If the template fails, nothing of the page is sent: Options.Error answers, or a plain 500, and the error is logged.
// A fragment that fails spoils its own place only. When the client has gone the response ends; the runs go on.
//
// Headers that were set before stay as they are, but for Content-Length, which goes, and, where the page needs them itself,
// Cache-Control (no-store while anything is pending or has failed), X-Accel-Buffering and Refresh. While a response is
// held open the deadline for writing is moved (see [http.ResponseController]): each write may take as long as the server's
// WriteTimeout, or 10 s if it has none. Do not call WriteHeader before: use [Pages.RenderStatus].
func (p *Pages) Render(w http.ResponseWriter, r *http.Request, name string, data any) {
	p.RenderStatus(w, r, http.StatusOK, name, data)
}

// RenderStatus is Render with another status than 200. It must be one that has a body: with any other the page fails. What
// decides it is to be waited for before, with Handle.Wait: once a page is on its way, its status cannot be changed.
func (p *Pages) RenderStatus(w http.ResponseWriter, r *http.Request, status int, name string, data any) {
	a := p.reply(w, r, status)
	defer a.end()
	if err := a.possible(); err != nil {
		a.fail(err)
		return
	}
	if p.set == nil {
		a.fail(fmt.Errorf("page: these Pages have no template %q, because they were made by New: use Bind", name))
		return
	}
	response := p.set.Respond(&a.sheet, &a.wakes)
	defer response.End()
	if err := response.Execute(name, data); err != nil {
		a.fail(err)
		return
	}
	a.send(response.Ready())
}

// reply is one page on its way.
type reply struct {
	pages  *Pages
	wire   wire
	r      *http.Request
	ctx    context.Context
	mode   Mode
	status int
	sheet  sheet
	marker marker
	wakes  holes.Wakes
	timing timing
	isSent bool
	again  string // the script's tag, if it is to be sent with each fragment
}

func (p *Pages) reply(w http.ResponseWriter, r *http.Request, status int) *reply {
	a := &reply{pages: p, wire: newWire(w, r), r: r, ctx: r.Context(), status: status}
	if p.options.Mode != nil {
		a.mode = p.modeOf(r, w)
	}
	a.timing.began = time.Now()
	a.sheet = sheet{text: takeBuffer(), script: p.script.tag, tells: p.options.Development, ended: a.ctx.Err}
	a.marker.sheet = &a.sheet
	return a
}

// possible answers an error if there can be no page.
func (a *reply) possible() error {
	switch {
	case a.pages.options.Mode == nil:
		return errors.New("page: these Pages are a zero value: make them by Bind or New")
	case a.status < 200 || a.status > 599 || a.status == http.StatusNoContent || a.status == http.StatusNotModified:
		return fmt.Errorf("page: a response of the status %d has no body, or is none: answer it without a page, by WriteHeader", a.status)
	}
	return nil
}

// end gives back what the page had.
func (a *reply) end() {
	putBuffer(a.sheet.text)
	a.sheet.text = nil
	if c := &a.pages.counts; a.isSent {
		c.errors.Add(uint64(a.sheet.errors))
		c.unfilled.Add(uint64(a.sheet.pending))
	}
}

// fail answers a page that could not be made. It does so when the request's context has ended, too: that may be a deadline,
// or the server's end, and to who still reads an empty 200 would be the page.
func (a *reply) fail(err error) {
	a.sheet.pending, a.sheet.errors = 0, 0
	if a.ctx.Err() != nil && errors.Is(err, a.ctx.Err()) {
		a.pages.counts.left.Add(1) // it is no fault of the page, and nothing for the log
	} else {
		a.pages.counts.failed.Add(1)
		a.pages.logger().ErrorContext(a.ctx, "page: the page could not be made", "error", err, "method", a.r.Method, "path", a.r.URL.Path)
	}
	for _, name := range []string{"Cache-Control", "Etag", "Last-Modified"} {
		a.wire.w.Header().Del(name) // were meant for the page: nobody is to keep this in its place
	}
	if answer := a.pages.options.Error; answer != nil {
		answer(a.wire.w, a.r, err)
		return
	}
	text := "The page could not be made. The log says why."
	if a.pages.options.Development {
		text = err.Error()
	}
	http.Error(a.wire.w, text, http.StatusInternalServerError)
}

// send sends the page that was executed, and what comes after it.
func (a *reply) send(ready int) {
	a.sheet.root.to = len(a.sheet.text)
	a.timing.executed(ready)
	a.wait()
	a.pages.counts.responses.Add(1)
	a.isSent = true
	if a.sheet.pending > 0 && a.mode == Stream {
		if a.pages.streams.enter(a.pages.options.MaxStreams) {
			defer a.pages.streams.leave()
			a.stream()
			return
		}
		a.pages.counts.refused.Add(1)
		a.mode = AtOnce
	}
	a.complete()
}

// refreshes says whether the browser may be asked to come again: it comes with a GET, and would load the page around a part
// that a script has asked for.
func (a *reply) refreshes() bool {
	return a.sheet.pending > 0 && a.mode != Whole && (a.r.Method == http.MethodGet || a.r.Method == http.MethodHead) && !a.isWithin()
}

// isWithin says whether the response will stand within another page. What only may be a part is taken for a page if
// Options.Mode has it streamed.
func (a *reply) isWithin() bool {
	return isPart(a.r.Header) || a.mode == AtOnce && fetchesPart(a.r.Header)
}

// complete sends a response that is not held open.
func (a *reply) complete() {
	a.headers()
	out := a.shell()
	if a.mode == AtOnce && a.refreshes() {
		out = append(out, refreshMark...)
	}
	a.writeHeader()
	send := a.wire.plain
	if a.mode == Whole {
		send = a.wire.write // the server's deadline counts from the request
	}
	err := send(out)
	a.dispose(out, err)
	a.sent(err)
}

// shell returns the page's HTML as of now. If nothing is to be put in between it is the sheet's own text.
func (a *reply) shell() []byte {
	if len(a.sheet.root.spots) == 0 {
		return a.sheet.text
	}
	a.marker.names = a.mode == Stream
	// A status that will not change says nothing: it would say for ever that something is loading.
	if a.sheet.status != nil && (a.mode == Stream || a.refreshes()) {
		a.marker.status = a.statusText()
	}
	return a.marker.piece(takeBuffer(), &a.sheet.root)
}

func (a *reply) statusText() string {
	defer func() {
		if v := recover(); v != nil {
			a.pages.logger().ErrorContext(a.ctx, "page: Options.Status panicked", "error", fmt.Sprint(v), "stack", string(debug.Stack()))
		}
	}()
	return a.pages.options.Status(a.r, a.sheet.pending)
}

// dispose gives the memory of the page back, which is much more than what comes after it takes.
func (a *reply) dispose(shell []byte, err error) {
	if len(a.sheet.root.spots) > 0 { // else it is the sheet's own
		putBuffer(a.sheet.text)
	}
	a.sheet.text = nil
	putSent(shell, err)
}

func (a *reply) writeHeader() {
	if a.status != http.StatusOK {
		a.wire.w.WriteHeader(a.status)
	}
}
