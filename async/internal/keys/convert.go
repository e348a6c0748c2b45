package keys

import (
	"fmt"
	"math"
	"reflect"
)

// Convert returns v, such as the dot of a template, as a key of the codec's type.
// It changes the name of a type and never the value: v has the type already, or
// has the same underlying type, or both are integers and v is in range, or the
// key's type is an interface that v implements. It never makes a number of a
// string, an integer of a float, or a value of a pointer, nor the reverse. The
// error names both types and the remedy. Only Encode looks into the value.
func (c *Codec) Convert(v any) (any, error) {
	t := reflect.TypeOf(v)
	switch {
	case t == c.typ:
		return v, nil
	case t == nil, c.root.shape == interfaceShape:
		if _, err := c.accept(v); err != nil {
			return nil, err
		}
		return v, nil
	case isInteger(t) && isInteger(c.typ):
		return c.convertInteger(reflect.ValueOf(v))
	case sameKind(t, c.typ):
		return reflect.ValueOf(v).Convert(c.typ).Interface(), nil
	}
	return nil, mismatch(v, c.typ)
}

func sameKind(from, want reflect.Type) bool {
	return from.Kind() == want.Kind() && from.ConvertibleTo(want)
}

func isInteger(t reflect.Type) bool {
	return reflect.Int <= t.Kind() && t.Kind() <= reflect.Uintptr
}

func isFloat(t reflect.Type) bool {
	return t.Kind() == reflect.Float32 || t.Kind() == reflect.Float64
}

func (c *Codec) convertInteger(v reflect.Value) (any, error) {
	if !fits(v, c.typ) {
		return nil, fmt.Errorf("%v of type %s is out of range for a key of type %s, which is from %s: pass a number in range, or use a wider type for the key",
			plainInteger(v), name(v.Type()), name(c.typ), integerRange(c.typ))
	}
	return v.Convert(c.typ).Interface(), nil
}

func fits(v reflect.Value, t reflect.Type) bool {
	signed := t.Kind() <= reflect.Int64
	switch {
	case v.CanInt() && signed:
		return !t.OverflowInt(v.Int())
	case v.CanInt():
		return v.Int() >= 0 && !t.OverflowUint(uint64(v.Int()))
	case signed:
		return v.Uint() <= math.MaxInt64 && !t.OverflowInt(int64(v.Uint()))
	}
	return !t.OverflowUint(v.Uint())
}

// plainInteger takes the type from an integer, so that fmt calls no method of it.
func plainInteger(v reflect.Value) any {
	if v.CanInt() {
		return v.Int()
	}
	return v.Uint()
}

func integerRange(t reflect.Type) string {
	if t.Kind() > reflect.Int64 {
		return fmt.Sprintf("0 to %d", uint64(math.MaxUint64)>>(64-t.Bits()))
	}
	lowest := int64(math.MinInt64) >> (64 - t.Bits())
	return fmt.Sprintf("%d to %d", lowest, -(lowest + 1))
}

// mismatch is the error for a value that is no key of type want.
func mismatch(v any, want reflect.Type) error {
	t := reflect.TypeOf(v)
	if t == nil {
		return fmt.Errorf("nil is no key of type %s: pass a value; a field that is not set and a map entry that is not there are nil", name(want))
	}
	got, wanted := distinctNames(t, want)
	if t.Kind() == reflect.Pointer && reflect.ValueOf(v).IsNil() {
		got = "nil of type " + got
	} else {
		got = "a value of type " + got
	}
	return fmt.Errorf("%s is no key of type %s: %s", got, wanted, conversionRemedy(t, want))
}

// wrongKey is the error for a value that implements the interface want and
// cannot be a key.
func wrongKey(v any, want reflect.Type, refusal *fault) error {
	if reflect.TypeOf(v).Kind() == reflect.Pointer {
		return mismatch(v, want)
	}
	return fmt.Errorf("a value of type %s is no key of type %s: %w", name(reflect.TypeOf(v)), name(want), refusal)
}

func conversionRemedy(from, want reflect.Type) string {
	switch {
	case from.Kind() == reflect.Pointer:
		return "pass the value or one of its fields, as in .Name"
	case from.Kind() == reflect.Func:
		return "pass what it returns"
	case want.Kind() == reflect.Interface:
		return "it does not implement " + name(want)
	case sameKind(from, want):
		return "call Convert first"
	case isFloat(from) && isInteger(want):
		return "write it without a decimal point, or convert it in Go"
	case isInteger(from) && isFloat(want):
		return "write it with a decimal point, or convert it in Go"
	case want.Kind() == reflect.String && shapes[from.Kind()] != 0 && shapes[from.Kind()] < structShape:
		return "pass (print .) in a template, or convert it in Go"
	case from.Kind() == reflect.Struct || from.Kind() == reflect.Map:
		return "pass one of its fields, as in .Name, or convert it in Go"
	}
	return "convert it in Go"
}
