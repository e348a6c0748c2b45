package page

import (
	"net/http"
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
	out := a.shell()
	if a.reloads() {
		out = append(out, waitMark...)
	}
	a.writeHeader()
	flushed, err := a.wire.send(out)
	a.dispose(out)
	if err == nil && flushed {
		err = a.fillLate()
	}
	if err == nil {
		a.wire.extend() // also for what the server writes when this has returned
		err = a.finish()
	}
	if err != nil {
		a.pages.counts.left.Add(1)
	}
}

// reloads says whether the script may load the page again if it was cut off.
func (a *reply) reloads() bool { return a.r.Method == http.MethodGet }

// fillLate sends fragments as they complete. The error says that the client has gone.
func (a *reply) fillLate() error {
	window := time.NewTimer(a.pages.options.Window)
	defer window.Stop()
	for a.sheet.pending > 0 {
		select {
		case <-a.wakes.Ready():
			if err := a.sendDecided(); err != nil {
				return err
			}
		case <-window.C:
			return nil
		case <-a.ctx.Done():
			if a.gone() {
				return a.ctx.Err()
			}
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
		out := a.marker.patch(takeBuffer(), one)
		a.wire.extend()
		_, err = a.wire.w.Write(out)
		putBuffer(out)
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
	_, err := a.wire.w.Write(out)
	putBuffer(out)
	return err
}
