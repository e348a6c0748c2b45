package page

import (
	"net/http"
	"strconv"
	"strings"
	"sync/atomic"
	"time"
)

// streams counts the responses that are held open.
type streams struct{ open atomic.Int64 }

// enter answers false if there are as many as there may be.
func (s *streams) enter(most int) bool {
	if s.open.Add(1) <= int64(most) {
		return true
	}
	s.open.Add(-1)
	return false
}

func (s *streams) leave() { s.open.Add(-1) }

// stream sends the page with its defaults, and then each fragment as it completes, until all are there or the window
// ends.
func (a *reply) stream() {
	a.pages.counts.streamed.Add(1)
	a.headers()
	if a.sheet.scripted && holdsScripts(a.r.UserAgent()) {
		a.again = a.sheet.script
	}
	out := a.fence(a.shell())
	a.writeHeader()
	err := a.wire.first(out, time.Since(a.timing.began))
	a.dispose(out, err)
	flushed := false
	if err == nil {
		flushed, err = a.wire.flush()
	}
	if err == nil && flushed {
		err = a.fillLate()
	}
	if err == nil {
		err = a.finish()
	}
	a.sent(err)
}

// holdsScripts says whether the browser is one of WebKit's. These hold an async script back that was there before the page
// was first drawn, as one in the cache is, until the next async script comes or the response ends: so it is named again
// with each fragment, and a script that is there twice takes itself away. All others would load it for nothing.
func holdsScripts(agent string) bool {
	return strings.Contains(agent, "AppleWebKit/") && !strings.Contains(agent, "Chrome/") && !strings.Contains(agent, "Chromium/")
}

// sent counts a response that has ended for a client that has gone.
func (a *reply) sent(err error) {
	if err != nil || a.ctx.Err() != nil {
		a.pages.counts.left.Add(1)
	}
}

// fence appends what stands between the page and what is sent after it.
func (a *reply) fence(out []byte) []byte {
	out = append(out, fenceStart...)
	if a.reloads() {
		out = append(out, waitStart...)
		out = strconv.AppendInt(out, (a.pages.options.Window + a.wire.perWrite).Milliseconds(), 10)
		out = append(out, waitEnd...)
	}
	return append(out, fenceEnd...)
}

// reloads says whether the script may load the page again if it was cut off.
func (a *reply) reloads() bool { return a.r.Method == http.MethodGet && !a.isWithin() }

// fillLate sends fragments as they complete, until the window or the request ends. That the request's context ends does
// not say that nobody reads: the server may be stopping, or have given it a deadline. So the page gets its end in any case.
// The error says that the client has gone.
func (a *reply) fillLate() error {
	end := time.Now().Add(a.pages.options.Window)
	window := time.NewTimer(a.pages.options.Window)
	defer window.Stop()
	for a.sheet.pending > 0 {
		a.wire.idle(time.Until(end))
		select {
		case <-a.wakes.Ready():
			if err := a.sendDecided(); err != nil {
				return err
			}
		case <-window.C:
			return nil
		case <-a.ctx.Done():
			return nil
		}
	}
	return nil
}

// sendDecided sends what has come since the last time: one write for each fragment, because a browser that was given half
// of one shows half of it, and one flush for those that came together.
func (a *reply) sendDecided() error {
	sent := false
	for _, key := range a.wakes.Take() {
		for _, one := range a.sheet.decided(key) {
			if one.closed {
				continue
			}
			if err := a.sendSpot(one); err != nil {
				return err
			}
			sent = true
		}
	}
	if !sent {
		return nil
	}
	_, err := a.wire.flush()
	return err
}

func (a *reply) sendSpot(one *spot) error {
	a.sheet.text = takeBuffer()
	err := a.sheet.fill(one)
	if err == nil {
		out := append(a.marker.patch(takeBuffer(), one), a.again...)
		err = a.wire.write(out)
		putSent(out, err)
		a.pages.counts.late.Add(1)
	}
	putBuffer(a.sheet.text)
	a.sheet.text = nil
	return err
}

// finish ends the stream: everything has come, or the page is loaded again.
func (a *reply) finish() error {
	out := takeBuffer()
	if a.sheet.pending == 0 {
		out = a.marker.statusPatch(out, a.statusText())
	}
	out = append(out, endMark...)
	if a.refreshes() {
		out = append(out, refreshMark...)
	}
	err := a.wire.write(out)
	putSent(out, err)
	return err
}
