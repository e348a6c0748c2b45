// Package bind prepares an html/template set for asynchronous fragments.
//
// It finds every call of the template functions async, asyncvalue, asyncscript and asyncstatus, asks html/template in which
// context each of them stands, refuses what cannot work, and rewrites a private copy of the set so that each call calls a
// function made for its place. Nothing of the user's is executed for that, neither a function nor a method, and the user's own
// set stays as it was.
package bind

import (
	"errors"
	"html/template"
)

// Place tells what may stand where a call stands.
type Place int

const (
	// Element is element content: HTML may stand there, and may be replaced later.
	Element Place = iota
	// Text is an attribute value, a title or a textarea: only the plain value may stand there.
	Text
)

// String returns "element" or "text".
func (p Place) String() string {
	if p == Element {
		return "element"
	}
	return "text"
}

// Site is one call in one kind of place. A call in a template that is called both from element content and from an attribute
// is two sites. Since any template can be executed by its name, it counts as called from element content, unless html/template
// would refuse it there.
type Site struct {
	Call       string // the name of the function that the rewritten set calls here
	Func       string // "async" or "asyncvalue"
	Name       string // of the fragment
	Template   string // the template that the call stands in
	Position   string // of the call's first letter: "file:line:column", both counted from 1, the column in bytes
	Place      Place  // Text for asyncvalue, which has no place of its own
	HasDefault bool   // a DEFAULT was given
}

// PagePart is one call of asyncscript or asyncstatus, which print something of the page itself. It stands in element content.
type PagePart struct {
	Call     string // the name of the function that the rewritten set calls here
	Func     string // "asyncscript" or "asyncstatus"
	Position string // as that of a [Site]
}

// Fragment is one name that the calls of a set use, and the templates that the set has for it.
type Fragment struct {
	Name       string
	Registered bool // a fragment written in Go; otherwise the template called Name is the fragment
	View       bool // NAME:view is defined
	Default    bool // NAME:default is defined
	Error      bool // NAME:error is defined
	Stale      bool // NAME:stale is defined
}

// Config is what Prepare must know about the fragments written in Go.
type Config struct {
	// Registered reports whether there is a registered fragment of this name. Nil means that there is none.
	Registered func(name string) bool
	// Names returns the registered names. It is called only to guess which name was meant by one that is unknown, and may be nil.
	Names func() []string
}

// Result is a rewritten set and what was found in it. It is not changed any more.
type Result struct {
	// Set is rewritten and was never executed: Clone it, give the clone the functions of all sites and page parts with Funcs, and
	// execute the clone; or let [Result.Responding] do that. A function is
	//
	//	func(key any) T
	//	func(key, def any) T
	//	func() T
	//
	// the second where the call has a DEFAULT, the last for a page part. Where the place is [Element], T is to be string, or template.HTML, and what is
	// returned is to be of letters, digits and colons, so that no escaper changes it: it is then written with one Write of
	// exactly these bytes. What is returned elsewhere is escaped by html/template.
	//
	// Each site has a function of its own, because most of what a call costs is its way through reflection: the site's index
	// as a number literal and a variadic default made it half as dear again.
	Set *template.Template
	// Sites and PageParts are ordered by template name and position.
	Sites     []Site
	PageParts []PagePart
	// Fragments are ordered by name.
	Fragments []Fragment

	from  *set
	alone []string // the templates that html/template can escape by themselves, sorted
}

// Prepare returns a rewritten copy of the set that t belongs to. The set must not have been executed.
//
// The error joins all that is wrong with the set, ordered by position, each in the form "file:line:column: what; remedy", and
// after these the errors of html/template itself. Prepare may be called concurrently for the same set.
func Prepare(t *template.Template, c Config) (*Result, error) {
	own, err := cloneOf(t)
	if err != nil {
		return nil, err
	}
	var bad refusals
	s := readSet(own, &bad)
	fragments := s.checkNames(c, &bad)

	seen, err := s.explore()
	if err != nil {
		return nil, err
	}
	failures := seen.failures(s, fragments)
	if err := s.checkPlaces(seen, &bad); err != nil {
		return nil, err
	}
	s.checkPageParts(seen, fragments, &bad)
	s.checkCycles(seen, fragments, &bad)
	if err := errors.Join(bad.sorted(), failures); err != nil {
		return nil, err
	}
	return s.rewrite(seen, fragments)
}
