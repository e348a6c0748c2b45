package keys

import (
	"fmt"
	"reflect"
)

// refuseKind is the fault of a type whose kind no key can have.
func refuseKind(t reflect.Type) *fault {
	f := &fault{typ: t}
	switch t.Kind() {
	case reflect.Pointer:
		f.predicate = "is a pointer, which equals no other pointer to an equal value"
		f.remedy = "use the value, or what identifies it, such as its ID"
	case reflect.Slice:
		f.predicate = "is a slice, which Go cannot compare"
		f.remedy = "use an array of fixed length, or a string made of its elements"
	case reflect.Map:
		f.predicate = "is a map, which Go cannot compare"
		f.remedy = "use a struct of what is needed from it"
	case reflect.Func:
		f.predicate = "is a function, which Go cannot compare"
		f.remedy = "use a string that names it"
	case reflect.Chan:
		f.predicate = "is a channel, which means nothing outside this run of the program"
		f.remedy = "use a string that names it"
	default: // unsafe.Pointer, all that is left
		f.predicate = "is an address, which means nothing outside this run of the program"
		f.remedy = "use what identifies the value at that address, such as its ID"
	}
	return f
}

// refuseText is the fault of a type that has texts, but not Go's equality, and
// so cannot be the key of a map either.
func refuseText(t reflect.Type) *fault {
	return &fault{
		typ:       t,
		predicate: "has MarshalText, but Go cannot compare it",
		remedy:    "use its text as a string",
	}
}

// refuseField is the fault of a field that this package cannot set, and so
// could not decode.
func refuseField(owner reflect.Type, field reflect.StructField) *fault {
	f := &fault{typ: field.Type}
	switch {
	case field.Name == "_":
		f.predicate = "is blank, so nobody can set it"
		f.remedy = "remove it"
		return f
	case field.Anonymous:
		f.predicate = "is embedded and its type is unexported"
		f.remedy = "export the type"
	default:
		f.predicate = "is unexported"
		f.remedy = "export it"
	}
	methods := fmt.Sprintf("%s the methods MarshalText, and UnmarshalText on the pointer", name(owner))
	if embedded, ok := embeddedText(owner); ok {
		f.remedy += fmt.Sprintf(", or give the embedded %s a name and %s", name(embedded), methods)
		return f
	}
	f.remedy += ", or give " + methods
	return f
}
