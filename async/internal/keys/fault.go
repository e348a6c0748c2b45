package keys

import (
	"reflect"
	"strings"
)

// A fault tells what is wrong with a key or with a type of keys, and where in it.
// Functions that find one return the concrete type, so that each caller on the
// way out can add its step of the path; only Codec's methods and For turn it into
// an error.
type fault struct {
	path      string       // as Go writes it: "Owner.Addrs[3]"; empty: the key itself
	typ       reflect.Type // of what stands there
	predicate string       // "is a pointer"
	remedy    string
	cause     error // of the predicate, for errors.Is; may be nil
}

// at returns f seen from one step further out: step is a field's name, or an
// index in brackets.
func (f *fault) at(step string) *fault {
	outer := *f
	if f.path != "" && !strings.HasPrefix(f.path, "[") {
		step += "."
	}
	outer.path = step + f.path
	return &outer
}

// Error implements error.
func (f *fault) Error() string { return f.claim() + "; " + f.remedy }

func (f *fault) claim() string {
	subject := "it"
	switch {
	case strings.HasPrefix(f.path, "["):
		subject = "its element " + f.path + " (" + name(f.typ) + ")"
	case f.path != "":
		subject = "its field " + f.path + " (" + name(f.typ) + ")"
	}
	return subject + " " + f.predicate
}

// Unwrap returns the error that MarshalText returned, if that was the fault.
func (f *fault) Unwrap() error { return f.cause }

var anyType = reflect.TypeFor[any]()

// name returns a type's name as a Go programmer writes it.
func name(t reflect.Type) string {
	if t == anyType {
		return "any"
	}
	return t.String()
}

// distinctNames returns the names of two types, with the whole import path
// where the short ones are the same. It still cannot tell apart types that are
// declared in two functions of one package.
func distinctNames(a, b reflect.Type) (string, string) {
	if name(a) != name(b) {
		return name(a), name(b)
	}
	x, y := a.PkgPath()+"."+a.Name(), b.PkgPath()+"."+b.Name()
	if x == y {
		return name(a) + " (declared elsewhere)", name(b)
	}
	return x, y
}
