package cut_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/infill-go/infill/e2e/internal/cut"
)

// The text comes in two parts, and the connection ends right behind it; the next one is whole.
func TestBreaksBehindTheText(t *testing.T) {
	parts := []string{"before ha", "lf, behind"}
	seen := make(chan struct{}) // has one when the client has the first part, without which both may come in one piece
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Length", strconv.Itoa(len(strings.Join(parts, "")))) // without it there would be chunks
		_, _ = io.WriteString(w, parts[0])
		_ = http.NewResponseController(w).Flush()
		<-seen
		_, _ = io.WriteString(w, parts[1])
	}))
	defer server.Close()
	proxy, err := cut.Start(strings.TrimPrefix(server.URL, "http://"), "half", 1)
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := proxy.Close(); err != nil {
			t.Error(err)
		}
	}()
	// Connections of their own: the client may not ask again by itself.
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	for _, want := range []struct {
		text string
		err  error
	}{{"before half", io.ErrUnexpectedEOF}, {"before half, behind", nil}} {
		response, err := client.Get(proxy.URL)
		if err != nil {
			t.Fatal(err)
		}
		before := make([]byte, len(parts[0]))
		if _, err := io.ReadFull(response.Body, before); err != nil {
			t.Fatal(err)
		}
		seen <- struct{}{}
		behind, err := io.ReadAll(response.Body)
		response.Body.Close()
		if text := string(before) + string(behind); text != want.text || err != want.err {
			t.Errorf("got %q, %v; want %q, %v", text, err, want.text, want.err)
		}
	}
	select {
	case <-proxy.Broken():
	case <-time.After(20 * time.Second): // it says so after it has
		t.Error("it does not say that it has broken a connection")
	}
}
