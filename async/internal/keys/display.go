package keys

import (
	"reflect"
	"strconv"
	"unicode/utf8"
)

// maxDisplay is how many bytes of a key stand in a log line or an error.
const maxDisplay = 80

// Display returns a short form of a key for logs and errors: "web1" in quotes,
// {Host:"web1" Port:22}, int64(7) in an interface. It has at most 80 bytes, is
// valid UTF-8 without control characters, and calls no method of the key but
// MarshalText where that makes the encoding. It takes any value: of one that is
// no key it shows the type. Two keys may look the same.
func (c *Codec) Display(key any) string {
	var p printer
	_, err := c.accept(key)
	switch {
	case key == nil:
		p.print("nil")
	case err != nil:
		p.print("(" + name(reflect.TypeOf(key)) + ")")
	case c.root.shape == interfaceShape:
		p.dynamic(reflect.ValueOf(key))
	default:
		p.value(c.root, reflect.ValueOf(key))
	}
	return p.result()
}

// DisplayEncoded is like Display for an encoded key, which it decodes, so that
// it may call UnmarshalText too. Of a hashed key it shows the beginning of the
// hash, and of what it cannot decode the bytes.
func (c *Codec) DisplayEncoded(encoded string) string {
	if Hashed(encoded) {
		return DisplayHash(encoded)
	}
	key, err := c.decode(encoded)
	if err != nil {
		return quote(encoded)
	}
	return c.Display(key)
}

// quote is strconv.Quote, limited.
func quote(s string) string {
	var p printer
	p.quote(s)
	return p.result()
}

// A printer stops to look at a value when it has enough.
type printer struct{ out []byte }

func (p *printer) full() bool { return len(p.out) > maxDisplay }

func (p *printer) print(s string) { p.out = append(p.out, s...) }

// quote appends s in quotes. It cuts it first, in case it is very long: a
// rune that is cut in two then stands beyond what result leaves.
func (p *printer) quote(s string) {
	p.out = strconv.AppendQuote(p.out, s[:min(len(s), maxDisplay)])
}

func (p *printer) result() string {
	if !p.full() {
		return string(p.out)
	}
	const ellipsis = "…"
	end := maxDisplay - len(ellipsis)
	for !utf8.RuneStart(p.out[end]) {
		end--
	}
	return string(p.out[:end]) + ellipsis
}

func (p *printer) value(n *node, v reflect.Value) {
	switch n.shape {
	case structShape:
		p.fields(n, v)
	case arrayShape:
		p.elements(n, v)
	case interfaceShape:
		if v.IsNil() {
			p.print("nil")
			return
		}
		p.dynamic(v.Elem())
	case stringShape:
		p.quote(v.String())
	case textShape:
		p.text(n, v)
	default:
		p.out = n.appendPlain(p.out, v)
	}
}

func (p *printer) fields(n *node, v reflect.Value) {
	p.print("{")
	for i, field := range n.fields {
		if p.full() {
			return
		}
		if i > 0 {
			p.print(" ")
		}
		p.print(field.name + ":")
		p.value(field.node, v.Field(i))
	}
	p.print("}")
}

func (p *printer) elements(n *node, v reflect.Value) {
	p.print("[")
	for i := range v.Len() {
		if p.full() {
			return
		}
		if i > 0 {
			p.print(" ")
		}
		p.value(n.element, v.Index(i))
	}
	p.print("]")
}

func (p *printer) text(n *node, v reflect.Value) {
	text, f := n.marshal(v)
	if f != nil {
		p.print("(" + name(n.typ) + " without text)")
		return
	}
	p.quote(string(text))
}

// dynamic prints what an interface holds, with its type where that is not plain
// from the value.
func (p *printer) dynamic(v reflect.Value) {
	c, refusal := codecFor(v.Type())
	switch {
	case refusal != nil:
		p.print("(" + name(v.Type()) + ")")
	case p.full():
	case v.Type() == reflect.TypeFor[string]() || v.Type() == reflect.TypeFor[bool]() || v.Type() == reflect.TypeFor[int]():
		p.value(c.root, v)
	case c.root.simple():
		p.print(name(v.Type()) + "(")
		p.value(c.root, v)
		p.print(")")
	default:
		p.print(name(v.Type()))
		p.value(c.root, v)
	}
}
