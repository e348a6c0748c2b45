package keys

import "unsafe"

// view returns b as a string without a copy. A string must never change, so b
// must not be written to while the string is in use: Transient hands that duty to
// its caller, who owns the buffer, and no one else has the bytes.
func view(b []byte) string { return unsafe.String(unsafe.SliceData(b), len(b)) }

// readOnly returns the bytes of s without a copy, which long keys come with. They
// must not be written to: it is for a hash, which only reads.
func readOnly(s string) []byte { return unsafe.Slice(unsafe.StringData(s), len(s)) }
