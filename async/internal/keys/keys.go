// Package keys turns the key of a fragment, a Go value of one fixed type, into
// a canonical string and back.
//
// # What can be a key
//
// Strings, booleans, integers, floats and complex numbers; arrays of these and
// structs of these with exported fields only; comparable types that have
// MarshalText, and UnmarshalText on the pointer (time.Time, netip.Addr); and
// interface types, any among them, which may hold any of these.
//
// # Equality
//
// Encode(a) == Encode(b) if and only if a == b in Go, with two exceptions.
// Types with MarshalText are equal if their texts are equal: one instant in two
// time zones is two keys, and one time with and without its monotonic clock
// reading is one key. And an encoding longer than MaxLen is a SHA-256, so there
// "different" means that nobody has found a collision. NaN equals nothing and is
// refused; -0 equals 0 and is encoded as 0.
//
// A struct that embeds a type with MarshalText or UnmarshalText is encoded by
// its fields, even if it has such methods: they may be promoted from the
// embedded field, and would then leave out all the others.
//
// # Encoding
//
// The text of a simple value is the string itself, true or false, the shortest
// decimal number, or what MarshalText returns. A key of a simple type is encoded
// as its text. In structs and arrays each simple value is written as its length
// in decimal, a colon and its text, as in a netstring, one after the other
// without separators: struct{Host string; Port int}{"web1", 22} is
// "4:web12:22". Nothing else is needed, because the type fixes how many there are.
// fmt.Sprint would make one key of {"x y", "z"} and {"x", "y z"}. A value in an
// interface is preceded by the name of its dynamic type, written in the same way.
// What begins with the byte 0xFF gets one more in front, so that a hash, which is
// 0xFF, '#' and 32 bytes, is never anything else. An encoding may hold any bytes.
package keys

import (
	"fmt"
	"reflect"
	"sync"
)

// Codec encodes, decodes, converts and displays keys of one type. For makes it.
// It is immutable and safe for concurrent use. The zero value is not usable.
type Codec struct {
	typ  reflect.Type
	root *node
	tag  string // how the encoding of an interface names typ

	// isString tells that typ is exactly string, the most common type of keys,
	// for which all else can be left out.
	isString bool
}

// plans holds a planned for each reflect.Type that was asked for, refused types
// too: a page that passes a bad key does so on each request.
var plans sync.Map

type planned struct {
	codec   *Codec
	refusal *fault
}

// For returns the codec of the type t. It fails if values of t cannot be keys;
// the error names the type, the field, the reason and the remedy.
func For(t reflect.Type) (*Codec, error) {
	if t == nil {
		return nil, fmt.Errorf("nil cannot be a key: it has no type; use a string, a number or a struct of them")
	}
	c, refusal := codecFor(t)
	if refusal != nil {
		return nil, fmt.Errorf("%s cannot be a key: %w", name(t), refusal)
	}
	return c, nil
}

func codecFor(t reflect.Type) (*Codec, *fault) {
	known, ok := plans.Load(t)
	if !ok {
		known, _ = plans.LoadOrStore(t, planFor(t))
	}
	p := known.(*planned)
	return p.codec, p.refusal
}

func planFor(t reflect.Type) *planned {
	root, refusal := build(t)
	if refusal != nil {
		return &planned{refusal: refusal}
	}
	return &planned{codec: &Codec{typ: t, root: root, tag: tags.of(t), isString: t == reflect.TypeFor[string]()}}
}

// accept returns the codec of v's own type, which is c unless c is of an interface
// type, or tells why v is not a key of c. Types are compared, never converted.
func (c *Codec) accept(v any) (*Codec, error) {
	t := reflect.TypeOf(v)
	if t == c.typ {
		return c, nil
	}
	if c.root.shape != interfaceShape || t == nil || !t.Implements(c.typ) {
		return nil, mismatch(v, c.typ)
	}
	held, refusal := codecFor(t)
	if refusal != nil {
		return nil, wrongKey(v, c.typ, refusal)
	}
	return held, nil
}
