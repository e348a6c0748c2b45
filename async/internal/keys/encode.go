package keys

import (
	"fmt"
	"math"
	"reflect"
	"strconv"
)

// maxDepth is how many interfaces may stand inside one another in a key. Deeper
// than that is a list, which is not a key, and one without end would overflow the
// stack, which kills the process.
const maxDepth = 32

// Encode returns the canonical string of a key, which must have exactly the
// codec's type, or for an interface type a type that implements it. It allocates
// nothing if that type is of kind string, the key is at most MaxLen bytes long
// and does not begin with the byte 0xFF. It fails for NaN, for a nil interface,
// for a value in an interface that cannot be a key, and where MarshalText fails
// or panics; the error names the type, the field and the remedy.
func (c *Codec) Encode(key any) (string, error) {
	if err := c.accept(key); err != nil {
		return "", err
	}
	v := reflect.ValueOf(key)
	if c.root.shape == stringShape {
		return EncodeString(v.String()), nil
	}
	return c.encode(v)
}

// Encode is like [Codec.Encode] for a key of type K. It does not put simple keys
// into an interface first, so that it allocates less.
func Encode[K comparable](c *Codec, key K) (string, error) {
	// The value of an interface type K would be that of its dynamic type below.
	if c.root.shape == interfaceShape {
		return c.Encode(key)
	}
	if reflect.TypeOf(key) == c.typ {
		v := reflect.ValueOf(key)
		switch c.root.shape {
		case stringShape:
			return EncodeString(v.String()), nil
		case intShape:
			return strconv.FormatInt(v.Int(), 10), nil
		case uintShape:
			return strconv.FormatUint(v.Uint(), 10), nil
		}
	}
	return c.Encode(key)
}

func (c *Codec) encode(v reflect.Value) (string, error) {
	var buffer [128]byte
	plain, f := c.appendKey(buffer[:0], v)
	if f != nil {
		return "", fmt.Errorf("a key of type %s cannot be encoded: %w", name(c.typ), f)
	}
	return seal(plain), nil
}

func (c *Codec) appendKey(dst []byte, v reflect.Value) ([]byte, *fault) {
	switch {
	case c.root.shape == interfaceShape:
		held, _ := codecFor(v.Type()) // accept has seen that there is one
		return held.appendTagged(dst, v, maxDepth-1)
	case c.root.simple():
		return c.root.appendText(dst, v)
	}
	return c.root.append(dst, v, maxDepth)
}

// append appends the encoding of v as a part of something.
func (n *node) append(dst []byte, v reflect.Value, depth int) ([]byte, *fault) {
	switch n.shape {
	case structShape:
		return n.appendFields(dst, v, depth)
	case arrayShape:
		return n.appendElements(dst, v, depth)
	case interfaceShape:
		return n.appendInterface(dst, v, depth)
	case stringShape:
		return appendPart(dst, v.String()), nil
	}
	var buffer [64]byte
	text, f := n.appendText(buffer[:0], v)
	if f != nil {
		return dst, f
	}
	return appendPart(dst, text), nil
}

func appendPart[T string | []byte](dst []byte, text T) []byte {
	dst = strconv.AppendInt(dst, int64(len(text)), 10)
	dst = append(dst, ':')
	return append(dst, text...)
}

func (n *node) appendFields(dst []byte, v reflect.Value, depth int) ([]byte, *fault) {
	var f *fault
	for i, field := range n.fields {
		if dst, f = field.append(dst, v.Field(i), depth); f != nil {
			return dst, f.at(field.name)
		}
	}
	return dst, nil
}

func (n *node) appendElements(dst []byte, v reflect.Value, depth int) ([]byte, *fault) {
	if n.blank() {
		return dst, nil
	}
	var f *fault
	for i := range v.Len() {
		if dst, f = n.element.append(dst, v.Index(i), depth); f != nil {
			return dst, f.at("[" + strconv.Itoa(i) + "]")
		}
	}
	return dst, nil
}

func (n *node) appendInterface(dst []byte, v reflect.Value, depth int) ([]byte, *fault) {
	switch {
	case v.IsNil():
		return dst, &fault{typ: n.typ, predicate: "is nil", remedy: "set it"}
	case depth == 0:
		return dst, n.tooDeep()
	}
	held, refusal := codecFor(v.Elem().Type())
	if refusal != nil {
		return dst, n.holds(v.Elem().Type(), refusal)
	}
	return held.appendTagged(dst, v.Elem(), depth-1)
}

// appendTagged appends what an interface holds: the tag of its type, then the
// value.
func (c *Codec) appendTagged(dst []byte, v reflect.Value, depth int) ([]byte, *fault) {
	return c.root.append(appendPart(dst, c.tag), v, depth)
}

func (n *node) holds(t reflect.Type, refusal *fault) *fault {
	return &fault{
		typ:       n.typ,
		predicate: "holds a value of type " + name(t) + ", which cannot be a key: " + refusal.claim(),
		remedy:    refusal.remedy,
	}
}

func (n *node) tooDeep() *fault {
	return &fault{
		typ:       n.typ,
		predicate: fmt.Sprintf("is an interface inside %d others", maxDepth),
		remedy:    "use what identifies the innermost value",
	}
}

// appendText appends the text of a simple value.
func (n *node) appendText(dst []byte, v reflect.Value) ([]byte, *fault) {
	switch {
	case n.shape == textShape:
		text, f := n.marshal(v)
		return append(dst, text...), f
	case n.shape == floatShape && math.IsNaN(v.Float()), n.shape == complexShape && isNaN(v.Complex()):
		return dst, &fault{typ: n.typ, predicate: "is NaN, which equals nothing, not even itself", remedy: "use a number"}
	}
	return n.appendPlain(dst, v), nil
}

// appendPlain appends the text of a simple value that is no textShape. It runs
// no code of the user.
func (n *node) appendPlain(dst []byte, v reflect.Value) []byte {
	switch n.shape {
	case boolShape:
		return strconv.AppendBool(dst, v.Bool())
	case intShape:
		return strconv.AppendInt(dst, v.Int(), 10)
	case uintShape:
		return strconv.AppendUint(dst, v.Uint(), 10)
	case floatShape:
		return strconv.AppendFloat(dst, noSign(v.Float()), 'g', -1, n.typ.Bits())
	case complexShape:
		c := complex(noSign(real(v.Complex())), noSign(imag(v.Complex())))
		return append(dst, strconv.FormatComplex(c, 'g', -1, n.typ.Bits())...)
	}
	return append(dst, v.String()...)
}

// noSign makes one zero of two.
func noSign(f float64) float64 {
	if f == 0 {
		return 0
	}
	return f
}

// isNaN reports whether c differs from itself. cmplx.IsNaN is another question:
// it is false for Inf+NaNi.
func isNaN(c complex128) bool { return math.IsNaN(real(c)) || math.IsNaN(imag(c)) }
