// Package plot keeps the recent values of a measurement and computes the line that shows them.
//
// It computes numbers and an SVG path; the picture itself is written by a template, so that html/template
// escapes it like everything else on the page.
package plot

import (
	"sync"
	"time"
)

// Sample is one measured value.
type Sample struct {
	At    time.Time
	Value float64
}

// History holds the newest samples of one measurement. The zero value holds none and has no room: use NewHistory.
// Its methods are safe for concurrent use.
type History struct {
	mu      sync.Mutex
	samples []Sample // oldest first, at most cap(samples)
}

// NewHistory returns an empty history with room for limit samples; less than one is one.
func NewHistory(limit int) *History {
	return &History{samples: make([]Sample, 0, max(limit, 1))}
}

// Add appends a sample, and drops the oldest one if there is no more room. A sample that is not newer than the
// newest is dropped itself: a measurement that was overtaken by a later one has nothing to tell.
func (h *History) Add(s Sample) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if n := len(h.samples); n > 0 && !s.At.After(h.samples[n-1].At) {
		return
	}
	if len(h.samples) == cap(h.samples) {
		copy(h.samples, h.samples[1:])
		h.samples = h.samples[:len(h.samples)-1]
	}
	h.samples = append(h.samples, s)
}

// Samples returns a copy, oldest first.
func (h *History) Samples() []Sample {
	h.mu.Lock()
	defer h.mu.Unlock()
	return append([]Sample(nil), h.samples...)
}
