package bind

import (
	"bytes"
	"strings"
	"text/template/parse"
)

// html/template knows the contexts that decide about escaping. It does not know what decides whether a browser would show a
// hole: that the content of <iframe> is raw text, that nothing in <noscript> or <template> is on the page, that <svg> draws no
// HTML, that the text of srcdoc is a document, and that a slash ends an attribute's name. So the text of the templates is read
// a second time, by the browsers' rules (the tokenization of the HTML standard), as far as they matter here.

// scanKind is a state of the reading.
type scanKind uint8

const (
	inData scanKind = iota
	inTagName
	inTag // between attributes
	inAttrName
	afterAttrName
	beforeValue
	inValue
	inRaw // raw text, up to the end tag of the element
	inComment
	inDoctype
)

// scanState is where a browser's tokenizer stands. It is comparable, and there are few different ones in a set.
type scanState struct {
	kind     scanKind
	closing  bool   // the tag is an end tag
	printed  bool   // an action printed a part of the tag's name
	slash    bool   // a slash was read last, between attributes: a ">" closes the element
	tag      string // the tag's name as far as it was read
	attr     string // the attribute's name as far as it was read
	quote    byte   // of the value, or 0
	raw      string // the element whose raw text this is
	noscript bool   // inside <noscript>
	depth    uint8  // of <template>, up to deepest
	start    origin // of the tag that is read or whose raw text this is
	inert    origin // of the outermost <noscript> or <template>
	head     origin // of <head>, inside of it
	foreign  foreign
}

// deepest bounds the nesting of <template> that is told apart.
const deepest = 8

// origin is a byte in a template's text.
type origin struct {
	text   *parse.TextNode
	offset int
}

// read returns the state behind the text. html/template never joins two texts to one tag's first letters: a "<" that is
// not followed by a name in the same text is escaped.
func (s scanState) read(n *parse.TextNode) scanState {
	for i := 0; i < len(n.Text); {
		i += s.step(n, i)
	}
	return s
}

// step reads at least one byte, or changes the kind, and returns how many bytes it has read.
func (s *scanState) step(n *parse.TextNode, at int) int {
	text := n.Text[at:]
	switch s.kind {
	case inData:
		return s.data(n, at)
	case inRaw:
		return s.rawText(text)
	case inComment:
		return s.until(text, "-->")
	case inDoctype:
		return s.until(text, ">")
	case inValue:
		return s.value(text)
	}
	c, slash := text[0], s.slash
	s.slash = false
	switch {
	case c == '>':
		s.endOfTag(slash)
	case isSpace(c) || c == '/':
		s.gap(c)
	case s.kind == inTagName:
		s.tag = lengthen(s.tag, c)
	case c == '=' && s.kind == inTag:
		s.kind, s.attr = beforeValue, computed // a name that begins with "=": html/template reads it differently
	case c == '=' && s.kind != beforeValue:
		s.kind, s.attr = beforeValue, attrClass(s.attr)
	case s.kind == beforeValue:
		return s.openValue(c)
	case s.kind == inAttrName:
		s.attr = lengthen(s.attr, c)
	default:
		s.kind, s.attr = inAttrName, lengthen("", c)
	}
	return 1
}

// data reads text up to a tag, comment or doctype.
func (s *scanState) data(n *parse.TextNode, at int) int {
	text := n.Text[at:]
	i := bytes.IndexByte(text, '<')
	if i < 0 {
		i = len(text)
	}
	if len(bytes.TrimSpace(text[:i])) > 0 {
		s.endHead()
	}
	if i == len(text) {
		return i
	}
	rest := text[i:]
	name := 1
	switch {
	case bytes.HasPrefix(rest, []byte("<!--")):
		s.kind = inComment
		return i + 4
	case hasPrefixFold(rest, "<!doctype"):
		s.kind = inDoctype
		return i + len("<!doctype")
	case bytes.HasPrefix(rest, []byte("</")):
		name = 2
	}
	if len(rest) == name || !isLetter(rest[name]) {
		return i + 1
	}
	s.kind, s.closing, s.start = inTagName, name == 2, origin{n, at + i}
	return i + name
}

