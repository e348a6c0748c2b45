package model

import (
	"math"
	"time"

	"github.com/infill-go/infill/async"
	"pgregory.net/rapid"
)

const never = instant(math.MaxInt64)

// overhead is the most that a result may count for beside what Policy.Cost says.
const overhead = 64

// Costs that fit, and one that never does.
const (
	smallCost = 100
	largeCost = 900
	hugeCost  = 5000
	fewBytes  = 1500 // two large ones are too many
)

// rules is a policy as the model needs it: with every default written out.
type rules struct {
	async.Policy
	// exact policies leave nothing to chance but the length of a back-off: there is
	// no jitter, and the check keeps no keys. Only with them are there functions
	// that ignore their context, behind which a run may stand that nobody sees.
	exact bool
	// deaf says that functions ignore their context where nothing else was planned.
	deaf bool
}

func drawRules(t *rapid.T) rules {
	r := rules{exact: rapid.Bool().Draw(t, "exact")}
	p := &r.Policy
	p.Cost = func(v any) int64 { return v.(value).cost }
	p.MaxAge = draw(t, "MaxAge", 0, 5*time.Second, 10*time.Second)
	if p.MaxAge > 0 {
		p.StaleWhileRevalidate = draw(t, "StaleWhileRevalidate", 0, -1, 3*time.Second, 12*time.Second)
		p.StaleIfError = draw(t, "StaleIfError", 0, -1, 6*time.Second, 30*time.Second)
	}
	p.Timeout = draw(t, "Timeout", 2*time.Second, 7*time.Second, 0)
	p.Backoff = draw(t, "Backoff", 0, -1, 3*time.Second)
	if p.Backoff >= 0 {
		p.MaxBackoff = draw(t, "MaxBackoff", 0, 5*time.Second)
	}
	p.MaxResults = draw(t, "MaxResults", 0, 2)
	p.MaxBytes = draw(t, "MaxBytes", 0, int64(fewBytes))
	p.Jitter = -1
	if !r.exact {
		p.Jitter = draw(t, "Jitter", -1, 0, 0.5)
		return r
	}
	r.deaf = rapid.Bool().Draw(t, "deaf")
	if p.Backoff < 0 {
		p.MaxRuns = draw(t, "MaxRuns", 0, 1, 2)
	}
	return r
}

func draw[T any](t *rapid.T, label string, of ...T) T { return rapid.SampledFrom(of).Draw(t, label) }

// defaults writes out what the documentation of Policy says of zero values.
func (r rules) defaults() rules {
	p := &r.Policy
	fill(&p.StaleIfError, p.StaleWhileRevalidate)
	fill(&p.Jitter, 0.05)
	p.Jitter = max(p.Jitter, 0)
	fill(&p.Timeout, 30*time.Second)
	fill(&p.Backoff, time.Second)
	fill(&p.MaxBackoff, time.Minute)
	fill(&p.MaxRuns, 16)
	fill(&p.MaxResults, 10_000)
	fill(&p.MaxBytes, 64<<20)
	return r
}

func fill[T comparable](field *T, value T) {
	var zero T
	if *field == zero {
		*field = value
	}
}

// held is a value with the instants at which its age changes.
type held struct {
	value
	refreshFrom, fresh instant // a request may start a refresh from the one, and must from the other
	stale, ifError     instant // the ends of the two windows
	doubtful           bool    // it may have been evicted
	tended             bool    // made while its key was kept, and left in peace since
}

func (r *rules) newHeld(v value, now instant) *held {
	if r.MaxAge == 0 {
		return &held{value: v, refreshFrom: never, fresh: never, stale: never, ifError: never}
	}
	fresh := now + r.MaxAge
	return &held{
		value:       v,
		refreshFrom: fresh - instant(r.Jitter*float64(r.MaxAge)),
		fresh:       fresh,
		stale:       windowFrom(fresh, r.StaleWhileRevalidate),
		ifError:     windowFrom(fresh, r.StaleIfError),
	}
}

func windowFrom(fresh instant, d time.Duration) instant {
	switch {
	case d == 0:
		return never
	case d < 0:
		return fresh
	}
	return fresh + d
}

// pause is the longest back-off after the nth failure; the shortest is a fifth less.
func (r *rules) pause(n int) (shortest, longest time.Duration) {
	if r.Backoff < 0 {
		return 0, 0
	}
	d := min(r.Backoff<<min(n-1, 20), r.MaxBackoff)
	return d - d/5, d
}
