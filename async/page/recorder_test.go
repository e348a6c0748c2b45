package page_test

import (
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"sync"
	"time"
)

// recorder is a ResponseWriter that keeps what is done to it, in order and with the time.
type recorder struct {
	header http.Header
	began  time.Time
	refuse func(n int) error // what the write number n answers, the first being 0; nil: nothing is refused

	mu     sync.Mutex
	events []event
	writes int
}

// event is a call of a method.
type event struct {
	what string // status, write, flush or deadline
	at   time.Duration
	text string
}

func newRecorder() *recorder { return &recorder{header: make(http.Header), began: time.Now()} }

func (r *recorder) Header() http.Header { return r.header }

func (r *recorder) Write(p []byte) (int, error) {
	r.add("write", string(p))
	r.mu.Lock()
	defer r.mu.Unlock()
	r.writes++
	if r.refuse != nil {
		if err := r.refuse(r.writes - 1); err != nil {
			return 0, err
		}
	}
	return len(p), nil
}

func (r *recorder) WriteHeader(status int) { r.add("status", fmt.Sprint(status)) }

func (r *recorder) FlushError() error {
	r.add("flush", "")
	return nil
}

func (r *recorder) SetWriteDeadline(t time.Time) error {
	text := "none"
	if !t.IsZero() {
		text = "in " + time.Until(t).String()
	}
	r.add("deadline", text)
	return nil
}

func (r *recorder) add(what, text string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.events = append(r.events, event{what, time.Since(r.began), text})
}

// texts are those of the events of one kind.
func (r *recorder) texts(what string) (texts []string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, e := range r.events {
		if e.what == what {
			texts = append(texts, e.text)
		}
	}
	return texts
}

// body is all that was written.
func (r *recorder) body() string { return strings.Join(r.texts("write"), "") }

// script tells what has happened, with names that are the same each time.
func (r *recorder) script() string {
	var b strings.Builder
	for _, name := range []string{"Cache-Control", "Content-Type", "Refresh", "Server-Timing", "X-Accel-Buffering"} {
		if value := r.header.Get(name); value != "" {
			fmt.Fprintf(&b, "%s: %s\n", name, value)
		}
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, e := range r.events {
		fmt.Fprintf(&b, "[%v] %s %s\n", e.at, e.what, strings.TrimSpace(e.text))
	}
	return plainNames(b.String())
}

var randomName = regexp.MustCompile(`(name="|for=")[A-Z2-7]{10}([0-9]+")`)

// plainNames takes the response's random prefix out of the names.
func plainNames(text string) string { return randomName.ReplaceAllString(text, "${1}x${2}") }
