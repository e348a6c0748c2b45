package async

import (
	"crypto/rand"
	"encoding/binary"
	"encoding/hex"
	"html/template"
	"sync"
)

// tokens carry a call from a template function to the writer of the response.
//
// The function knows the place and the arguments, the writer knows the response,
// and html/template lets nothing else pass between them than the bytes that the
// function returns. They are printed as one Write of their own right after the
// function returned, so a token is outstanding for a moment only, and no HTML is
// ever searched. A token never leaves the process; its secret keeps a value that
// somebody typed from being taken for one.
type tokens struct {
	mu    sync.Mutex // guards calls and free
	calls []*call
	free  []uint32
}

// call is one call of async in a template: the place's number and the arguments.
type call struct {
	site int
	key  any
	def  []any // DEFAULT, if it was given

	token template.HTML
}

const tokenLen = len("async:") + 32 + 8

// tokenSecret is the same for all sets of a process, so that it is drawn once.
var tokenSecret = func() string {
	var b [16]byte
	rand.Read(b[:]) // never fails: crypto/rand's documentation
	return "async:" + hex.EncodeToString(b[:])
}()

// issue returns the token of a call.
func (t *tokens) issue(site int, key any, def []any) template.HTML {
	t.mu.Lock()
	defer t.mu.Unlock()
	var c *call
	if n := len(t.free); n > 0 {
		c = t.calls[t.free[n-1]]
		t.free = t.free[:n-1]
	} else {
		c = &call{token: tokenOf(uint32(len(t.calls)))}
		t.calls = append(t.calls, c)
	}
	c.site, c.key, c.def = site, key, def
	return c.token
}

func tokenOf(index uint32) template.HTML {
	b := binary.BigEndian.AppendUint32(nil, index)
	return template.HTML(tokenSecret + hex.EncodeToString(b))
}

// redeem returns the call of a token, or false if p is something else.
func (t *tokens) redeem(p []byte) (c call, ok bool) {
	if len(p) != tokenLen || string(p[:len(tokenSecret)]) != tokenSecret {
		return call{}, false
	}
	var b [4]byte
	if _, err := hex.Decode(b[:], p[len(tokenSecret):]); err != nil {
		return call{}, false
	}
	index := binary.BigEndian.Uint32(b[:])
	t.mu.Lock()
	defer t.mu.Unlock()
	if int(index) >= len(t.calls) {
		return call{}, false
	}
	kept := t.calls[index]
	c = *kept
	kept.key, kept.def = nil, nil
	t.free = append(t.free, index)
	return c, true
}
