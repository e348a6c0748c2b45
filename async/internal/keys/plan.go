package keys

import "reflect"

// shape is how values of a type are encoded.
type shape uint8

const (
	stringShape shape = iota + 1
	boolShape
	intShape
	uintShape
	floatShape
	complexShape
	textShape // by MarshalText and UnmarshalText
	structShape
	arrayShape
	interfaceShape
)

// A node is the plan for one type: what reflection would find out again at each
// key is found out once.
type node struct {
	typ     reflect.Type
	shape   shape
	fields  []fieldNode // structShape
	element *node       // arrayShape
	length  int         // arrayShape: how many elements are written
	pointer bool        // textShape: MarshalText is on the pointer
	flat    bool        // there is no MarshalText in it, and no interface
}

type fieldNode struct {
	*node
	name string
}

// simple reports whether values have one text: all but structs, arrays and
// interfaces.
func (n *node) simple() bool { return n.shape < structShape }

// blank reports whether the encoding of every value is empty.
func (n *node) blank() bool {
	switch n.shape {
	case structShape:
		for _, f := range n.fields {
			if !f.blank() {
				return false
			}
		}
		return true
	case arrayShape:
		return n.length == 0
	}
	return false
}

var shapes = map[reflect.Kind]shape{
	reflect.String:     stringShape,
	reflect.Bool:       boolShape,
	reflect.Int:        intShape,
	reflect.Int8:       intShape,
	reflect.Int16:      intShape,
	reflect.Int32:      intShape,
	reflect.Int64:      intShape,
	reflect.Uint:       uintShape,
	reflect.Uint8:      uintShape,
	reflect.Uint16:     uintShape,
	reflect.Uint32:     uintShape,
	reflect.Uint64:     uintShape,
	reflect.Uintptr:    uintShape,
	reflect.Float32:    floatShape,
	reflect.Float64:    floatShape,
	reflect.Complex64:  complexShape,
	reflect.Complex128: complexShape,
	reflect.Struct:     structShape,
	reflect.Array:      arrayShape,
	reflect.Interface:  interfaceShape,
}

// build returns the plan of a type. It ends: a Go type contains itself only
// through kinds that are refused, and through interfaces, whose dynamic types
// have plans of their own.
func build(t reflect.Type) (*node, *fault) {
	s, ok := shapes[t.Kind()]
	texts := s != interfaceShape && ownsText(t)
	switch {
	case texts && ok && t.Comparable():
		return &node{typ: t, shape: textShape, pointer: !t.Implements(marshaler)}, nil
	case texts && !t.Comparable():
		return nil, refuseText(t)
	case !ok:
		return nil, refuseKind(t)
	}
	n := &node{typ: t, shape: s, flat: s != interfaceShape}
	switch s {
	case structShape:
		return n, n.buildFields()
	case arrayShape:
		return n, n.buildElement()
	}
	return n, nil
}

func (n *node) buildFields() *fault {
	n.fields = make([]fieldNode, n.typ.NumField())
	for i := range n.fields {
		f := n.typ.Field(i)
		if !f.IsExported() {
			return refuseField(n.typ, f).at(f.Name)
		}
		plan, refusal := build(f.Type)
		if refusal != nil {
			return refusal.at(f.Name)
		}
		n.fields[i] = fieldNode{node: plan, name: f.Name}
		n.flat = n.flat && plan.flat
	}
	return nil
}

func (n *node) buildElement() *fault {
	plan, refusal := build(n.typ.Elem())
	if refusal != nil {
		return refusal.at("[]")
	}
	n.element, n.flat = plan, plan.flat
	// An [1<<40]struct{}, which takes no memory, would take an hour.
	if !plan.blank() {
		n.length = n.typ.Len()
	}
	return nil
}
