package async

import (
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"reflect"
	"time"
)

// Policy says how long a fragment's results are used, how its runs are limited
// and when a failed one is tried again. The zero value is ready: results are
// kept until they are forgotten or evicted, and every limit has the default that
// its field names. A field that is zero means its default, never "no limit".
//
// The ages are those of RFC 5861: a result is fresh for MaxAge, then stale for
// the longer of the two windows, then expired. Both windows are counted from the
// end of freshness.
type Policy struct {
	// MaxAge is for how long a result is fresh. Zero: until it is forgotten or
	// evicted, so it never gets stale.
	MaxAge time.Duration
	// StaleWhileRevalidate is for how long after MaxAge the old result is shown
	// while one run refreshes it. Zero: until it is evicted. Negative: not at all.
	StaleWhileRevalidate time.Duration
	// StaleIfError is for how long after MaxAge the old result is shown when the
	// refresh has failed or is undecided. Zero: as StaleWhileRevalidate. Negative:
	// not at all.
	StaleIfError time.Duration
	// Jitter is the part of MaxAge, from 0 to 1, by which a refresh may come
	// early, drawn once per result, so that results that were made together are
	// not refreshed together. Zero: 0.05. Negative: none.
	Jitter float64

	// Timeout is the deadline of one run. When it passes, the run has failed
	// whether its function returns or not. Zero: 30 s.
	Timeout time.Duration
	// Backoff is the pause after the first failure of a key; it doubles with each
	// further one up to MaxBackoff, less up to a fifth at random. Zero: 1 s.
	// Negative: none, the next request tries again.
	Backoff time.Duration
	// MaxBackoff is the longest pause. Zero: 1 min, or Backoff if that is longer.
	MaxBackoff time.Duration

	// MaxRuns is how many runs of the fragment execute at a time. Zero: 16, or the
	// group's MaxRuns if that is less.
	MaxRuns int
	// MaxWaiting is how many runs wait for their turn; a further one is refused
	// and tried again by a later request. Zero: 1,000.
	MaxWaiting int
	// MaxAbandoned is how many functions may have passed their deadline without
	// returning before new runs are refused. Zero: 100.
	MaxAbandoned int
	// MaxFailures is how many failed keys are remembered with their back-off. The
	// oldest goes first. Zero: 1,000. Large bounds are kept in 16 parts.
	MaxFailures int
	// MaxResults and MaxBytes bound what is remembered. Zero: 10,000 and 64 MiB.
	// Large bounds, from 4,096 results and 16 MiB on, are kept in 16 parts, so that one
	// result may take at most 1/16 of MaxBytes, and 2 GiB in any case; a larger one is an error of its run. What is
	// over the bounds is evicted by SIEVE: what has been read since the last time
	// stays.
	MaxResults int
	MaxBytes   int64
	// Cost is the size of a value in bytes, for MaxBytes; the HTML of its views, or in
	// sets without a view of the printed value, is counted in addition. Nil: the length of a string, else of its HTML, else
	// 1 KiB. It is called whenever a result is stored, and must be safe for
	// concurrent use. Template fragments cannot have one: theirs is the length of
	// the HTML.
	Cost func(value any) int64
}

const (
	defaultJitter       = 0.05
	defaultTimeout      = 30 * time.Second
	defaultBackoff      = time.Second
	defaultMaxBackoff   = time.Minute
	defaultGroupRuns    = 64
	defaultMaxRuns      = 16
	defaultMaxWaiting   = 1000
	defaultMaxAbandoned = 100
	defaultMaxFailures  = 1000
	defaultMaxResults   = 10_000
	defaultMaxBytes     = 64 << 20
	defaultCost         = 1 << 10
)

// resolved returns the policy with every default filled in, or an error that
// names each field that is wrong. groupRuns is the group's MaxRuns.
func (p Policy) resolved(groupRuns int) (Policy, error) {
	if err := p.check(groupRuns); err != nil {
		return Policy{}, err
	}
	orDefault(&p.StaleIfError, p.StaleWhileRevalidate)
	orDefault(&p.Jitter, defaultJitter)
	orDefault(&p.Timeout, defaultTimeout)
	orDefault(&p.Backoff, defaultBackoff)
	orDefault(&p.MaxBackoff, max(defaultMaxBackoff, p.Backoff))
	orDefault(&p.MaxRuns, min(defaultMaxRuns, groupRuns))
	orDefault(&p.MaxWaiting, defaultMaxWaiting)
	orDefault(&p.MaxAbandoned, defaultMaxAbandoned)
	orDefault(&p.MaxFailures, defaultMaxFailures)
	orDefault(&p.MaxResults, defaultMaxResults)
	orDefault(&p.MaxBytes, defaultMaxBytes)
	return p, nil
}

func orDefault[T comparable](field *T, value T) {
	var zero T
	if *field == zero {
		*field = value
	}
}

