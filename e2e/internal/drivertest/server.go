package drivertest

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"syscall"
	"testing"
)

// strict is a policy under which no string becomes a script, neither the page's nor that of one who evaluates in its world.
const strict = "default-src 'none'; script-src 'self'; require-trusted-types-for 'script'; trusted-types 'none'; report-uri /report"

// script is all that the page's own script does.
const script = `document.documentElement.id = "ran"; self.mine = {a: 1}`

// server answers /held with a page whose second part waits for release, and every other path with the parts of that name.
type server struct {
	*httptest.Server
	held    chan struct{}
	once    sync.Once
	reports chan string // of violations, as the browser sends them
}

// page is what is served besides /held, by path.
type page struct{ policy, body string }

func serve(t *testing.T, pages map[string]page) *server {
	s := &server{held: make(chan struct{}), reports: make(chan string, 10)}
	s.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		one, found := pages[r.URL.Path]
		switch {
		case r.URL.Path == "/held":
			s.hold(w, r)
		case r.URL.Path == "/report":
			report, err := io.ReadAll(r.Body)
			if err != nil {
				report = []byte(err.Error())
			}
			s.reports <- string(report)
		case r.URL.Path == "/script.js":
			w.Header().Set("Content-Type", "text/javascript")
			fmt.Fprint(w, script)
		case found:
			if one.policy != "" {
				w.Header().Set("Content-Security-Policy", one.policy)
			}
			fmt.Fprint(w, head, one.body)
		default:
			http.NotFound(w, r)
		}
	}))
	t.Cleanup(func() { s.release(); s.Close() })
	return s
}

const head = `<!doctype html><html lang="en"><meta charset="utf-8"><title>held</title><link rel="icon" href="data:,">`

func (s *server) hold(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Security-Policy", strict)
	// WebKit wants 512 bytes before it makes a document, and 200 visible characters before it draws; and a script with async
	// that is there before the page was drawn waits for the end of the answer.
	fmt.Fprint(w, head, `<script src="/script.js"></script><noscript><p id="none">no scripts</p></noscript>`,
		`<p id="first">first `, strings.Repeat("and a few more words ", 20), `</p>`)
	if http.NewResponseController(w).Flush() != nil {
		return
	}
	select {
	case <-s.held:
		fmt.Fprint(w, `<p id="second">second</p>`)
	case <-r.Context().Done():
	}
}

// release lets the second parts of all pages go.
func (s *server) release() { s.once.Do(func() { close(s.held) }) }

// refusing returns an address that refuses connections: its port is taken, so that nobody else can listen there, and not
// listened on.
func refusing(t *testing.T) string {
	t.Helper()
	socket, err := syscall.Socket(syscall.AF_INET, syscall.SOCK_STREAM|syscall.SOCK_CLOEXEC, 0)
	must(t, err)
	t.Cleanup(func() { must(t, syscall.Close(socket)) })
	must(t, syscall.Bind(socket, &syscall.SockaddrInet4{Addr: [4]byte{127, 0, 0, 1}}))
	name, err := syscall.Getsockname(socket)
	must(t, err)
	return fmt.Sprintf("http://127.0.0.1:%d/", name.(*syscall.SockaddrInet4).Port)
}
