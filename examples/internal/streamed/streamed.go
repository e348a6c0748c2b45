// Package streamed looks at a response as it comes, for the tests of the examples.
package streamed

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"
)

// Response is a response that is being received.
type Response struct {
	*http.Response
	t        *testing.T
	received strings.Builder
}

// Get asks a real server that has h as its handler for a path. The client takes gzip, as browsers do.
func Get(t *testing.T, h http.Handler, path string) *Response {
	t.Helper()
	server := httptest.NewServer(h)
	t.Cleanup(server.Close)
	request, err := http.NewRequestWithContext(context.Background(), http.MethodGet, server.URL+path, nil)
	if err != nil {
		t.Fatal(err)
	}
	response, err := server.Client().Do(request)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { response.Body.Close() })
	return &Response{Response: response, t: t}
}

// Until returns what came until text had come.
func (r *Response) Until(text string) string {
	r.t.Helper()
	began, buf := r.received.Len(), make([]byte, 4096)
	for !strings.Contains(r.received.String()[began:], text) {
		n, err := r.Body.Read(buf)
		r.received.Write(buf[:n])
		if err != nil {
			r.t.Fatalf("%v: there was no %q in what came:\n%s", err, text, r.received.String()[began:])
		}
	}
	return r.received.String()[began:]
}

// Rest returns what came until the response ended.
func (r *Response) Rest() string {
	r.t.Helper()
	rest, err := io.ReadAll(r.Body)
	if err != nil {
		r.t.Fatal(err)
	}
	return string(rest)
}

var filled = regexp.MustCompile(`(?s)<template for="[A-Z2-7]{10}[0-9]+">(.*?)</template>`)

// DefaultThenValue complains unless one response of h shows def first, and value in its place after release was called. It
// returns what came before, and what came then.
func DefaultThenValue(t *testing.T, h http.Handler, def string, release func(), value string) (shell, rest string) {
	t.Helper()
	r := Get(t, h, "/")
	if got := r.Header.Get("Content-Type"); r.StatusCode != http.StatusOK || got != "text/html; charset=utf-8" {
		t.Errorf("%s, %s", r.Status, got)
	}
	shell = r.Until(def)
	if !regexp.MustCompile(`<\?start name="[A-Z2-7]{10}[0-9]+">` + regexp.QuoteMeta(def) + `<\?end>`).MatchString(shell) {
		t.Errorf("the default is not in a hole:\n%s", shell)
	}
	if strings.Contains(shell, value) {
		t.Errorf("the value is there too early:\n%s", shell)
	}
	release()
	rest = r.Rest()
	for _, one := range filled.FindAllStringSubmatch(rest, -1) {
		if one[1] == value {
			return shell, rest
		}
	}
	t.Errorf("nothing was filled with\n%s\nin\n%s", value, rest)
	return shell, rest
}