// rawText reads up to the end tag of the element. <plaintext> has none, and that of an unknown element is not known.
func (s *scanState) rawText(text []byte) int {
	end := "</" + s.raw
	for i := 0; i+len(end) < len(text) && s.raw != "plaintext" && s.raw != computed; i++ {
		if hasPrefixFold(text[i:], end) && endsName(text[i+len(end)]) {
			s.kind, s.closing, s.raw, s.start = inTagName, true, "", origin{}
			return i + len("</")
		}
	}
	return len(text)
}

func (s *scanState) until(text []byte, end string) int {
	i := bytes.Index(text, []byte(end))
	if i < 0 {
		return len(text)
	}
	s.kind = inData
	return i + len(end)
}

// gap reads white space or a slash inside a tag.
func (s *scanState) gap(c byte) {
	switch s.kind {
	case inTagName:
		s.readTagName()
		s.kind = inTag
	case inAttrName:
		s.kind, s.attr = afterAttrName, attrClass(s.attr)
	}
	switch {
	case c == '/' && s.kind == beforeValue:
		s.kind = inValue
	case c == '/':
		s.kind, s.attr, s.slash = inTag, "", true
	}
}

func (s *scanState) openValue(c byte) int {
	s.kind = inValue
	if c == '"' || c == '\'' {
		s.quote = c
		return 1
	}
	return 0
}

func (s *scanState) value(text []byte) int {
	for i, c := range text {
		switch {
		case s.quote != 0 && c == s.quote:
			s.kind, s.attr, s.quote = inTag, "", 0
			return i + 1
		case s.quote == 0 && (isSpace(c) || c == '>'):
			s.kind, s.attr = inTag, ""
			return i
		}
	}
	return len(text)
}

// endOfTag reads the ">" of a tag, which may follow a slash.
func (s *scanState) endOfTag(slash bool) {
	if s.kind == inTagName {
		s.readTagName()
	}
	tag, start, closing := s.tag, s.start, s.closing
	s.kind, s.closing, s.printed, s.tag, s.attr, s.start = inData, false, false, "", "", origin{}
	switch {
	case closing && tag == "noscript":
		s.noscript = false
	case closing && tag == "template" && s.depth > 0 && s.depth < deepest:
		s.depth--
	case isForeign(tag):
		s.endOfForeignTag(tag, start, closing, slash)
	case closing:
	case tag == "noscript":
		s.enter(start)
		s.noscript = true
	case tag == "template":
		s.enter(start)
		s.depth = min(s.depth+1, deepest)
	case tag != "":
		s.kind, s.raw, s.start = inRaw, tag, start
	}
	if !s.isInert() {
		s.inert = origin{}
	}
}

func (s *scanState) enter(at origin) {
	if !s.isInert() {
		s.inert = at
	}
}

// action returns the state behind an action, whose output is unknown. In element content it prints elements as a whole.
func (s scanState) action() scanState {
	s.slash = false
	switch s.kind {
	case inTagName:
		s.printed = true
	case inTag, afterAttrName:
		s.kind, s.attr = inAttrName, computed
	case inAttrName:
		s.attr = computed
	case beforeValue:
		s.kind = inValue
	}
	return s
}

func hasPrefixFold(text []byte, prefix string) bool {
	return len(text) >= len(prefix) && strings.EqualFold(string(text[:len(prefix)]), prefix)
}

func isLetter(c byte) bool { return 'a' <= c|0x20 && c|0x20 <= 'z' }
func isSpace(c byte) bool  { return c == ' ' || c == '\t' || c == '\n' || c == '\f' || c == '\r' }
func endsName(c byte) bool { return isSpace(c) || c == '>' || c == '/' }
