package keys

import (
	"errors"
	"fmt"
	"reflect"
	"strconv"
	"strings"
)

// Decode returns the key of an encoding, in the codec's type. It accepts only
// what Encode returns, byte for byte, so that no key is ever known under two
// encodings. The error is ErrHashed for the encoding of a long key, which
// cannot be decoded. A value in an interface can be decoded if its type is
// predeclared or this process has used it in a key before.
func (c *Codec) Decode(encoded string) (any, error) {
	if Hashed(encoded) {
		return nil, ErrHashed
	}
	key, err := c.decode(encoded)
	if err != nil {
		return nil, fmt.Errorf("%s is not a key of type %s: %w", quote(encoded), name(c.typ), err)
	}
	return key, nil
}

func (c *Codec) decode(encoded string) (any, error) {
	plain, err := unseal(encoded)
	if err != nil {
		return nil, err
	}
	into := reflect.New(c.typ).Elem()
	if c.root.simple() {
		err = c.root.parse(plain, into)
	} else {
		err = c.root.readWhole(plain, into)
	}
	return into.Interface(), err
}

var (
	errShort     = errors.New("it ends too early")
	errLong      = errors.New("it goes on after its end")
	errLength    = errors.New("a part does not begin with its length and a colon")
	errCanonical = errors.New("it is not in canonical form")
)

// A reader takes the parts of an encoding one by one.
type reader struct{ rest string }

// part returns the text of the next part.
func (r *reader) part() (string, error) {
	digits, rest, ok := strings.Cut(r.rest, ":")
	if !ok {
		return "", errShort
	}
	// More digits than MaxLen has cannot be right and might overflow.
	length, err := strconv.ParseUint(digits, 10, 16)
	switch {
	case err != nil || strconv.FormatUint(length, 10) != digits:
		return "", errLength
	case length > uint64(len(rest)):
		return "", errShort
	}
	r.rest = rest[length:]
	return rest[:length], nil
}

func (n *node) readWhole(plain string, into reflect.Value) error {
	r := &reader{rest: plain}
	if err := n.read(r, into, maxDepth); err != nil {
		return err
	}
	if r.rest != "" {
		return errLong
	}
	return nil
}

// read is the inverse of append.
func (n *node) read(r *reader, into reflect.Value, depth int) error {
	switch n.shape {
	case structShape:
		for i, field := range n.fields {
			if err := field.read(r, into.Field(i), depth); err != nil {
				return err
			}
		}
		return nil
	case arrayShape:
		for i := range n.length {
			if err := n.element.read(r, into.Index(i), depth); err != nil {
				return err
			}
		}
		return nil
	case interfaceShape:
		return n.readInterface(r, into, depth)
	}
	text, err := r.part()
	if err != nil {
		return err
	}
	return n.parse(text, into)
}

func (n *node) readInterface(r *reader, into reflect.Value, depth int) error {
	if depth == 0 {
		return n.tooDeep()
	}
	tag, err := r.part()
	if err != nil {
		return err
	}
	held := usedCodec(tag)
	switch {
	case held == nil:
		return fmt.Errorf("this process has not used the type %s in a key yet: encode one first, or use a key type that is no interface", quote(tag))
	case !held.typ.Implements(n.typ):
		return fmt.Errorf("%s does not implement %s", name(held.typ), name(n.typ))
	}
	dynamic := reflect.New(held.typ).Elem()
	if err := held.root.read(r, dynamic, depth-1); err != nil {
		return err
	}
	into.Set(dynamic)
	return nil
}

// usedCodec returns the codec of the type with a tag. There is none for an
// interface type: nothing has one as its dynamic type.
func usedCodec(tag string) *Codec {
	t := tags.find(tag)
	if t == nil || t.Kind() == reflect.Interface {
		return nil
	}
	c, _ := codecFor(t)
	return c
}

// parse sets into from the text of a simple value, and writes the value again to
// see whether the text is canonical. That also finds an UnmarshalText that does
// not bring back what MarshalText wrote, by which one key would become another.
func (n *node) parse(text string, into reflect.Value) error {
	if err := n.set(text, into); err != nil {
		return err
	}
	var buffer [64]byte
	again, f := n.appendText(buffer[:0], into)
	switch {
	case f != nil:
		return f
	case string(again) == text:
		return nil
	case n.shape == textShape:
		return n.textFault("UnmarshalText", errNotInverse)
	}
	return errCanonical
}

func (n *node) set(text string, into reflect.Value) error {
	switch n.shape {
	case boolShape:
		into.SetBool(text == "true") // parse refuses what is neither true nor false
	case intShape:
		v, err := strconv.ParseInt(text, 10, n.typ.Bits())
		into.SetInt(v)
		return err
	case uintShape:
		v, err := strconv.ParseUint(text, 10, n.typ.Bits())
		into.SetUint(v)
		return err
	case floatShape:
		v, err := strconv.ParseFloat(text, n.typ.Bits())
		into.SetFloat(v)
		return err
	case complexShape:
		v, err := strconv.ParseComplex(text, n.typ.Bits())
		into.SetComplex(v)
		return err
	case textShape:
		// A *fault in an error must not become an error that holds nil.
		if f := n.unmarshal(text, into); f != nil {
			return f
		}
	default:
		into.SetString(text)
	}
	return nil
}
