package async

import (
	"fmt"
	"math"
	"testing"
	"time"
)

func TestPolicyDefaults(t *testing.T) {
	p, err := Policy{}.resolved(defaultGroupRuns)
	if err != nil {
		t.Fatal(err)
	}
	want := Policy{
		Jitter: 0.05, Timeout: 30 * time.Second, Backoff: time.Second, MaxBackoff: time.Minute,
		MaxRuns: 16, MaxWaiting: 1000, MaxAbandoned: 100, MaxFailures: 1000, MaxResults: 10_000, MaxBytes: 64 << 20,
	}
	if got, want := describe(p), describe(want); got != want {
		t.Errorf("the zero policy is\n%s, want\n%s", got, want)
	}
	if p, _ := (Policy{}).resolved(4); p.MaxRuns != 4 {
		t.Errorf("MaxRuns is %d in a group of 4", p.MaxRuns)
	}
	if p, _ := (Policy{Backoff: time.Hour}).resolved(4); p.MaxBackoff != time.Hour {
		t.Errorf("MaxBackoff is %v with a Backoff of an hour", p.MaxBackoff)
	}
	if p, _ := (Policy{MaxAge: 1, StaleWhileRevalidate: -1}).resolved(4); p.StaleIfError != -1 {
		t.Errorf("StaleIfError is %v, want as StaleWhileRevalidate", p.StaleIfError)
	}
}

func TestImpossiblePolicies(t *testing.T) {
	for _, c := range []struct {
		p    Policy
		want string
	}{
		{Policy{MaxAge: -time.Second}, "Policy.MaxAge is -1s: it must not be negative; 0 keeps a result until it is forgotten"},
		{Policy{StaleWhileRevalidate: time.Second}, "Policy.StaleWhileRevalidate is 1s, but without MaxAge a result never gets stale: set MaxAge"},
		{Policy{StaleIfError: -1}, "Policy.StaleIfError is -1ns, but without MaxAge a result never gets stale: set MaxAge"},
		{Policy{Jitter: 1.5}, "Policy.Jitter is 1.5: it is a part of MaxAge, at most 1"},
		{Policy{Jitter: math.NaN()}, "Policy.Jitter is NaN: it is a part of MaxAge, at most 1"},
		{Policy{Timeout: -1}, "Policy.Timeout is -1ns: it must not be negative; 0 is 30s, and there is no run without a deadline"},
		{Policy{MaxBackoff: -1}, "Policy.MaxBackoff is -1ns: it must not be negative; 0 is 1m0s"},
		{Policy{Backoff: -1, MaxBackoff: time.Second}, "Policy.MaxBackoff is 1s, but Backoff is negative, so there is no pause: drop one of them"},
		{Policy{Backoff: 2 * time.Second, MaxBackoff: time.Second}, "Policy.Backoff is 2s, longer than MaxBackoff, 1s"},
		{Policy{MaxRuns: -1}, "Policy.MaxRuns is -1: it must not be negative; 0 is 16"},
		{Policy{MaxRuns: 65}, "Policy.MaxRuns is 65, more than the 64 of its group: raise Group.MaxRuns"},
		{Policy{MaxWaiting: -1}, "Policy.MaxWaiting is -1: it must not be negative; 0 is 1000"},
		{Policy{MaxAbandoned: -1}, "Policy.MaxAbandoned is -1: it must not be negative; 0 is 100"},
		{Policy{MaxFailures: -1}, "Policy.MaxFailures is -1: it must not be negative; 0 is 1000"},
		{Policy{MaxResults: -1}, "Policy.MaxResults is -1: it must not be negative; 0 is 10000"},
		{Policy{MaxBytes: -1}, "Policy.MaxBytes is -1: it must not be negative; 0 is 67108864"},
		{Policy{MaxAge: -1, Timeout: -1}, "Policy.MaxAge is -1ns: it must not be negative; 0 keeps a result until it is forgotten\nPolicy.Timeout is -1ns: it must not be negative; 0 is 30s, and there is no run without a deadline"},
	} {
		if _, err := c.p.resolved(defaultGroupRuns); err == nil || err.Error() != c.want {
			t.Errorf("%+v:\n got %v\nwant %s", c.p, err, c.want)
		}
	}
}

// TestAgesDoNotOverflow: the longest times there are mean never, not the past.
func TestAgesDoNotOverflow(t *testing.T) {
	p, err := Policy{MaxAge: math.MaxInt64, StaleWhileRevalidate: math.MaxInt64, Jitter: -1}.resolved(64)
	if err != nil {
		t.Fatal(err)
	}
	if a := p.ages(1 << 60); p.refreshAt(1<<60) != never || a.freshUntil != never || a.staleUntil != never || a.expireAfter != never {
		t.Errorf("ages %+v", a)
	}
	if d := p.pause(1000); d < 48*time.Second || d > time.Minute {
		t.Errorf("the pause after 1000 failures is %v", d)
	}
}

// TestThePauseNeverRunsOver: it grows to MaxBackoff, however long that is.
func TestThePauseNeverRunsOver(t *testing.T) {
	for _, longest := range []time.Duration{time.Hour, 100 * time.Hour, math.MaxInt64/2 + 1, math.MaxInt64} {
		p, err := Policy{Backoff: time.Hour, MaxBackoff: longest}.resolved(64)
		if err != nil {
			t.Fatal(err)
		}
		want := time.Hour
		for n := 1; n < 100; n++ {
			if d := p.pause(n); d > want || d < want/10*8-1 {
				t.Fatalf("up to %v: the pause after failure %d is %v, want %v less up to a fifth", longest, n, d, want)
			}
			if want > longest/2 {
				want = longest / 2 * 2
			} else {
				want *= 2
			}
		}
	}
}

func describe(p Policy) string { return fmt.Sprintf("%+v", p) }