func (p Policy) check(groupRuns int) error {
	var errs []error
	wrong := func(bad bool, format string, args ...any) {
		if bad {
			errs = append(errs, fmt.Errorf("Policy."+format, args...))
		}
	}
	wrong(p.MaxAge < 0, "MaxAge is %v: it must not be negative; 0 keeps a result until it is forgotten", p.MaxAge)
	wrong(p.MaxAge == 0 && p.StaleWhileRevalidate != 0, "StaleWhileRevalidate is %v, but without MaxAge a result never gets stale: set MaxAge", p.StaleWhileRevalidate)
	wrong(p.MaxAge == 0 && p.StaleIfError != 0, "StaleIfError is %v, but without MaxAge a result never gets stale: set MaxAge", p.StaleIfError)
	wrong(p.Jitter > 1 || math.IsNaN(p.Jitter), "Jitter is %v: it is a part of MaxAge, at most 1", p.Jitter)
	wrong(p.Timeout < 0, "Timeout is %v: it must not be negative; 0 is %v, and there is no run without a deadline", p.Timeout, defaultTimeout)
	wrong(p.MaxBackoff < 0, "MaxBackoff is %v: it must not be negative; 0 is %v", p.MaxBackoff, defaultMaxBackoff)
	wrong(p.Backoff < 0 && p.MaxBackoff > 0, "MaxBackoff is %v, but Backoff is negative, so there is no pause: drop one of them", p.MaxBackoff)
	wrong(p.MaxBackoff > 0 && p.Backoff > p.MaxBackoff, "Backoff is %v, longer than MaxBackoff, %v", p.Backoff, p.MaxBackoff)
	wrong(p.MaxRuns < 0, "MaxRuns is %d: it must not be negative; 0 is %d", p.MaxRuns, defaultMaxRuns)
	wrong(p.MaxRuns > groupRuns, "MaxRuns is %d, more than the %d of its group: raise Group.MaxRuns", p.MaxRuns, groupRuns)
	wrong(p.MaxWaiting < 0, "MaxWaiting is %d: it must not be negative; 0 is %d", p.MaxWaiting, defaultMaxWaiting)
	wrong(p.MaxAbandoned < 0, "MaxAbandoned is %d: it must not be negative; 0 is %d", p.MaxAbandoned, defaultMaxAbandoned)
	wrong(p.MaxFailures < 0, "MaxFailures is %d: it must not be negative; 0 is %d", p.MaxFailures, defaultMaxFailures)
	wrong(p.MaxResults < 0, "MaxResults is %d: it must not be negative; 0 is %d", p.MaxResults, defaultMaxResults)
	wrong(p.MaxBytes < 0, "MaxBytes is %d: it must not be negative; 0 is %d", p.MaxBytes, defaultMaxBytes)
	return errors.Join(errs...)
}

// checkCost says whether results of type V can be kept at all.
func (p *Policy) checkCost(v reflect.Type) error {
	if p.Cost == nil && p.MaxBytes < defaultCost && v.Kind() != reflect.String && v.Kind() != reflect.Interface {
		return fmt.Errorf("Policy.MaxBytes is %d, but without Policy.Cost each %v counts %d: set Cost, or raise MaxBytes", p.MaxBytes, v, defaultCost)
	}
	return nil
}

// refreshAt is the instant from which on a look refreshes a result that was
// completed at the instant now. The jitter is drawn here, once, and not at each
// look: else the first of many looks would always win, and the spread would be gone.
func (p *Policy) refreshAt(now int64) int64 {
	if p.MaxAge == 0 {
		return never
	}
	at := after(now, p.MaxAge)
	if p.Jitter > 0 {
		at -= int64(rand.Float64() * p.Jitter * float64(p.MaxAge))
	}
	return at
}

// ages are the instants at which a result changes its age, in the nanoseconds of
// the group's clock. They follow from the instant of its completion, so they are
// not kept with it: only what is due to be refreshed needs them.
type ages struct {
	freshUntil  int64
	staleUntil  int64 // shown while a refresh is undecided
	errorUntil  int64 // shown although the refresh has failed
	expireAfter int64 // the latest of them
}

func (p *Policy) ages(completed int64) ages {
	if p.MaxAge == 0 {
		return ages{never, never, never, never}
	}
	fresh := after(completed, p.MaxAge)
	a := ages{
		freshUntil: fresh,
		staleUntil: window(fresh, p.StaleWhileRevalidate),
		errorUntil: window(fresh, p.StaleIfError),
	}
	a.expireAfter = max(a.freshUntil, a.staleUntil, a.errorUntil)
	return a
}

// life is how long after its completion a result is of no use to anybody.
func (p *Policy) life() int64 { return p.ages(0).expireAfter }

func window(fresh int64, d time.Duration) int64 {
	switch {
	case d == 0:
		return never
	case d < 0:
		return fresh
	}
	return after(fresh, d)
}

// after adds without running over into the past.
func after(t int64, d time.Duration) int64 {
	if t > 0 && int64(d) > never-t {
		return never
	}
	return t + int64(d)
}

// pause is the back-off after the nth failure in a row, counted from 1.
func (p *Policy) pause(n int) time.Duration {
	if p.Backoff < 0 {
		return 0
	}
	d := p.Backoff
	for i := 1; i < n && d < p.MaxBackoff; i++ {
		d = min(d, p.MaxBackoff/2) * 2 // halved first: twice the longest duration is negative
	}
	return d - time.Duration(rand.Float64()*float64(d)/5)
}
