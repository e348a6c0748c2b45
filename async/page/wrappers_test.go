package page_test

import (
	"bufio"
	"compress/gzip"
	"crypto/tls"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/infill-go/infill/async/page"
)

// wrapped is a ResponseWriter as many programs have one: it counts, and knows of nothing but Unwrap.
type wrapped struct {
	http.ResponseWriter
	status, bytes int
}

func (w *wrapped) Write(p []byte) (int, error) {
	n, err := w.ResponseWriter.Write(p)
	w.bytes += n
	return n, err
}

func (w *wrapped) WriteHeader(status int) {
	w.status = status
	w.ResponseWriter.WriteHeader(status)
}

func (w *wrapped) Unwrap() http.ResponseWriter { return w.ResponseWriter }

// gzipped compresses, and sends what it has when it is flushed.
type gzipped struct {
	http.ResponseWriter
	gz *gzip.Writer
}

func (w *gzipped) Write(p []byte) (int, error) { return w.gz.Write(p) }

func (w *gzipped) FlushError() error {
	if err := w.gz.Flush(); err != nil {
		return err
	}
	return http.NewResponseController(w.ResponseWriter).Flush()
}

func (w *gzipped) Unwrap() http.ResponseWriter { return w.ResponseWriter }

// middleware are those behind which a page streams.
var middleware = map[string]func(t testing.TB, h http.Handler) http.Handler{
	"nothing": func(_ testing.TB, h http.Handler) http.Handler { return h },
	"a wrapper with Unwrap": func(_ testing.TB, h http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			h.ServeHTTP(&wrapped{ResponseWriter: &wrapped{ResponseWriter: w}}, r)
		})
	},
	"gzip": func(_ testing.TB, h http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			gz := gzip.NewWriter(w)
			defer func() { _ = gz.Close() }()
			w.Header().Set("Content-Encoding", "gzip")
			h.ServeHTTP(&gzipped{w, gz}, r)
		})
	},
	"a reverse proxy": func(t testing.TB, h http.Handler) http.Handler {
		behind := httptest.NewServer(h)
		t.Cleanup(behind.Close)
		to, err := url.Parse(behind.URL)
		if err != nil {
			t.Fatal(err)
		}
		return &httputil.ReverseProxy{Rewrite: func(r *httputil.ProxyRequest) { r.SetURL(to) }}
	},
	"net/http's MaxBytesHandler": func(_ testing.TB, h http.Handler) http.Handler { return http.MaxBytesHandler(h, 1<<20) },
	"StripPrefix":                func(_ testing.TB, h http.Handler) http.Handler { return http.StripPrefix("/page", h) },
}

// protocols are those that carry a stream.
var protocols = map[string]func(t testing.TB, h http.Handler) (url string, client *http.Client){
	"HTTP/1.1": func(t testing.TB, h http.Handler) (string, *http.Client) {
		server := httptest.NewServer(h)
		t.Cleanup(server.Close)
		return server.URL, server.Client()
	},
	"HTTP/2.0": func(t testing.TB, h http.Handler) (string, *http.Client) {
		server := httptest.NewUnstartedServer(h)
		server.EnableHTTP2 = true
		server.StartTLS()
		t.Cleanup(server.Close)
		return server.URL, server.Client()
	},
	"HTTP/2.0 without TLS": func(t testing.TB, h http.Handler) (string, *http.Client) {
		server := httptest.NewUnstartedServer(h)
		server.Config.Protocols = new(http.Protocols)
		server.Config.Protocols.SetUnencryptedHTTP2(true)
		server.Start()
		t.Cleanup(server.Close)
		transport := &http.Transport{Protocols: server.Config.Protocols}
		t.Cleanup(transport.CloseIdleConnections)
		return server.URL, &http.Client{Transport: transport}
	},
}

