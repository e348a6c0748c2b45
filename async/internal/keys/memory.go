package keys

import (
	"reflect"
	"unsafe"
)

// view returns b as a string without a copy. A string must never change, so b
// must not be written to while the string is in use: Transient hands that duty to
// its caller, who owns the buffer, and no one else has the bytes.
func view(b []byte) string { return unsafe.String(unsafe.SliceData(b), len(b)) }

// readOnly returns the bytes of s without a copy, which long keys come with. They
// must not be written to: it is for a hash, which only reads.
func readOnly(s string) []byte { return unsafe.Slice(unsafe.StringData(s), len(s)) }

// borrow returns v in such a way that the compiler does not take the value that v
// stands for for kept, whatever is done with it. MarshalText is called through an
// interface, and what is called so may keep what it gets, so that otherwise each
// key would be allocated, also one without any MarshalText: one function encodes
// them all. It is right because nobody keeps the value: a method with a value
// receiver gets a copy, and marshal makes one for a pointer receiver.
//
// What the value points to, such as the bytes of a string, is in the copies too
// and may be kept, and the compiler has to go on knowing that: so borrow hands
// them, in one of its branches, to what might keep them.
func borrow(v reflect.Value) reflect.Value {
	if v.Kind() == reflect.String {
		keep(v.String())
	}
	type words [unsafe.Sizeof(v) / unsafe.Sizeof(uintptr(0))]uintptr
	hidden := *(*words)(unsafe.Pointer(&v))
	return *(*reflect.Value)(unsafe.Pointer(&hidden))
}

// keep is a variable because the compiler does not look into those.
var keep = func(string) {}
