package page_test

import (
	"context"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"sync"
	"testing"

	"github.com/infill-go/infill/async"
	"github.com/infill-go/infill/async/page"
)

// handmade are pages that functions write. It is used within one synctest bubble.
type handmade struct {
	t     *testing.T
	group *async.Group
	log   logged
	pages *page.Pages
}

// logged is a log that may be read while runs write to it.
type logged struct {
	mu   sync.Mutex // guards text
	text strings.Builder
}

// Write implements io.Writer.
func (l *logged) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(p)
}

// String implements fmt.Stringer.
func (l *logged) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

func byHand(t *testing.T, o page.Options) *handmade {
	t.Helper()
	h := &handmade{t: t}
	h.group = &async.Group{Logger: slog.New(slog.NewTextHandler(&h.log, nil))}
	t.Cleanup(func() {
		if err := h.group.Close(context.Background()); err != nil {
			t.Error(err)
		}
	})
	o.Group = h.group
	var err error
	if h.pages, err = page.New(o); err != nil {
		t.Fatal(err)
	}
	return h
}

// strings registers a fragment of strings.
func (h *handmade) strings(name string, fn func(ctx context.Context, key string) (string, error)) *async.Handle[string, string] {
	h.t.Helper()
	handle, err := async.Register(h.group, name, fn, async.Policy{})
	if err != nil {
		h.t.Fatal(err)
	}
	return handle
}

// gated registers a fragment whose runs wait for the gate.
func (h *handmade) gated(name string, gate <-chan struct{}, value string, err error) *async.Handle[string, string] {
	h.t.Helper()
	return h.strings(name, func(ctx context.Context, _ string) (string, error) {
		select {
		case <-gate:
			return value, err
		case <-ctx.Done():
			return "", ctx.Err()
		}
	})
}

// sent is a response: its shell is what was there at the first flush, and rest what came then. The names of its holes are
// numbers.
type sent struct {
	*httptest.ResponseRecorder
	shell, rest string
}

// flushes opens a gate at each flush.
type flushes struct {
	*httptest.ResponseRecorder
	gates []chan struct{}
	first int
}

func (f *flushes) Flush() {
	f.ResponseRecorder.Flush()
	if f.first == 0 {
		f.first = f.Body.Len()
	}
	if len(f.gates) > 0 {
		close(f.gates[0])
		f.gates = f.gates[1:]
	}
}

var holeNames = regexp.MustCompile(`(name|for)="[A-Z2-7]{10}([0-9]+)"`)

// How long the response may be silent is the wire's own affair.
var howLong = regexp.MustCompile(`<async-fill wait="[0-9]+">`)

func named(b []byte) string {
	return howLong.ReplaceAllString(holeNames.ReplaceAllString(string(b), `$1="$2"`), "<async-fill wait>")
}

type body = func(ctx context.Context, w io.Writer) error

// get answers a GET with the page; at each flush one more of the gates is opened.
func (h *handmade) get(write body, gates ...chan struct{}) sent {
	return h.serve(httptest.NewRequest(http.MethodGet, "/", nil), write, gates...)
}

func (h *handmade) serve(r *http.Request, write body, gates ...chan struct{}) sent {
	w := &flushes{ResponseRecorder: httptest.NewRecorder(), gates: gates}
	h.pages.Respond(w, r, write)
	b := w.Body.Bytes()
	return sent{w.ResponseRecorder, named(b[:w.first]), named(b[w.first:])}
}

// is complains if the response is another one.
func (h *handmade) is(got sent, shell, rest string) {
	h.t.Helper()
	if got.Code != http.StatusOK || got.shell != shell || got.rest != rest {
		h.t.Errorf("%d\n%q\n%q\nwant\n%q\n%q", got.Code, got.shell, got.rest, shell, rest)
	}
}

// printed is a function of a Look that writes a text.
func printed(text string) func(io.Writer) error {
	return func(w io.Writer) error {
		_, err := io.WriteString(w, text)
		return err
	}
}

// What the wire adds; its bytes are facts of the wire's own tests.
const (
	waiting = `<div hidden><async-fill wait></async-fill></div>`
	ended   = `<async-fill end></async-fill>`
	again   = `<meta http-equiv="refresh" content="2">`
)

func hole(name, shown string) string { return `<?start name="` + name + `">` + shown + `<?end>` }
func patch(name, shown string) string {
	return `<template for="` + name + `">` + shown + `</template><async-fill></async-fill>`
}
