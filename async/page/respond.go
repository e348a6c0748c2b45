package page

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"runtime/debug"
	"sync"
)

// Respond is [Pages.Render] for a page that is not made by html/template: body writes it to w, which never fails, and
// passes ctx on to [Hole]. It is called once, and nothing is sent before it has returned; if it returns an error, Options.Error
// answers instead. ctx is the request's, and ends when the response does.
//
// The functions of a [Look] are called until Respond returns, one at a time, in the goroutine that called it.
func (p *Pages) Respond(w http.ResponseWriter, r *http.Request, body func(ctx context.Context, w io.Writer) error) {
	p.RespondStatus(w, r, http.StatusOK, body)
}

// RespondStatus is Respond with another status than 200. It must be one that has a body.
func (p *Pages) RespondStatus(w http.ResponseWriter, r *http.Request, status int, body func(ctx context.Context, w io.Writer) error) {
	a := p.reply(w, r, status)
	defer a.end()
	h := &written{reply: a}
	ctx, cancel := context.WithCancel(context.WithValue(r.Context(), writtenKey{}, h))
	h.ctx = ctx
	defer h.runs.Wait()
	defer cancel()
	if err := body(ctx, &a.sheet); err != nil {
		a.fail(err)
		return
	}
	if err := h.whole(); err != nil {
		a.fail(err)
		return
	}
	a.send(h.ready)
}

// Status writes the page's status, as asyncstatus does, to a writer for which [Hole] would do.
func Status(ctx context.Context, w io.Writer) error {
	h, err := writtenOf(ctx, "Status")
	if err != nil {
		return err
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
	keys  map[any]any // by handle and key: the *waited of its type
	runs  sync.WaitGroup
	ready int
	marks int // written by reach
}

type writtenKey struct{}

func writtenOf(ctx context.Context, who string) (*written, error) {
	h, ok := ctx.Value(writtenKey{}).(*written)
	if !ok {
		return nil, fmt.Errorf("page: %s was called outside of a page: pass on the context that Pages.Respond has given to its function", who)
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
	h.marks++
	mark := fmt.Sprintf("<!--%p %d-->", h, h.marks)
	before := len(s.text)
	if _, err := io.WriteString(w, mark); err != nil {
		return err
	}
	if err := flush(w); err != nil {
		return err
	}
	if string(s.text[min(before, len(s.text)):]) != mark {
		return errUnreached
	}
	s.text = s.text[:before]
	return nil
}

func flush(w io.Writer) error {
	if f, ok := w.(interface{ Flush() error }); ok {
		return f.Flush()
	}
	return nil
}

// try has a function of a Look write to the sheet. If it fails, or panics, nothing of what it wrote is left.
func (h *written) try(write func(w io.Writer) error) (err error) {
	s := &h.reply.sheet
	before := s.mark()
	defer func() {
		if v := recover(); v != nil {
			err = fmt.Errorf("page: a function of a Look panicked: %v\n%s", v, debug.Stack())
		}
		if err != nil {
			s.rollback(before)
		}
	}()
	return write(s)
}

func (h *written) tell(err error) { h.reply.sheet.Failed(err) }

func (h *written) warn(err error) {
	h.reply.pages.logger().WarnContext(h.ctx, "page: a fragment could not be shown", "error", err)
}

// whole answers an error if a hole was begun and not ended, because what was to write its default panicked, and somebody
// recovered.
func (h *written) whole() error {
	if len(h.reply.sheet.at) > 0 {
		return errors.New("page: a hole was begun and not ended: its Look.Default has panicked")
	}
	return nil
}
