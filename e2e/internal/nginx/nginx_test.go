package nginx_test

import (
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/infill-go/infill/e2e/internal/leftovers"
	"github.com/infill-go/infill/e2e/internal/need"
	"github.com/infill-go/infill/e2e/internal/nginx"
)

// upstream writes a shell, tells that it is flushed, and waits before it writes the rest.
type upstream struct {
	*httptest.Server
	header  http.Header
	flushed chan error
	release chan struct{}
}

func startUpstream(t *testing.T, header http.Header) *upstream {
	u := &upstream{header: header, flushed: make(chan error, 1), release: make(chan struct{})}
	u.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		for name, values := range u.header {
			w.Header()[name] = values
		}
		fmt.Fprintln(w, "shell")
		u.flushed <- http.NewResponseController(w).Flush()
		select {
		case <-u.release:
			fmt.Fprintln(w, "rest")
		case <-r.Context().Done():
		}
	}))
	t.Cleanup(u.Close)
	return u
}

func startProxy(t *testing.T, upstream string) *nginx.Proxy {
	t.Helper()
	_, err := nginx.Find()
	need.Found(t, err)
	p, err := nginx.Start(upstream)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if t.Failed() {
			t.Logf("nginx printed:\n%s", p.Output())
		}
		if err := p.Close(); err != nil {
			t.Error(err)
		}
	})
	return p
}

const (
	// held is how long nothing may come for nginx to be said to hold it back. When it does not, it is about 1 ms away.
	held = 500 * time.Millisecond
	// seeTimeout is ample for what comes.
	seeTimeout = 20 * time.Second
)

// visitor asks a proxy for a page and reads what comes, as it comes.
type visitor struct {
	conn net.Conn
	got  strings.Builder
}

func visit(t *testing.T, p *nginx.Proxy, headers string) *visitor {
	t.Helper()
	address := strings.TrimPrefix(p.URL, "http://")
	conn, err := net.Dial("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	if _, err := fmt.Fprintf(conn, "GET / HTTP/1.1\r\nHost: %s\r\n%s\r\n", address, headers); err != nil {
		t.Fatal(err)
	}
	return &visitor{conn: conn}
}

// sees reads until the text is there or nothing more comes.
func (v *visitor) sees(t *testing.T, text string, patience time.Duration) bool {
	t.Helper()
	if err := v.conn.SetReadDeadline(time.Now().Add(patience)); err != nil {
		t.Fatal(err)
	}
	buffer := make([]byte, 4096)
	for !strings.Contains(v.got.String(), text) {
		n, err := v.conn.Read(buffer)
		v.got.Write(buffer[:n])
		if errors.Is(err, os.ErrDeadlineExceeded) {
			return false
		}
		if err != nil {
			t.Fatalf("%v after %q", err, v.got.String())
		}
	}
	return true
}

func TestBuffering(t *testing.T) {
	for _, tt := range []struct {
		name   string
		header http.Header
		atOnce bool
	}{
		{"as it is", http.Header{"Content-Type": {"text/html"}}, false},
		{"X-Accel-Buffering: no", http.Header{"Content-Type": {"text/html"}, "X-Accel-Buffering": {"no"}}, true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			leftovers.Watch(t)
			u := startUpstream(t, tt.header)
			v := visit(t, startProxy(t, u.URL), "")
			if err := <-u.flushed; err != nil {
				t.Fatal(err)
			}
			patience := held
			if tt.atOnce {
				patience = seeTimeout
			}
			if got := v.sees(t, "shell", patience); got != tt.atOnce {
				t.Errorf("that the shell has come before the rest is %v, want %v; there is %q", got, tt.atOnce, v.got.String())
			}
			close(u.release)
			if !v.sees(t, "rest", seeTimeout) {
				t.Errorf("the rest does not come; there is %q", v.got.String())
			}
			if strings.Contains(v.got.String(), "X-Accel-Buffering") {
				t.Error("the header is passed on")
			}
		})
	}
}

// The settings are Debian's: it compresses what it passes on, and says that it is nginx.
func TestSettings(t *testing.T) {
	leftovers.Watch(t)
	u := startUpstream(t, http.Header{"Content-Type": {"text/html"}, "X-Accel-Buffering": {"no"}})
	close(u.release)
	v := visit(t, startProxy(t, u.URL), "Accept-Encoding: gzip\r\n")
	for _, want := range []string{"200 OK", "Server: nginx/", "Content-Encoding: gzip"} {
		if !v.sees(t, want, seeTimeout) {
			t.Errorf("no %s in %q", want, v.got.String())
		}
	}
}

func TestStartTellsWhatIsWrong(t *testing.T) {
	_, err := nginx.Find()
	need.Found(t, err)
	leftovers.Watch(t)
	p, err := nginx.Start("no address")
	if err == nil {
		t.Fatal(errors.Join(errors.New("started with a bad upstream"), p.Close()))
	}
	if !strings.Contains(err.Error(), "proxy_pass") {
		t.Errorf("error = %v, want what is wrong", err)
	}
}
