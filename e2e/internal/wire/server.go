package wire

import (
	"cmp"
	_ "embed"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"time"
)

// Policy is the strictest that a page with the script can have: nothing inline, and no markup made from strings.
const Policy = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; " +
	"require-trusted-types-for 'script'; trusted-types 'none'"

// End follows the last fragment.
const End = `<async-fill end></async-fill>`

// wait follows a page with pending fragments.
func wait(patience time.Duration) string {
	return fmt.Sprintf(`<div hidden><async-fill wait="%d"></async-fill></div>`, patience.Milliseconds())
}

// Start is a place in a page that is filled later.
func Start(name, def string) string { return `<?start name="` + name + `">` + def + `<?end>` }

// Fragment is what fills it. It names the script once more: WebKit needs to be reminded of it.
func Fragment(name, html string) string {
	return `<template for="` + name + `">` + html + `</template><async-fill></async-fill><script async src="/fill.js"></script>`
}

// ErrLeft is returned by Send, End and Cut when the browser has given up the response.
var ErrLeft = errors.New("wire: the browser has left the page")

// sendTimeout bounds the wait for a browser that should be reading.
const sendTimeout = 20 * time.Second

// Page is a page whose first part is known and whose other parts are sent one at a time.
type Page struct {
	Script []byte // what fill.js is
	Head   string // is added to the head
	Body   string // the content of body
	Hold   bool   // fill.js is answered only after Server.ReleaseScript

	// Patience is for how long the response may be silent before the script takes it for lost; zero means a minute.
	Patience time.Duration
}

// Server serves one Page at /page/, and what it refers to: /fill.js, /ran.js, which counts in the variable ran, and
// /slow/, which is answered after Server.ReleaseSlow: with a page, or with a style sheet for names that end in .css.
type Server struct {
	URL string // of the page

	page   Page
	server *httptest.Server
	visits atomic.Int32
	parts  chan part
	script chan struct{} // closed when the script may go
	slow   chan struct{} // closed when /slow/ may be answered
	asked  chan struct{} // has one for each request for /slow/
	left   chan struct{} // has one for each response that the browser did not want to the end
	ended  chan struct{} // closed by Close
}

// part is what a response does next.
type part struct {
	text string
	then func() // ends the response; nil: it goes on
	done chan struct{}
}

// Serve starts a server. The caller must Close it.
func Serve(page Page) *Server {
	s := &Server{
		page:   page,
		parts:  make(chan part),
		script: make(chan struct{}),
		slow:   make(chan struct{}),
		asked:  make(chan struct{}, 10),
		left:   make(chan struct{}, 10),
		ended:  make(chan struct{}),
	}
	if !page.Hold {
		close(s.script)
	}
	mux := http.NewServeMux()
	mux.HandleFunc("/page/", s.servePage)
	mux.HandleFunc("/fill.js", s.serveScript)
	mux.HandleFunc("/ran.js", serveText(`self.ran = (self.ran || 0) + 1`))
	mux.HandleFunc("/watch.js", serveText(watch))
	mux.HandleFunc("/slow/", s.serveSlow)
	mux.HandleFunc("/favicon.ico", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNoContent) })
	s.server = httptest.NewServer(mux)
	s.URL = s.server.URL + "/page/"
	return s
}

// Close ends what is still open.
func (s *Server) Close() {
	close(s.ended)
	s.server.CloseClientConnections()
	s.server.Close()
}

// Visits is how often the page was asked for.
func (s *Server) Visits() int { return int(s.visits.Load()) }

// Send writes the text to the response that is open and flushes it.
func (s *Server) Send(text string) error { return s.send(part{text: text}) }

// End writes the text and ends the response as a server does.
func (s *Server) End(text string) error { return s.send(part{text: text, then: func() {}}) }

// Cut writes the text and closes the connection in the middle of the response.
func (s *Server) Cut(text string) error {
	return s.send(part{text: text, then: func() { panic(http.ErrAbortHandler) }})
}

func (s *Server) send(p part) error {
	p.done = make(chan struct{})
	select {
	case s.parts <- p:
		<-p.done
		return nil
	case <-s.left:
		return ErrLeft
	case <-time.After(sendTimeout):
		return fmt.Errorf("wire: no browser has read the page for %v, to be sent was %q", sendTimeout, p.text)
	}
}

// ReleaseScript answers the requests for fill.js that Page.Hold has held. It is called once.
func (s *Server) ReleaseScript() { close(s.script) }

// WaitForSlow returns when /slow/ was asked for.
func (s *Server) WaitForSlow() error {
	select {
	case <-s.asked:
		return nil
	case <-time.After(sendTimeout):
		return fmt.Errorf("wire: /slow/ was not asked for in %v", sendTimeout)
	}
}

// ReleaseSlow answers the requests for /slow/. It is called once.
func (s *Server) ReleaseSlow() { close(s.slow) }

// filler makes the page long enough for engines that show nothing of a short one before its end.
var filler = `<p>` + strings.Repeat("A page has some text before its fragments. ", 12) + `</p>`

func (s *Server) servePage(w http.ResponseWriter, r *http.Request) {
	s.visits.Add(1)
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Content-Security-Policy", Policy)
	h.Set("Cache-Control", "no-store")
	_, _ = io.WriteString(w, `<!doctype html><html lang=en><head><meta charset=utf-8><script src="/watch.js"></script>`+
		`<script async src="/fill.js"></script>`+s.page.Head+`</head><body>`+filler+s.page.Body+`</body></html>`+wait(cmp.Or(s.page.Patience, time.Minute)))
	for flush(w); ; {
		select {
		case p := <-s.parts:
			_, _ = io.WriteString(w, p.text) // an error says that the browser has left: the test will see it
			flush(w)
			close(p.done)
			if p.then != nil {
				p.then()
				return
			}
		case <-r.Context().Done():
			s.left <- struct{}{}
			return
		case <-s.ended:
			return
		}
	}
}

func flush(w http.ResponseWriter) { _ = http.NewResponseController(w).Flush() }

func (s *Server) serveScript(w http.ResponseWriter, r *http.Request) {
	if s.held(r, s.script) {
		serveText(string(s.page.Script))(w, r)
	}
}

func (s *Server) serveSlow(w http.ResponseWriter, r *http.Request) {
	s.asked <- struct{}{}
	if !s.held(r, s.slow) {
		return
	}
	if strings.HasSuffix(r.URL.Path, ".css") {
		w.Header().Set("Content-Type", "text/css; charset=utf-8")
	} else {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		_, _ = io.WriteString(w, `<!doctype html><html lang=en><title>slow</title><body>`+filler)
	}
}

// held waits until the channel is closed. It is false when nobody wants the answer any more.
func (s *Server) held(r *http.Request, until <-chan struct{}) bool {
	select {
	case <-until:
		return true
	case <-r.Context().Done():
	case <-s.ended:
	}
	return false
}

//go:embed watch.js
var watch string

func serveText(script string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/javascript; charset=utf-8")
		_, _ = io.WriteString(w, script)
	}
}
