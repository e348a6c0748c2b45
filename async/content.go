package async

import (
	"reflect"

	"github.com/infill-go/infill/async/internal/keys"
)

// content is captured HTML, immutable: text, and the holes that stand in it. A
// fragment inside a fragment is kept as a hole, by name and key, and never as
// what it looked like at the moment of the capture.
type content struct {
	parts []part
	bytes int64
	nests bool // there are holes in it

	// lacks is set if a value that was waited for was not to be had, and something
	// else stands in its place.
	lacks bool
}

// part is a piece of text, or a hole if hole is not nil.
type part struct {
	text string
	hole *hole
}

// hole is a place where a fragment stands in a response or in captured HTML.
type hole struct {
	site *site
	key  any
	id   string // the encoded key
	bad  error  // the key cannot be one

	hasDefault bool
	def        any     // DEFAULT
	html       *string // DEFAULT, printed already: in captured HTML
}

// holeCost is what a hole counts for in addition to its HTML, so that holes
// without any text are bounded, too.
const holeCost = 64

// keySize is what the key takes that is kept in the hole: its encoding, or, if
// that was hashed because it is long, the strings in it.
func (h *hole) keySize() int64 {
	if !keys.Hashed(h.id) {
		return int64(len(h.id))
	}
	return stringBytes(reflect.ValueOf(h.key))
}

func stringBytes(v reflect.Value) (n int64) {
	switch v.Kind() {
	case reflect.String:
		return int64(v.Len())
	case reflect.Interface:
		return stringBytes(v.Elem())
	case reflect.Struct:
		for i := range v.NumField() {
			n += stringBytes(v.Field(i))
		}
	case reflect.Array:
		for i := range v.Len() {
			n += stringBytes(v.Index(i))
		}
	}
	return n + int64(v.Type().Size())
}

// size is the content's bytes; nil has none.
func (c *content) size() int64 {
	if c == nil {
		return 0
	}
	return c.bytes
}

// builder makes content from a sequence of writes.
type builder struct {
	content content
	text    []byte
}

func (b *builder) write(p []byte) {
	b.text = append(b.text, p...)
	b.content.bytes += int64(len(p))
}

func (b *builder) add(h *hole) {
	b.endText()
	b.content.parts = append(b.content.parts, part{hole: h})
	b.content.nests = true
	b.content.bytes += holeCost + h.keySize()
	if h.html != nil {
		b.content.bytes += int64(len(*h.html))
	}
}

func (b *builder) embed(c *content) {
	b.endText()
	b.content.parts = append(b.content.parts, c.parts...)
	b.content.bytes += c.bytes
	b.content.lacks = b.content.lacks || c.lacks
	b.content.nests = b.content.nests || c.nests
}

func (b *builder) endText() {
	if len(b.text) > 0 {
		b.content.parts = append(b.content.parts, part{text: string(b.text)})
		b.text = b.text[:0]
	}
}

// finish returns the content in memory of its own: a pointer into the builder would
// keep the capture, its context, its flight, what that found, and so on back to the
// first result of the key.
func (b *builder) finish() *content {
	b.endText()
	c := b.content
	return &c
}

// complete says whether everything is there that was to be there.
func (c *content) complete() bool { return c == nil || !c.lacks }

func textContent(html string) *content {
	return &content{parts: []part{{text: html}}, bytes: int64(len(html))}
}
