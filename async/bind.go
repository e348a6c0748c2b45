package async

import (
	"errors"
	"fmt"
	"html/template"
	"maps"
	"reflect"
	"slices"
	"time"
	"weak"

	"github.com/infill-go/infill/async/internal/bind"
	"github.com/infill-go/infill/async/internal/keys"
)

// Options are those of [Bind]. The zero value is ready.
type Options struct {
	// Group owns the fragments that the templates name, and the template fragments
	// of the set. Nil: the default group.
	Group *Group
	// Policies are those of single template fragments, by name. A name that is no
	// template fragment of the set is an error.
	Policies map[string]Policy
	// Policy is that of all other template fragments. In it and in Policies a MaxAge
	// of zero is 10 s, unlike elsewhere: a template knows no one who would Forget
	// its results. The longest Duration, math.MaxInt64, is for ever.
	Policy Policy
	// MaxDepth is how many fragments may stand around another. One that is nested
	// deeper shows its error view. At most 1,000. Zero: 8.
	MaxDepth int
	// MaxOutput is how many bytes of HTML one hole may have, with all that is
	// nested in it. A template fragment whose HTML is longer has failed, and so has a
	// view; what is too long only with what is nested in it is not shown. Zero: 1 MiB.
	MaxOutput int64
}

const (
	defaultTemplateAge = 10 * time.Second
	defaultMaxDepth    = 8
	defaultMaxOutput   = 1 << 20

	mostDepth = 1000 // each level takes stack, and a stack that is full ends the process
)

// Bind checks the set that t belongs to and makes a Set of it, in which
//
//	{{async NAME KEY [DEFAULT]}}
//
// stands for the fragment NAME: a registered one, shown by the template NAME:view
// if the set defines it, or the template NAME, which then runs in the background
// with KEY as its dot. NAME:default, NAME:error and NAME:stale are shown in their
// cases, with a [State] as dot.
//
// On one page all holes of a key show the same version of it. Values in attributes,
// titles and asyncvalue are looked at where they stand, and may be newer.
//
// t must have been parsed with [Funcs], and not been executed; it stays as it is and
// may be executed, unbound, afterwards. Nothing of the templates is executed by Bind.
//
// The error lists everything that is wrong with the set, each with
// template:line:column and the remedy: async where html/template's escaping is
// weak (script, style, srcdoc, on*), async that is not alone in its action, names
// that are unknown or ambiguous, asyncscript and asyncstatus that are not alone in
// the page's own element content, and so on. A policy or limit that is impossible
// is an error, too.
func Bind(t *template.Template, o Options) (*Set, error) {
	s, err := newSet(t, o, caller(0))
	if err != nil {
		return nil, fmt.Errorf("async: cannot bind: %w", err)
	}
	return s, nil
}

func newSet(t *template.Template, o Options, where string) (*Set, error) {
	g := o.Group.ready()
	prepared, err := bind.Prepare(t, bind.Config{
		Registered: func(name string) bool { return g.registered(name) != nil },
		Names:      g.names,
	})
	if err != nil {
		return nil, err
	}
	if err := o.check(prepared.Fragments); err != nil {
		return nil, err
	}
	s := &Set{
		id: lastSet.Add(1), group: g,
		maxDepth: o.MaxDepth, maxOutput: o.MaxOutput,
		looks: make(map[*fragment]*looks),
	}
	orDefault(&s.maxDepth, defaultMaxDepth)
	orDefault(&s.maxOutput, defaultMaxOutput)
	if s.respond, err = prepared.Responding(s.responding(prepared)); err != nil {
		return nil, err
	}
	s.names = make(map[string]bool)
	for _, one := range t.Templates() {
		s.names[one.Name()] = true
	}
	s.copies.prepared, s.copies.funcs = prepared, s.capturing(prepared)
	fragments, err := s.fragments(prepared.Fragments, o, where)
	if err != nil {
		return nil, err
	}
	s.place(prepared.Sites, fragments)
	s.keepStill()
	return s, nil
}

