package keys

import (
	"reflect"
	"strconv"
	"strings"
	"sync"
)

// tags gives each type that was ever used the name under which the encoding of
// an interface carries it, and finds the type again. It never forgets: the
// number of types is bounded by the program, unless it makes types by reflection.
var tags = newTagTable()

type tagTable struct {
	mu     sync.Mutex
	byType map[reflect.Type]string
	byTag  map[string]reflect.Type
}

func newTagTable() *tagTable {
	table := &tagTable{byType: map[reflect.Type]string{}, byTag: map[string]reflect.Type{}}
	for _, t := range predeclared {
		table.of(t)
	}
	return table
}

// predeclared types can be decoded before any value of them was encoded.
var predeclared = []reflect.Type{
	reflect.TypeFor[string](), reflect.TypeFor[bool](),
	reflect.TypeFor[int](), reflect.TypeFor[int8](), reflect.TypeFor[int16](), reflect.TypeFor[int32](), reflect.TypeFor[int64](),
	reflect.TypeFor[uint](), reflect.TypeFor[uint8](), reflect.TypeFor[uint16](), reflect.TypeFor[uint32](), reflect.TypeFor[uint64](), reflect.TypeFor[uintptr](),
	reflect.TypeFor[float32](), reflect.TypeFor[float64](), reflect.TypeFor[complex64](), reflect.TypeFor[complex128](),
}

// of returns the tag of a type: the import path and name of a named type, the
// structure of another. Types that are declared in functions may share path and
// name, and reflection does not tell them apart: then the first that is used has
// the plain tag and the others get a number. The tags of such types, alone of
// all, mean the same only within one run of the program.
func (tt *tagTable) of(t reflect.Type) string {
	tt.mu.Lock()
	defer tt.mu.Unlock()
	return tt.locked(t)
}

func (tt *tagTable) locked(t reflect.Type) string {
	if tag, ok := tt.byType[t]; ok {
		return tag
	}
	// Whatever describe leaves out of a type, no two types get one tag here.
	plain := tt.describe(t)
	tag := plain
	for n := 2; tt.byTag[tag] != nil; n++ {
		tag = plain + "#" + strconv.Itoa(n)
	}
	tt.byType[t], tt.byTag[tag] = tag, t
	return tag
}

// find returns the type with that tag, or nil if this process has not used it.
func (tt *tagTable) find(tag string) reflect.Type {
	tt.mu.Lock()
	defer tt.mu.Unlock()
	return tt.byTag[tag]
}

func (tt *tagTable) describe(t reflect.Type) string {
	switch {
	case t.PkgPath() != "":
		return t.PkgPath() + "." + t.Name()
	case t.Name() == "" && t.Kind() == reflect.Array:
		return "[" + strconv.Itoa(t.Len()) + "]" + tt.locked(t.Elem())
	case t.Name() == "" && t.Kind() == reflect.Struct:
		return tt.describeStruct(t)
	}
	return name(t)
}

// describeStruct differs from reflect's String in that the types of fields have
// their whole import path.
func (tt *tagTable) describeStruct(t reflect.Type) string {
	var b strings.Builder
	b.WriteString("struct{")
	separator := ""
	for f := range t.Fields() {
		b.WriteString(separator)
		separator = "; "
		if !f.Anonymous {
			b.WriteString(f.Name + " ")
		}
		b.WriteString(tt.locked(f.Type))
		if f.Tag != "" {
			b.WriteString(" " + strconv.Quote(string(f.Tag)))
		}
	}
	b.WriteString("}")
	return b.String()
}
