package async

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"html/template"
	"weak"
)

// captured executes a template into content. Holes are kept as holes, and their
// runs are started at once, one level deeper.
func (c *capturer) captured(t *template.Template, name string, dot any) (*content, error) {
	if err := t.ExecuteTemplate(c, name, dot); err != nil {
		return nil, err
	}
	return c.builder.finish(), nil
}

// captured executes a template in a run, whose context ctx is.
func (s *Set) captured(ctx context.Context, name string, dot any) (*content, error) {
	return s.capturedIn(&capturer{set: s, ctx: ctx, depth: flightOf(ctx).depth}, name, dot)
}

func (s *Set) capturedIn(c *capturer, name string, dot any) (*content, error) {
	t, err := s.copies.take()
	if err != nil {
		return nil, err
	}
	defer s.copies.put(t)
	t.ctx = c.ctx
	captured, err := c.captured(t.templates, name, dot)
	if err == nil && t.lacks {
		captured.lacks = true
	}
	return captured, err
}

// capturedStale executes NAME:stale. The old value of a template fragment is
// content, whose holes must stay holes: the template prints a mark, and the
// content is put in its place. The mark is a word between comments, which
// html/template writes as it is in element content only; anywhere else the word
// turns up alone, and the view fails.
func (s *Set) capturedStale(ctx context.Context, name string, state State) (*content, error) {
	c := &capturer{set: s, ctx: ctx, depth: flightOf(ctx).depth}
	if old, ok := state.Value.(*content); ok {
		c.old, c.word = old, rand.Text()
		c.mark = "<!---->" + c.word + "<!---->"
		state.Value = template.HTML(c.mark)
	}
	return s.capturedIn(c, name, state)
}

// capturer is the writer of a capture.
type capturer struct {
	set     *Set
	ctx     context.Context
	depth   int
	builder builder

	old  *content // what stands where mark is printed
	mark string   // with the word in a comment
	word string
}

var errMisplacedValue = errors.New("the old value of a template fragment is HTML, which can be printed in element content only, and as it is")

// Write takes one piece of the template's output. An error ends the execution, so
// a template that prints for ever ends with its deadline or at the limit.
func (c *capturer) Write(p []byte) (int, error) {
	var call call
	isCall := c.set.tokens.redeem(p, &call) // first: a token that is out must come back
	if err := c.ctx.Err(); err != nil {
		return 0, context.Cause(c.ctx)
	}
	if isCall {
		if err := c.keep(call); err != nil {
			return 0, err
		}
	} else if c.old != nil && string(p) == c.mark {
		c.builder.embed(c.old)
	} else if c.old != nil && bytes.Contains(p, []byte(c.word)) {
		return 0, errMisplacedValue
	} else {
		c.builder.write(p)
	}
	if c.builder.content.bytes > c.set.maxOutput {
		return 0, limitError(fmt.Sprintf("the HTML is longer than %d bytes (Options.MaxOutput)", c.set.maxOutput))
	}
	return len(p), nil
}

// keep adds the call as a hole and starts its run. DEFAULT is printed here, since
// nothing of the execution's data may be kept with the result. What is no hole is left
// out: it belongs to a page, and Bind refuses it here.
func (c *capturer) keep(call call) error {
	if call.kind != holeCall {
		return nil
	}
	h := c.set.hole(&call)
	if h.hasDefault {
		html, err := printed(h.def)
		if err != nil {
			return err
		}
		h.html, h.def = &html, nil
	}
	c.builder.add(&h)
	if h.bad == nil && c.depth < c.set.maxDepth {
		h.site.frag.observe(h.id, ask{key: h.key, depth: c.depth + 1, set: c.set})
	}
	return nil
}

// hole makes a hole of a call. A value that cannot be a key spoils its own hole
// only.
func (s *Set) hole(c *call) hole {
	at := &s.sites[c.site]
	key, id, err := at.frag.convert(c.key)
	if err != nil {
		at.frag.badKey("no key", "at", at.position, "type", fmt.Sprintf("%T", c.key), "error", err)
	}
	return hole{site: at, key: key, id: id, bad: err, hasDefault: c.hasDefault, def: c.def}
}

// errDropped is never seen by a page: it is for a run in line whose set has gone.
var errDropped = errors.New("the set that defines the template is no longer in use")

// executing is the function of a template fragment. It does not keep its set: results
// of registered fragments keep the holes in their views, these keep the template
// fragments, and so sets that the program has dropped would be kept, and rendered for,
// as long as the results are.
func (s *Set) executing(name string) func(key any) runFunc {
	set := weak.Make(s)
	return func(key any) runFunc {
		return func(ctx context.Context) (any, error) { return set.Value().execute(ctx, name, key) }
	}
}

func (s *Set) execute(ctx context.Context, name string, key any) (any, error) {
	if s == nil {
		return nil, errDropped
	}
	c, err := s.captured(ctx, name, key)
	if err != nil {
		return nil, err
	}
	return c, nil
}