// check looks at the options before anything is made.
func (o *Options) check(used []bind.Fragment) error {
	var errs []error
	if o.MaxDepth < 0 || o.MaxDepth > mostDepth {
		errs = append(errs, fmt.Errorf("Options.MaxDepth is %d: it must be from 1 to %d; 0 is %d", o.MaxDepth, mostDepth, defaultMaxDepth))
	}
	if o.MaxOutput < 0 {
		errs = append(errs, fmt.Errorf("Options.MaxOutput is %d: it must not be negative; 0 is %d", o.MaxOutput, defaultMaxOutput))
	}
	templates := make(map[string]bool)
	for _, f := range used {
		if !f.Registered {
			templates[f.Name] = true
		}
	}
	for _, name := range slices.Sorted(maps.Keys(o.Policies)) {
		if !templates[name] {
			errs = append(errs, fmt.Errorf("Options.Policies has %q, which no async in the set uses as a template fragment; a registered fragment has the policy it was registered with", name))
		}
	}
	return errors.Join(errs...)
}

// fragments finds the registered fragments of the set and makes its template
// fragments.
func (s *Set) fragments(used []bind.Fragment, o Options, where string) (map[string]*fragment, error) {
	fragments := make(map[string]*fragment)
	var own []*fragment
	for _, u := range used {
		f := s.group.registered(u.Name)
		if !u.Registered {
			var err error
			if f, err = s.templateFragment(u.Name, o, where); err != nil {
				return nil, err
			}
			own = append(own, f)
		}
		fragments[u.Name] = f
		l := &looks{
			view: suffixed(u, u.View, "view"), waiting: suffixed(u, u.Default, "default"),
			failed: suffixed(u, u.Error, "error"), stale: suffixed(u, u.Stale, "stale"),
			own: !u.Registered,
		}
		if l.view != "" || l.stale != "" {
			l.id = s.id
		}
		s.looks[f] = l
	}
	return fragments, s.group.take(own)
}

func suffixed(u bind.Fragment, defined bool, suffix string) string {
	if !defined {
		return ""
	}
	return u.Name + ":" + suffix
}

// templateFragment makes the fragment whose function executes a template of the
// set with the key as dot.
func (s *Set) templateFragment(name string, o Options, where string) (*fragment, error) {
	if name == commandsName {
		return nil, fmt.Errorf("template fragment %q: the name is that of the group's Commands; rename the template", name)
	}
	policy, err := o.policyOf(name).resolved(s.group.maxRuns())
	if err == nil && policy.Cost != nil {
		err = errors.New("Policy.Cost is set, but the size of a template fragment is that of its HTML: leave it nil")
	}
	if err != nil {
		return nil, fmt.Errorf("template fragment %q: %w", name, err)
	}
	f := newFragment(s.group, name, "the set bound at "+where, policy)
	f.isTemplate = true
	if f.codec, err = keys.For(reflect.TypeFor[any]()); err != nil {
		return nil, err
	}
	f.zero = template.HTML("")
	f.bind = s.executing(name)
	return f, nil
}

func (o *Options) policyOf(name string) Policy {
	p, ok := o.Policies[name]
	if !ok {
		p = o.Policy
	}
	orDefault(&p.MaxAge, defaultTemplateAge)
	return p
}

// place connects each call in the templates with its fragment. Fragments that
// stand in element content render their views for this set from now on.
func (s *Set) place(sites []bind.Site, fragments map[string]*fragment) {
	shown := make(map[*fragment]bool)
	for _, at := range sites {
		f := fragments[at.Name]
		l := s.looks[f]
		s.sites = append(s.sites, site{frag: f, looks: l, position: at.Position})
		if at.Place == bind.Element && (!l.own || l.stale != "") && !shown[f] {
			shown[f] = true
			f.shownBy(s)
		}
	}
}

// take reserves the names of a set's template fragments, all or none.
func (g *Group) take(own []*fragment) error {
	g.mu.Lock()
	defer g.mu.Unlock()
	for _, f := range own {
		if other := g.fragments[f.name]; other != nil {
			return fmt.Errorf("%q was registered at %s while the set was being bound; rename it or the template", f.name, other.origin)
		}
	}
	g.ofSets = slices.DeleteFunc(g.ofSets, func(p weak.Pointer[fragment]) bool { return p.Value() == nil })
	for _, f := range own {
		g.templates[f.name] = f.origin
		g.ofSets = append(g.ofSets, weak.Make(f))
	}
	return nil
}

func (g *Group) names() []string {
	g.mu.Lock()
	defer g.mu.Unlock()
	return slices.Collect(maps.Keys(g.fragments))
}
