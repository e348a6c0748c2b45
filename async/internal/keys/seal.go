package keys

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
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
	if len(s) <= MaxLen && (len(s) == 0 || s[0] != mark) {
		return s
	}
	return sealMarked(s)
}

// Hashed reports whether an encoding is only a hash of the key, which Decode
// answers with ErrHashed.
func Hashed(encoded string) bool {
	return len(encoded) == hashedLen && encoded[0] == mark && encoded[1] == hashSign
}

func seal(plain []byte) string {
	if len(plain) <= MaxLen && (len(plain) == 0 || plain[0] != mark) {
		return string(plain)
	}
	return sealMarked(string(plain))
}

// sealMarked returns what begins with a mark in any case: the escaped form if
// plain begins with one and there is room for another, else the hash.
func sealMarked(plain string) string {
	if len(plain) < MaxLen {
		return string([]byte{mark}) + plain
	}
	sum := sha256.Sum256([]byte(plain))
	return string(append([]byte{mark, hashSign}, sum[:]...))
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
