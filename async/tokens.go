package async

import (
	"crypto/rand"
	"encoding/hex"
	"sync"
)

// tokens carry a call from a template function to the writer of the response.
//
// The function knows the place and the arguments, the writer knows the response,
// and html/template lets nothing else pass between them than the bytes that the
// function returns. They are printed as one Write of their own right after the
// function returned, so a token is outstanding for a moment only, and no HTML is
// ever searched. Most places print it without an escaper (bind.Result.Responding),
// the others with one, which its letters pass. A token never leaves the process; its secret keeps a value that
// somebody typed from being taken for one.
type tokens struct {
	mu    sync.Mutex // guards calls and free
	calls []*outstanding
	free  []uint32 // the calls whose token is not out
}

// call is one call of async, asyncscript or asyncstatus in a template.
type call struct {
	site       int // the place's number
	key        any
	hasDefault bool
	kind       callKind
	def        any // DEFAULT
}

type outstanding struct {
	call
	token string
}

const (
	tokenLen    = len("async:") + 32 + tokenDigits
	tokenDigits = 8 // letters from a to p for four bits each: nothing that an escaper would change
)

// tokenSecret is the same for all sets of a process, so that it is drawn once.
var tokenSecret = func() string {
	var b [16]byte
	rand.Read(b[:]) // never fails: crypto/rand's documentation
	return "async:" + hex.EncodeToString(b[:])
}()

// issue returns the token of a call.
func (t *tokens) issue(c call) string {
	t.mu.Lock()
	defer t.mu.Unlock()
	var o *outstanding
	if n := len(t.free); n > 0 {
		o = t.calls[t.free[n-1]]
		t.free = t.free[:n-1]
	} else {
		o = &outstanding{token: tokenOf(uint32(len(t.calls)))}
		t.calls = append(t.calls, o)
	}
	o.call = c
	return o.token
}

// redeem puts the call of a token into c, or returns false if p is something else.
func (t *tokens) redeem(p []byte, c *call) bool {
	index, ok := parseToken(p)
	if !ok {
		return false
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if int(index) >= len(t.calls) {
		return false
	}
	o := t.calls[index]
	*c = o.call
	o.key = nil
	if o.hasDefault {
		o.def = nil
	}
	t.free = append(t.free, index)
	return true
}

func tokenOf(index uint32) string {
	b := []byte(tokenSecret)
	for shift := 32 - 4; shift >= 0; shift -= 4 {
		b = append(b, 'a'+byte(index>>shift&15))
	}
	return string(b)
}

// parseToken is the reverse of tokenOf.
func parseToken(p []byte) (index uint32, ok bool) {
	if len(p) != tokenLen || string(p[:len(tokenSecret)]) != tokenSecret {
		return 0, false
	}
	for _, c := range p[len(tokenSecret):] {
		digit := c - 'a'
		if digit > 15 {
			return 0, false
		}
		index = index<<4 | uint32(digit)
	}
	return index, true
}
