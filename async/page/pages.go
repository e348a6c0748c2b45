package page

import (
	"html/template"
	"log/slog"
	"sync/atomic"

	"github.com/infill-go/infill/async"
)

// Pages send the pages of a set, and serve the script that goes with them. [Bind] and [New] make them. Methods are safe
// for concurrent use.
type Pages struct {
	set     *async.Set // nil for New
	options Options
	script  asset
	counts  counters
	streams streams
	tagged  atomic.Bool // Script was called: pages of Respond have it
}

// Bind binds the set that t belongs to, as [async.Bind] does, whose errors it answers, and makes Pages of it.
func Bind(t *template.Template, o Options) (*Pages, error) {
	p, err := New(o)
	if err != nil {
		return nil, err
	}
	if p.set, err = async.Bind(t, o.Options); err != nil {
		return nil, err
	}
	return p, nil
}

// New makes Pages without templates, for [Pages.Respond]. The error tells of options that are impossible.
func New(o Options) (*Pages, error) {
	o, err := o.resolved()
	if err != nil {
		return nil, &optionsError{err}
	}
	return &Pages{options: o, script: newAsset(o.Path)}, nil
}

// Must returns p, and panics if there is an error. It is for variables that are set when a program starts.
func Must(p *Pages, err error) *Pages {
	if err != nil {
		panic(err)
	}
	return p
}

type optionsError struct{ error }

func (e *optionsError) Error() string { return "page: impossible options: " + e.error.Error() }
func (e *optionsError) Unwrap() error { return e.error }

// Script is the tag of the script, as asyncscript prints it.
func (p *Pages) Script() template.HTML {
	p.tagged.Store(true)
	return template.HTML(p.script.tag)
}

// ScriptURL is the URL of the script, for a tag of your own: with a nonce, if that is how your content security policy
// knows its scripts. The tag must be async, and neither defer nor a module. WebKit, to which the tag of Script is sent again
// with each fragment, may then show the fragments at the end of the response only.
func (p *Pages) ScriptURL() string { return p.script.url }

func (p *Pages) logger() *slog.Logger {
	g := p.options.Group
	if g == nil {
		g = async.Default()
	}
	if g.Logger != nil {
		return g.Logger
	}
	return slog.Default()
}
