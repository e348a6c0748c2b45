package async

import (
	"math"
	"testing"
	"time"
)

// TestTook: what a run took is kept in 32 bits, and one that took longer is said to have
// taken the longest that fits, not a moment.
func TestTook(t *testing.T) {
	const longest = math.MaxUint32 * tookUnit
	for _, c := range []struct{ ran, want time.Duration }{
		{0, 0},
		{tookUnit - 1, 0},
		{3 * time.Second, 3 * time.Second},
		{11 * time.Hour, 11 * time.Hour},
		{longest + tookUnit, longest},
		{1000 * time.Hour, longest},
	} {
		if got := took(&entry{Took: unitsOf(int64(c.ran))}); got != c.want {
			t.Errorf("%v are kept as %v, want %v", c.ran, got, c.want)
		}
	}
}

// TestWhatCounts against MaxBytes: the key, the HTML and the value. A Cost below zero
// takes nothing off the others.
func TestWhatCounts(t *testing.T) {
	html := &view{page: textContent("<b>7</b>"), next: &view{page: textContent("<i>"), stale: textContent("<s>")}}
	kept := &content{parts: []part{{text: "<p>"}}, bytes: 3}
	tests := []struct {
		what  string
		cost  int64 // of the value, if the policy tells it
		value any
		views *view
		want  int64
	}{
		{"a string", 0, "12345", nil, 3 + 5},
		{"a string with views", 0, "12345", html, 3 + 5 + 14},
		{"HTML", 0, kept, nil, 3 + 3},
		{"a number that nobody shows", 0, 7, nil, 3 + defaultCost},
		{"a number with views", 0, 7, html, 3 + 14},
		{"with a Cost", 100, 7, html, 3 + 14 + 100},
		{"with a Cost below zero", -100, 7, html, 3 + 14},
	}
	for _, c := range tests {
		f := &fragment{}
		if c.cost != 0 {
			f.policy.Cost = func(any) int64 { return c.cost }
		}
		if got := f.cost("key", &entry{Value: c.value, Views: c.views}); got != c.want {
			t.Errorf("%s costs %d, want %d", c.what, got, c.want)
		}
	}
}
