package page

import (
	"strconv"
	"time"
)

// timing is what the header Server-Timing tells.
type timing struct {
	began  time.Time
	ready  int // fragments that were there when the page was executed
	placed int // those that came while it waited
	shell  time.Duration
	wait   time.Duration
}

func (t *timing) executed(ready int) {
	t.ready, t.shell = ready, time.Since(t.began)
}

func (t *timing) waited() {
	if t.placed > 0 {
		t.wait = time.Since(t.began) - t.shell
	}
}

// headers sets what the response says of itself.
func (a *reply) headers() {
	h := a.wire.w.Header()
	if h["Content-Type"] == nil {
		h["Content-Type"] = []string{"text/html; charset=utf-8"}
	}
	// Whatever length the handler had in mind, it did not know the page's.
	delete(h, "Content-Length")
	h["Server-Timing"] = append(h["Server-Timing"], a.timing.header(a.sheet.pending))
	if a.sheet.pending > 0 || a.sheet.errors > 0 {
		h.Set("Cache-Control", "no-store") // nobody is to keep a default, or an error's view, as the page
	}
	switch {
	case a.sheet.pending == 0:
	case a.mode == Stream:
		h.Set("X-Accel-Buffering", "no") // nginx and its kind hold a response back by default
	case a.mode == Plain && a.refreshes():
		h.Set("Refresh", refreshSeconds)
	}
}

// header is the value of Server-Timing (https://www.w3.org/TR/server-timing/), in milliseconds.
func (t *timing) header(late int) string {
	b := make([]byte, 0, 96)
	b = append(b, "shell;dur="...)
	b = milliseconds(b, t.shell)
	b = append(b, ", ready;desc="...)
	b = strconv.AppendInt(b, int64(t.ready), 10)
	b = append(b, ", waited;dur="...)
	b = milliseconds(b, t.wait)
	b = append(b, ";desc="...)
	b = strconv.AppendInt(b, int64(t.placed), 10)
	b = append(b, ", late;desc="...)
	return string(strconv.AppendInt(b, int64(late), 10))
}

func milliseconds(b []byte, d time.Duration) []byte {
	return strconv.AppendFloat(b, float64(d.Microseconds())/1000, 'f', -1, 64)
}
