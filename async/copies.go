package async

import (
	"context"
	"html/template"
	"sync"

	"github.com/infill-go/infill/async/internal/bind"
)

// copies are the copies of a set that runs execute. Each is used by one run at a
// time, so that its functions know for whom they wait: the run's deadline, its
// slot and the circle it might close. A function of a template has no other way to
// know that.
//
// Responses need no such thing and share one copy. A copy for each of them is what
// must not be: it costs a millisecond and half a megabyte for a set of fifty
// templates. Runs are few at a time, and a copy is used again.
type copies struct {
	prepared *bind.Result // never executed
	funcs    func(*runCopy) template.FuncMap

	mu   sync.Mutex // guards free
	free []*runCopy
}

// runCopy is a copy and the context of the run that has it.
type runCopy struct {
	templates *template.Template
	ctx       context.Context
	lacks     bool // a value that the run waited for was not to be had

	inside *response // instead of a run: what the default or error view stands in
}

// freeCopies is how many unused copies a set keeps: as many as a fragment's
// default MaxRuns.
const freeCopies = defaultMaxRuns

func (c *copies) take() (*runCopy, error) {
	if r := c.takeFree(); r != nil {
		return r, nil
	}
	r := new(runCopy)
	t, err := c.prepared.Capturing(c.funcs(r))
	if err != nil {
		return nil, err
	}
	r.templates = t
	return r, nil
}

func (c *copies) takeFree() *runCopy {
	c.mu.Lock()
	defer c.mu.Unlock()
	n := len(c.free)
	if n == 0 {
		return nil
	}
	r := c.free[n-1]
	c.free = c.free[:n-1]
	return r
}

func (c *copies) put(r *runCopy) {
	r.ctx, r.lacks, r.inside = nil, false, nil
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.free) < freeCopies {
		c.free = append(c.free, r)
	}
}
