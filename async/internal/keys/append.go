package keys

import (
	"fmt"
	"math"
	"reflect"
	"slices"
	"strconv"
)

// maxDepth is how many interfaces may stand inside one another in a key. Deeper
// than that is a list, which is not a key, and one without end would overflow the
// stack, which kills the process.
const maxDepth = 32

// appendFlat appends the encoding of v, of a flat node, as a part of something. It
// calls nothing that could keep v, so that v may be on the stack.
//
// It and append are each one function that calls itself, not a few that call one
// another: of those the compiler says that dst, which their results hold, escapes,
// and the caller's buffer is then allocated.
func (n *node) appendFlat(dst []byte, v reflect.Value) ([]byte, *fault) {
	var f *fault
	switch n.shape {
	case stringShape:
		return appendPart(dst, v.String()), nil
	case structShape:
		for i, field := range n.fields {
			if dst, f = field.appendFlat(dst, v.Field(i)); f != nil {
				return nil, f.at(field.name)
			}
		}
		return dst, nil
	case arrayShape:
		for i := range n.length {
			if dst, f = n.element.appendFlat(dst, v.Index(i)); f != nil {
				return nil, f.at("[" + strconv.Itoa(i) + "]")
			}
		}
		return dst, nil
	}
	start := len(dst)
	if dst, f = n.appendNumber(append(dst, '0', ':'), v); f != nil {
		return nil, f
	}
	return setLength(dst, start), nil
}

// append is appendFlat for every node.
func (n *node) append(dst []byte, v reflect.Value, depth int) ([]byte, *fault) {
	var f *fault
	if n.flat {
		return n.appendFlat(dst, v)
	}
	switch n.shape {
	case structShape:
		for i, field := range n.fields {
			if dst, f = field.append(dst, v.Field(i), depth); f != nil {
				return nil, f.at(field.name)
			}
		}
		return dst, nil
	case arrayShape:
		for i := range n.length {
			if dst, f = n.element.append(dst, v.Index(i), depth); f != nil {
				return nil, f.at("[" + strconv.Itoa(i) + "]")
			}
		}
		return dst, nil
	case interfaceShape:
		held, f := n.held(v, depth)
		if f != nil {
			return nil, f
		}
		return held.root.append(appendPart(dst, held.tag), v.Elem(), depth-1)
	}
	start := len(dst)
	if dst, f = n.appendText(append(dst, '0', ':'), v); f != nil {
		return nil, f
	}
	return setLength(dst, start), nil
}

func appendPart(dst []byte, text string) []byte {
	dst = strconv.AppendInt(dst, int64(len(text)), 10)
	dst = append(dst, ':')
	return append(dst, text...)
}

// setLength writes the length of the part that begins at start and has room for
// one digit, which nearly all numbers need: so they are written in place, and not
// first into another buffer.
func setLength(dst []byte, start int) []byte {
	length := len(dst) - start - len("0:")
	if length < 10 {
		dst[start] = '0' + byte(length)
		return dst
	}
	var digits [20]byte
	return slices.Replace(dst, start, start+1, strconv.AppendInt(digits[:0], int64(length), 10)...)
}

// held returns the codec of what is in the interface v.
func (n *node) held(v reflect.Value, depth int) (*Codec, *fault) {
	switch {
	case v.IsNil():
		return nil, &fault{typ: n.typ, predicate: "is nil", remedy: "set it"}
	case depth == 0:
		return nil, n.tooDeep()
	}
	c, refusal := codecFor(v.Elem().Type())
	if refusal != nil {
		return nil, n.holds(v.Elem().Type(), refusal)
	}
	return c, nil
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

// appendText appends the text of a simple value. MarshalText's is copied: it may be
// the user's own memory, and an encoding is written to when it is sealed.
func (n *node) appendText(dst []byte, v reflect.Value) ([]byte, *fault) {
	if n.shape != textShape {
		return n.appendNumber(dst, v)
	}
	text, f := n.marshal(v)
	return append(dst, text...), f
}

// appendNumber appends the text of a simple value that is neither a string nor a
// textShape.
func (n *node) appendNumber(dst []byte, v reflect.Value) ([]byte, *fault) {
	switch {
	case n.shape == floatShape && math.IsNaN(v.Float()), n.shape == complexShape && isNaN(v.Complex()):
		return nil, &fault{typ: n.typ, predicate: "is NaN, which equals nothing, not even itself", remedy: "use a number"}
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
		return appendComplex(dst, v.Complex(), n.typ.Bits()/2)
	}
	return append(dst, v.String()...)
}

// appendComplex appends what strconv.FormatComplex returns, which allocates.
func appendComplex(dst []byte, c complex128, bits int) []byte {
	re, im := noSign(real(c)), noSign(imag(c))
	dst = strconv.AppendFloat(append(dst, '('), re, 'g', -1, bits)
	if signed := im < 0 || math.IsInf(im, 1); !signed {
		dst = append(dst, '+')
	}
	return append(strconv.AppendFloat(dst, im, 'g', -1, bits), "i)"...)
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
