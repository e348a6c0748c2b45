package keys

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
)

// MaxLen is the length in bytes of the longest encoding that is kept as it is.
// A longer one is replaced by its hash, so that whoever chooses a key, perhaps
// through a URL, does not choose how much memory it takes.
const MaxLen = 1024

// ErrHashed is the error of Decode for the encoding of a key that was too long
// to be kept.
var ErrHashed = errors.New("the key is longer than 1024 bytes encoded, only its hash is known: use a shorter key, such as an ID")

// The first byte of what is not simply an encoding: two marks begin an encoding
// that itself begins with a mark, a mark and hashSign begin a hash. 0xFF occurs
// in no UTF-8, so that ordinary text is never changed.
const (
	mark      = '\xff'
	hashSign  = '#'
	hashedLen = 2 + sha256.Size
)

// EncodeString encodes a key of type string, or of another type whose kind is
// string, without a codec. It allocates nothing and returns s itself, unless s
// is longer than MaxLen or begins with the byte 0xFF.
func EncodeString(s string) string {
	if isPlain(s) {
		return s
	}
	var buf [ownedBuffer]byte
	return string(appendSealed(buf[:0], s))
}

// transientString is EncodeString with room for what is not s itself.
func transientString(s string, buf []byte) string {
	if isPlain(s) {
		return s
	}
	return view(appendSealed(buf[:0], s))
}

// isPlain reports whether an encoding is kept as it is.
func isPlain[T string | []byte](plain T) bool {
	return len(plain) <= MaxLen && (len(plain) == 0 || plain[0] != mark)
}

// Hashed reports whether an encoding is only a hash of the key, which Decode
// answers with ErrHashed.
func Hashed(encoded string) bool {
	return len(encoded) == hashedLen && encoded[0] == mark && encoded[1] == hashSign
}

// seal makes an encoding out of plain, in the same memory if that is enough.
func seal(plain []byte) []byte {
	switch {
	case isPlain(plain):
		return plain
	case len(plain) < MaxLen:
		return slices.Insert(plain, 0, mark)
	}
	return appendHash(plain[:0], sha256.Sum256(plain))
}

// appendSealed appends what begins with a mark in any case: the escaped form if
// plain begins with one and there is room for another, else the hash.
func appendSealed(dst []byte, plain string) []byte {
	if len(plain) < MaxLen {
		return append(append(dst, mark), plain...)
	}
	return appendHash(dst, sha256.Sum256(readOnly(plain)))
}

func appendHash(dst []byte, sum [sha256.Size]byte) []byte {
	return append(append(dst, mark, hashSign), sum[:]...)
}

// unseal is the inverse of seal, but for hashes. It refuses what seal never
// returns.
func unseal(encoded string) (string, error) {
	if len(encoded) > MaxLen {
		return "", fmt.Errorf("it has %d bytes, and an encoding has at most %d", len(encoded), MaxLen)
	}
	if len(encoded) == 0 || encoded[0] != mark {
		return encoded, nil
	}
	if len(encoded) < 2 || encoded[1] != mark {
		return "", errors.New("a byte 0xff begins neither an escaped 0xff nor a hash")
	}
	return encoded[1:], nil
}

// DisplayHash shows the beginning of a hash that Encode has made of a long key.
func DisplayHash(encoded string) string {
	return "sha256:" + hex.EncodeToString([]byte(encoded[2:10])) + "…"
}
