package page

import (
	"net/http"
	"strconv"
)

// Mode is how a request is answered.
type Mode int

const (
	// Stream sends the page with its defaults and then each fragment as it completes. It is [Plain] where the
	// ResponseWriter cannot flush, and for HEAD and HTTP/1.0; but not for the HTTP/1.0 of a proxy with a browser behind it,
	// which nginx speaks if it is not told otherwise. It is [AtOnce] with a negative Options.Window, and when
	// Options.MaxStreams are open.
	Stream Mode = iota
	// Whole waits until everything is in its place, or until Options.Limit: for crawlers, mail, PDF, and parts of a page
	// that htmx and the like fetch. The browser is not asked to come again.
	Whole
	// AtOnce sends the page with its defaults, holds nothing open, and lets the browser come again: for scripts that
	// fetch the page and show nothing before they have all of it. What was fetched as a part of another page does not come
	// again, since that one would have to.
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

// ModeOf is how a request is answered if Options.Mode does not decide: [Whole] for what htmx, Turbo and Unpoly fetch as a
// part of a page, [AtOnce] for all else that a script fetches, [Stream] for all others.
//
// A fetch is known by its header Sec-Fetch-Dest (https://www.w3.org/TR/fetch-metadata/), which browsers send over TLS and
// to localhost only, and otherwise by those that htmx, Turbo and Unpoly send.
func ModeOf(r *http.Request) Mode {
	switch {
	case isPart(r.Header):
		return Whole
	case isFetch(r.Header):
		return AtOnce
	}
	return Stream
}

// isFetch says whether a script fetches.
func isFetch(h http.Header) bool {
	switch h.Get("Sec-Fetch-Dest") {
	case "document", "iframe", "frame", "object", "embed":
		return false
	case "":
		return hasAny(h, "Hx-Request", "Turbo-Frame", "X-Turbo-Request-Id", "X-Up-Version", "X-Requested-With")
	}
	return true
}

// isPart says whether a library fetches a part of a page, and will put it into one that stays.
func isPart(h http.Header) bool {
	return isFetch(h) && (hasAny(h, "Turbo-Frame") || hasAny(h, "Hx-Request") && !hasAny(h, "Hx-Boosted") ||
		hasAny(h, "X-Up-Version") && h.Get("X-Up-Target") != "body")
}

// fetchesPart says whether what is fetched may be a part of a page: it is, unless it is known to be a whole one.
func fetchesPart(h http.Header) bool {
	return isPart(h) || isFetch(h) && !hasAny(h, "Hx-Boosted", "X-Turbo-Request-Id", "X-Up-Version")
}

// isProxied says whether a request has come from a browser, which speaks HTTP/1.1 at least, through somebody else.
func isProxied(h http.Header) bool {
	return hasAny(h, "Upgrade-Insecure-Requests", "Sec-Fetch-Dest", "Via", "Forwarded", "X-Forwarded-For", "X-Real-Ip")
}

func hasAny(h http.Header, names ...string) bool {
	for _, name := range names {
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
	case mode == Stream && (r.Method == http.MethodHead || !canFlush(w)):
		return Plain
	case mode == Stream && !r.ProtoAtLeast(1, 1) && !isProxied(r.Header):
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
