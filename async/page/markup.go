package page

import (
	"crypto/rand"
	"html"
	"strconv"
)

// The bytes of the wire: facts of the HTML standard (whatwg/html#11818) and of fill.js.
const (
	startMarker = `<?start name="` // the name must be quoted
	endName     = `">`
	endMarker   = `<?end>`
	patchStart  = `<template for="`
	patchEnd    = `</template><async-fill></async-fill>`

	// What follows the fence must be a child of body: a browser fills nothing outside of its template's parent. The div
	// ends a p that the page has left open, as HTML allows.
	fenceStart = `<div hidden>`
	fenceEnd   = `</div>`

	// waitStart tells the script that a page without endMark was cut off, also if nothing comes for so many milliseconds.
	waitStart = `<async-fill wait="`
	waitEnd   = `"></async-fill>`
	endMark   = `<async-fill end></async-fill>`

	refreshMark = `<meta http-equiv="refresh" content="` + refreshSeconds + `">`

	// refreshSeconds is after how long a page with something pending is loaded again, counted from its end.
	refreshSeconds = "2"

	statusStart = `<span role="status">`
	statusEnd   = `</span>`
)

// marker writes the HTML of a page, or of what is sent later, and gives its spots their names: random for each response,
// so that nobody's HTML can name them, and unique in it.
type marker struct {
	sheet  *sheet
	names  bool   // what is open gets markers; else the defaults just stand there
	prefix string // empty before the first name
	given  int
	status string // its text
}

// prefixLen letters of five bits each.
const prefixLen = 10

func (m *marker) name() string {
	if m.prefix == "" {
		m.prefix = rand.Text()[:prefixLen]
	}
	m.given++
	return m.prefix + strconv.Itoa(m.given)
}

// piece appends the HTML of a piece.
func (m *marker) piece(out []byte, p *piece) []byte {
	at := p.from
	for _, one := range p.spots {
		out = append(out, m.sheet.text[at:one.from]...)
		switch {
		case one.hole == nil:
			out = m.statusSpot(out, one)
		case one.closed || !m.names:
			out = m.piece(out, &one.shown)
		default:
			out = m.open(out, one)
			out = m.piece(out, &one.shown)
			out = append(out, endMarker...)
		}
		at = one.to
	}
	return append(out, m.sheet.text[at:p.to]...)
}

func (m *marker) open(out []byte, one *spot) []byte {
	one.name = m.name()
	out = append(out, startMarker...)
	out = append(out, one.name...)
	return append(out, endName...)
}

// patch appends what fills a spot in the browser.
func (m *marker) patch(out []byte, one *spot) []byte {
	out = append(out, patchStart...)
	out = append(out, one.name...)
	out = append(out, endName...)
	out = m.piece(out, &one.shown)
	return append(out, patchEnd...)
}

// statusSpot appends the status. It is there even without a text, since a browser tells of changes only in what was there.
func (m *marker) statusSpot(out []byte, one *spot) []byte {
	out = append(out, statusStart...)
	switch {
	case m.sheet.pending == 0:
	case m.names:
		out = m.open(out, one)
		out = append(out, html.EscapeString(m.status)...)
		out = append(out, endMarker...)
	default:
		out = append(out, html.EscapeString(m.status)...)
	}
	return append(out, statusEnd...)
}

// statusPatch appends what replaces the status's text.
func (m *marker) statusPatch(out []byte, text string) []byte {
	one := m.sheet.status
	if one == nil || one.name == "" {
		return out
	}
	out = append(out, patchStart...)
	out = append(out, one.name...)
	out = append(out, endName...)
	out = append(out, html.EscapeString(text)...)
	return append(out, patchEnd...)
}
