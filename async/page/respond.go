package page

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"net/http"
	"runtime/debug"
	"sync"
	"sync/atomic"

	"github.com/infill-go/infill/async"
)

// Respond is [Pages.Render] for a page that is not made by html/template: body writes it to w, which never fails, and
// passes ctx on to [Hole]. It is called once, and nothing is sent before it has returned; if it returns an error, Options.Error
// answers instead; if it panics, so does Respond, and nothing was sent. ctx is the request's, and ends when the response does.
//
// The functions of a [Look] are called until Respond returns, one at a time, in the goroutine that called it.
func (p *Pages) Respond(w http.ResponseWriter, r *http.Request, body func(ctx context.Context, w io.Writer) error) {
	p.RespondStatus(w, r, http.StatusOK, body)
}

// RespondStatus is Respond with another status than 200. It must be one that has a body.
func (p *Pages) RespondStatus(w http.ResponseWriter, r *http.Request, status int, body func(ctx context.Context, w io.Writer) error) {
	a := p.reply(w, r, status)
	defer a.end()
	if err := a.possible(); err != nil {
		a.fail(err)
		return
	}
	a.sheet.scripted = p.tagged.Load()
	h := &written{reply: a, maxDepth: p.options.MaxDepth, maxOutput: p.options.MaxOutput}
	orDefault(&h.maxDepth, defaultMaxDepth)
	orDefault(&h.maxOutput, defaultMaxOutput)
	ctx, cancel := context.WithCancel(context.WithValue(r.Context(), writtenKey{}, h))
	h.ctx = ctx
	defer h.runs.Wait()
	defer cancel()
	if err := h.write(body); err != nil {
		a.fail(err)
		return
	}
	a.send(h.ready)
}

// Status writes the page's status, as asyncstatus does, to a writer for which [Hole] would do. A [Look] has none: what it
// shows comes and goes.
func Status(ctx context.Context, w io.Writer) error {
	h, err := writtenOf(ctx, "Status")
	if err != nil {
		return err
	}
	if h.depth > 0 {
		return errors.New("page: Status was called in a function of a Look: call it in the function of Pages.Respond itself")
	}
	if err := h.reach(w); err != nil {
		return err
	}
	h.reply.sheet.Status()
	return nil
}

// written is a page that a function writes.
type written struct {
	reply *reply
	ctx   context.Context
	open  atomic.Bool // a function of the user is writing
	keys  map[any]any // by handle and key: the *waited of its type
	runs  sync.WaitGroup
	ready int
	mark  string // with which reach asks; empty before the first time
	lost  error  // why the place of a hole is not known

	depth     int // how many Looks stand around what is written
	maxDepth  int
	maxOutput int64
}

const (
	defaultMaxDepth  = 8
	defaultMaxOutput = 1 << 20
)

var errDepth = errors.New("page: holes are nested deeper than Options.MaxDepth")

// write has the page written.
func (h *written) write(body func(ctx context.Context, w io.Writer) error) error {
	h.open.Store(true)
	defer h.open.Store(false)
	if err := body(h.ctx, &h.reply.sheet); err != nil {
		return err
	}
	return h.lost // body has not passed it on, and reach's mark is somewhere
}

type writtenKey struct{}

func writtenOf(ctx context.Context, who string) (*written, error) {
	h, ok := ctx.Value(writtenKey{}).(*written)
	if !ok {
		return nil, fmt.Errorf("page: %s was called outside of a page: pass on the context that Pages.Respond has given to its function", who)
	}
	if !h.open.Load() {
		return nil, fmt.Errorf("page: %s was called when the page was written already: call it before the function of Pages.Respond returns, in the same goroutine", who)
	}
	return h, nil
}

var errUnreached = errors.New("page: the writer keeps what is written to it, so that the place of a hole cannot be known: pass on the writer that Pages.Respond has given to its function, or one around it with a method Flush() error")

// reach sees to it that everything that was written to w so far has come to the sheet. A writer around the sheet's, as templ's,
// is flushed, and asked to pass a mark, which is taken away again: so a place is known, and nothing is searched for.
func (h *written) reach(w io.Writer) error {
	s := &h.reply.sheet
	if w == io.Writer(s) {
		return nil
	}
	if err := flush(w); err != nil {
		return err
	}
	if h.mark == "" {
		h.mark = "<!--" + rand.Text() + "-->"
	}
	before := len(s.text)
	if _, err := io.WriteString(w, h.mark); err != nil {
		return err
	}
	if err := flush(w); err != nil {
		return err
	}
	if string(s.text[before:]) != h.mark {
		h.lost = errUnreached
		return h.lost
	}
	s.text = s.text[:before]
	return nil
}

func flush(w io.Writer) error {
	switch f := w.(type) {
	case interface{ Flush() error }:
		return f.Flush()
	case http.Flusher: // as templ's own Flush has it
		f.Flush()
	}
	return nil
}

// try has a function of a Look write to the sheet, which so many others stand around. If it fails, or panics, or writes too
// much, nothing of what it wrote is left.
func (h *written) try(depth int, write func(w io.Writer) error) (err error) {
	s := &h.reply.sheet
	before, was, outer, lost := s.mark(), h.open.Swap(true), h.depth, h.lost
	h.depth, h.lost = depth+1, nil
	defer func() {
		// A place that was lost in here is gone with all the rest; one that was lost before is still lost.
		h.depth, h.lost = outer, lost
		h.open.Store(was)
		if v := recover(); v != nil {
			if v == http.ErrAbortHandler {
				panic(v) // it is meant for the server
			}
			err = &async.PanicError{Value: v, Stack: debug.Stack()}
		}
		if err != nil {
			s.rollback(before)
		}
	}()
	switch err := write(s); {
	case err != nil:
		return err
	case h.lost != nil: // the function has not passed it on
		return h.lost
	case int64(len(s.text)-before.text) > h.maxOutput:
		return fmt.Errorf("page: the HTML of a hole is longer than %d bytes (Options.MaxOutput)", h.maxOutput)
	}
	return nil
}

func (h *written) tell(err error) { h.reply.sheet.Failed(err) }

// spoiled logs and tells that a function of a Look has failed.
func (h *written) spoiled(err error) {
	args := []any{"error", err}
	var p *async.PanicError
	if errors.As(err, &p) {
		args = append(args, "stack", string(p.Stack))
	}
	h.reply.pages.logger().WarnContext(h.ctx, "page: a fragment could not be shown", args...)
	h.tell(err)
}
