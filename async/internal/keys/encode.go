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
	if c.root.flat {
		return c.encodeFlat(reflect.ValueOf(key))
	}
	var buf [ownedBuffer]byte
	encoded, err := c.appendKey(buf[:0], reflect.ValueOf(key), held)
	return string(encoded), err
}

// Encode is like [Codec.Encode] for a key of type K, for which it allocates no
// interface, unless there may be a MarshalText, which may keep it.
func Encode[K comparable](c *Codec, key K) (string, error) {
	if s, ok := any(key).(string); ok && c.isString && isPlain(s) {
		return s, nil
	}
	if c.root.flat && reflect.TypeOf(key) == c.typ {
		return c.encodeFlat(reflect.ValueOf(key))
	}
	return c.Encode(key)
}

func (c *Codec) encodeFlat(v reflect.Value) (string, error) {
	if c.root.shape == stringShape {
		return EncodeString(v.String()), nil
	}
	var buf [ownedBuffer]byte
	encoded, err := c.appendFlatKey(buf[:0], v)
	return string(encoded), err
}

// Transient returns what Encode returns, but the string may lie in buf: it is
// valid only as long as buf is not changed. strings.Clone keeps it. Transient
// allocates nothing if the encoding fits in buf, except what methods MarshalText
// allocate and a copy of each value for them. buf can be on the caller's stack,
// unless the string, or a variable that it is ever assigned to, goes to where it
// may be kept: its clone needs a variable of its own.
func (c *Codec) Transient(key any, buf []byte) (string, error) {
	if s, ok := key.(string); ok && c.isString {
		return transientString(s, buf), nil
	}
	held, err := c.accept(key)
	if err != nil {
		return "", err
	}
	if c.root.flat {
		return c.transientFlat(reflect.ValueOf(key), buf)
	}
	encoded, err := c.appendKey(buf[:0], reflect.ValueOf(key), held)
	return view(encoded), err
}

// Transient is like [Codec.Transient] for a key of type K, for which it allocates
// no interface, unless there may be a MarshalText, which may keep it.
func Transient[K comparable](c *Codec, key K, buf []byte) (string, error) {
	if s, ok := any(key).(string); ok && c.isString && isPlain(s) {
		return s, nil
	}
	if c.root.flat && reflect.TypeOf(key) == c.typ {
		return c.transientFlat(reflect.ValueOf(key), buf)
	}
	return c.Transient(key, buf)
}

func (c *Codec) transientFlat(v reflect.Value, buf []byte) (string, error) {
	if c.root.shape == stringShape {
		return transientString(v.String(), buf), nil
	}
	encoded, err := c.appendFlatKey(buf[:0], v)
	return view(encoded), err
}

// TransientBytes is what EncodeString returns for plain as a string, in the memory of
// plain: it is valid only as long as that is not changed.
func TransientBytes(plain []byte) string { return view(seal(plain)) }

// appendFlatKey appends to dst, which is empty, the encoding of a key whose type is
// flat and not a string.
func (c *Codec) appendFlatKey(dst []byte, v reflect.Value) ([]byte, error) {
	var f *fault
	if c.root.simple() {
		dst, f = c.root.appendNumber(dst, v)
	} else {
		dst, f = c.root.appendFlat(dst, v)
	}
	return c.sealed(dst, f)
}

// appendKey appends to dst, which is empty, the encoding of a key whose type is not
// flat, and that accept has returned held for.
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
	return c.sealed(dst, f)
}

func (c *Codec) sealed(plain []byte, f *fault) ([]byte, error) {
	if f != nil {
		return nil, fmt.Errorf("a key of type %s cannot be encoded: %w", name(c.typ), f)
	}
	return seal(plain), nil
}