// TestThroughOthers: the shell and each fragment reach the client while the response goes on, each by itself.
func TestThroughOthers(t *testing.T) {
	for protocol, start := range protocols {
		for name, wrap := range middleware {
			t.Run(protocol+" "+name, func(t *testing.T) {
				t.Parallel()
				g := quietGroup(t)
				all := register(t, g, "one", "two")
				// No window's end here: the fragments come when the test says so, however slow the machine is.
				pages := bind(t, g, `<p>{{async "one" 1 "default"}} {{async "two" 1 "default"}}</p>`, page.Options{Window: time.Hour})
				at, client := start(t, wrap(t, renders(pages)))
				response, err := client.Get(at + "/page/")
				if err != nil {
					t.Fatal(err)
				}
				defer func() { _ = response.Body.Close() }()
				if want, _, _ := strings.Cut(protocol, " without"); response.Proto != want {
					t.Errorf("it is %s", response.Proto)
				}
				text := readUntil(t, response.Body, "></async-fill></div>")
				all.open("two", "second")
				text += readUntil(t, response.Body, "second</template><async-fill></async-fill>")
				all.open("one", "first")
				rest, err := io.ReadAll(response.Body)
				if b := browse(text + string(rest)); err != nil || !b.ended || !strings.Contains(b.String(), "<p>first second</p>") {
					t.Errorf("%v: %v", err, b)
				}
			})
		}
	}
}

// TestTimeoutHandler, whose writer keeps all until the end and says so when it is asked: the page is not held open.
func TestTimeoutHandler(t *testing.T) {
	g := quietGroup(t)
	register(t, g, "f")
	pages := bind(t, g, `<p>{{async "f" 1 "default"}}</p>`, page.Options{Window: time.Hour})
	at, client := protocols["HTTP/1.1"](t, http.TimeoutHandler(renders(pages), time.Hour, ""))
	response, err := client.Get(at)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = response.Body.Close() }()
	text, err := io.ReadAll(response.Body)
	if err != nil || string(text) != "<p>default</p>" || response.Header.Get("Refresh") != "2" || response.Header.Get("Cache-Control") != "no-store" {
		t.Errorf("%v: %s %v", err, text, response.Header)
	}
}

// TestOldClients get the page in one piece, by themselves and not only by what is made of their requests.
func TestOldClients(t *testing.T) {
	tests := []struct{ request, want string }{
		{"GET / HTTP/1.0\r\n\r\n", "\r\n\r\n<p>default</p>"},
		{"GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n", "\r\n\r\n<p>default</p>"},
		{"HEAD / HTTP/1.1\r\nHost: example.com\r\nConnection: close\r\n\r\n", "\r\n\r\n"},
	}
	for _, tt := range tests {
		g := quietGroup(t)
		register(t, g, "f")
		pages := bind(t, g, `<p>{{async "f" 1 "default"}}</p>`, page.Options{Window: time.Hour})
		at, _ := protocols["HTTP/1.1"](t, renders(pages))
		c, err := net.Dial("tcp", strings.TrimPrefix(at, "http://"))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := fmt.Fprint(c, tt.request); err != nil {
			t.Fatal(err)
		}
		in := bufio.NewReader(c)
		text := readUntil(t, in, tt.want)
		if !strings.Contains(text, "200 OK\r\n") || !strings.Contains(text, "Refresh: 2\r\n") || strings.Contains(text, "chunked") {
			t.Errorf("%q is answered by %q", tt.request, text)
		}
		_ = c.Close()
	}
}

// TestTheProtocolsClientGoes: of HTTP/2, in the middle of a stream, while others of its connection go on.
func TestTheProtocolsClientGoes(t *testing.T) {
	g := quietGroup(t)
	all := register(t, g, "f")
	ended := make(chan struct{}, 2)
	pages := bind(t, g, `<p>{{async "f" 1 "default"}}</p>`, page.Options{Window: time.Hour})
	at, client := protocols["HTTP/2.0"](t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		pages.Render(w, r, "page", nil)
		ended <- struct{}{}
	}))
	var responses [2]*http.Response
	for i := range responses {
		var err error
		if responses[i], err = client.Get(at); err != nil {
			t.Fatal(err)
		}
		readUntil(t, responses[i].Body, "</div>")
	}
	_ = responses[0].Body.Close()
	<-ended
	all.open("f", "value")
	text, err := io.ReadAll(responses[1].Body)
	if err != nil || !strings.HasSuffix(string(text), "value</template><async-fill></async-fill><async-fill end></async-fill>") {
		t.Errorf("%v: %s", err, text)
	}
	<-ended
	if s := pages.Stats(); s.Left != 1 || s.Late != 1 {
		t.Errorf("%+v", s)
	}
	if v := responses[1].TLS; v == nil || v.Version < tls.VersionTLS12 {
		t.Errorf("no TLS: %v", v)
	}
}
