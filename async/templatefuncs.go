package async

import (
	"fmt"
	"html/template"

	"github.com/infill-go/infill/async/internal/bind"
)

// Funcs returns the template functions for the default group, to be given to
// template.Funcs before parsing:
//
//	{{async NAME KEY [DEFAULT]}}       a fragment's result; until there is one, DEFAULT or nothing
//	{{asyncvalue NAME KEY [DEFAULT]}}  likewise, but the zero value of its type instead of nothing
//	{{asyncscript}}                    the tag of the one script, for the head
//	{{asyncstatus}}                    the page's one status: how much is loading
//
// The last two print nothing but in pages that package page sends.
//
// A set that is executed just so knows registered fragments only, and prints
// their values, escaped by html/template for the place they stand in. [Bind] adds
// views, template fragments, nesting, and the report.
//
// NAME must be registered when the template is executed, else the execution ends
// with an error, as for {{template}} with an unknown name. A value that cannot be
// a key is logged, and shows DEFAULT.
func Funcs() template.FuncMap { return (*Group)(nil).Funcs() }

// Funcs is the function [Funcs] for this group; nil is the default group.
func (g *Group) Funcs() template.FuncMap {
	g = g.ready()
	return template.FuncMap{
		"async":       g.unboundAsync,
		"asyncvalue":  g.unboundValue,
		"asyncscript": printNothing,
		"asyncstatus": printNothing,
	}
}

func printNothing() template.HTML { return "" }

func (g *Group) unboundAsync(name string, key any, def ...any) (any, error) {
	return g.unbound("async", name, key, def, func(*fragment) any { return "" })
}

func (g *Group) unboundValue(name string, key any, def ...any) (any, error) {
	return g.unbound("asyncvalue", name, key, def, func(f *fragment) any { return f.zero })
}

func (g *Group) unbound(function, name string, key any, def []any, none func(*fragment) any) (any, error) {
	if len(def) > 1 {
		return nil, fmt.Errorf("%s %q has %d arguments; it takes NAME KEY [DEFAULT]", function, name, len(def)+2)
	}
	f := g.registered(name)
	if f == nil {
		return nil, fmt.Errorf("%s %q: no fragment of this name is registered; Register it before the template is executed, or Bind the set if it is a template", function, name)
	}
	if k, id, ok := f.keyAt(key, "an unbound template"); ok {
		if e := f.look(id, ask{key: k}).entry; e != nil {
			return e.Value, nil
		}
	}
	if len(def) > 0 {
		return def[0], nil
	}
	return none(f), nil
}

// responding are the functions of the copy that responses execute.
func (s *Set) responding(prepared *bind.Result) template.FuncMap {
	return s.boundFuncs(prepared, s.plainNow)
}

// capturing returns the functions of a copy that runs execute, one at a time.
func (s *Set) capturing(prepared *bind.Result) func(*runCopy) template.FuncMap {
	return func(c *runCopy) template.FuncMap {
		return s.boundFuncs(prepared, func(at *site, dot any) (any, bool) { return s.plainWaited(c, at, dot) })
	}
}
