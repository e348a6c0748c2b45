package page

import (
	"net/http"
	"strconv"
)

// Mode is how a request is answered.
type Mode int

const (
	// Stream sends the page with its defaults and then each fragment as it completes. It is [Plain] where the
	// ResponseWriter cannot flush, and for HEAD and HTTP/1.0.
	Stream Mode = iota
	// Whole waits until everything is in its place, or until Options.Limit: for crawlers, mail, PDF.
	Whole
	// AtOnce sends the page with its defaults, holds nothing open, and lets the browser come again: for programs in the
	// page that fetch it and show nothing before they have all of it.
	AtOnce
	// Plain is the same for everybody else: the browser is asked by a header of the response.
	Plain
)

// String returns "stream", "whole", "at once" or "plain".
func (m Mode) String() string {
	names := [...]string{"stream", "whole", "at once", "plain"}
	if m < 0 || int(m) >= len(names) {
		return "Mode(" + strconv.Itoa(int(m)) + ")"
	}
	return names[m]
}

// ModeOf is how a request is answered if Options.Mode does not decide: [AtOnce] for what a script fetches, [Stream]
// for all others.
//
// A fetch is known by its header Sec-Fetch-Dest (https://www.w3.org/TR/fetch-metadata/), which browsers send over TLS and
// to localhost only, and otherwise by those that htmx, Turbo and Unpoly send.
func ModeOf(r *http.Request) Mode {
	switch r.Header.Get("Sec-Fetch-Dest") {
	case "document", "iframe", "frame", "object", "embed":
		return Stream
	case "":
		if isFetch(r.Header) {
			return AtOnce
		}
		return Stream
	}
	return AtOnce
}

var fetchHeaders = []string{"Hx-Request", "Turbo-Frame", "X-Turbo-Request-Id", "X-Up-Version", "X-Requested-With"}

func isFetch(h http.Header) bool {
	for _, name := range fetchHeaders {
		if len(h[name]) > 0 {
			return true
		}
	}
	return false
}

// modeOf is the mode in which the request can be answered.
func (p *Pages) modeOf(r *http.Request, w http.ResponseWriter) Mode {
	mode := p.options.Mode(r)
	switch {
	case mode < Stream || mode > Plain:
		return Plain
	case mode == Stream && p.options.Window < 0:
		return AtOnce
	case mode == Stream && (r.Method == http.MethodHead || !r.ProtoAtLeast(1, 1) || !canFlush(w)):
		return Plain
	}
	return mode
}

// canFlush says whether the innermost writer that can be reached from w claims to flush. Those around it claim it whatever
// is in them: chi's compressor then does nothing, and echo's response panics. Whether it does is seen when it is asked to.
func canFlush(w http.ResponseWriter) bool {
	for {
		around, ok := w.(interface{ Unwrap() http.ResponseWriter })
		if !ok {
			break
		}
		w = around.Unwrap()
	}
	switch w.(type) {
	case interface{ FlushError() error }, http.Flusher:
		return true
	}
	return false
}
