package keys

import (
	"fmt"
	"reflect"
)

// ownedBuffer is the length in bytes up to which the string that Encode returns is
// all that it allocates. A longer buffer would cost each key more to clear.
const ownedBuffer = 256

// Encode returns the canonical string of a key, which must have exactly the
// codec's type, or for an interface type a type that implements it. The string is
// the caller's. For a type of kind string it is the key itself, if that is at most
// MaxLen bytes long and does not begin with the byte 0xFF, and nothing is
// allocated. Encode fails for NaN, for a nil interface, for a value in an
// interface that cannot be a key, and where MarshalText fails or panics; the error
// names the type, the field and the remedy.
func (c *Codec) Encode(key any) (string, error) {
	if s, ok := key.(string); ok && c.isString {
		return EncodeString(s), nil
	}
	held, err := c.accept(key)
	if err != nil {
		return "", err
	}
	v := reflect.ValueOf(key)
	if c.root.shape == stringShape {
		return EncodeString(v.String()), nil
	}
	var buf [ownedBuffer]byte
	encoded, err := c.appendKey(buf[:0], v, held)
	return string(encoded), err
}

// Encode is like [Codec.Encode] for a key of type K, for which it allocates no
// interface.
func Encode[K comparable](c *Codec, key K) (string, error) {
	if s, ok := any(key).(string); ok && c.isString && isPlain(s) {
		return s, nil
	}
	return c.Encode(key)
}

// Transient returns what Encode returns, but the string may lie in buf: it is
// valid only as long as buf is not changed. strings.Clone keeps it. Transient
// allocates nothing if the encoding fits in buf, except what methods MarshalText
// allocate and one copy of each value whose MarshalText is on the pointer. buf can
// be on the caller's stack, unless the string, or a variable that it is ever
// assigned to, goes to where it may be kept: its clone needs a variable of its own.
func (c *Codec) Transient(key any, buf []byte) (string, error) {
	if s, ok := key.(string); ok && c.isString {
		return transientString(s, buf), nil
	}
	held, err := c.accept(key)
	if err != nil {
		return "", err
	}
	v := reflect.ValueOf(key)
	if c.root.shape == stringShape {
		return transientString(v.String(), buf), nil
	}
	encoded, err := c.appendKey(buf[:0], v, held)
	return view(encoded), err
}

// Transient is like [Codec.Transient] for a key of type K, for which it allocates
// no interface.
func Transient[K comparable](c *Codec, key K, buf []byte) (string, error) {
	if s, ok := any(key).(string); ok && c.isString && isPlain(s) {
		return s, nil
	}
	return c.Transient(key, buf)
}

// appendKey appends to dst, which is empty, the encoding of a key that accept has
// returned held for.
func (c *Codec) appendKey(dst []byte, v reflect.Value, held *Codec) ([]byte, error) {
	var f *fault
	switch {
	case held != c:
		dst, f = held.root.append(appendPart(dst, held.tag), v, maxDepth-1)
	case c.root.simple():
		dst, f = c.root.appendText(dst, v)
	default:
		dst, f = c.root.append(dst, v, maxDepth)
	}
	if f != nil {
		return nil, fmt.Errorf("a key of type %s cannot be encoded: %w", name(c.typ), f)
	}
	return seal(dst), nil
}
