package async

import (
	"context"
	"testing"
	"time"
	"unsafe"
)

// TestAStepOfTheWallClock, such as NTP's or an administrator's, moves no age and no
// deadline. The wall part of the group's epoch is set back, which to a clock that
// reads it is as if the wall clock had been set forward since.
func TestAStepOfTheWallClock(t *testing.T) {
	const step = 24 * time.Hour
	g := quietGroup()
	h := register(t, g, "f", Policy{MaxAge: time.Hour, StaleWhileRevalidate: -1}, func(ctx context.Context, key string) (string, error) { return "new", nil })
	if err := h.Put("k", "old"); err != nil {
		t.Fatal(err)
	}
	setWallBack(&g.epoch, step)
	if wall := time.Now().Round(0).Sub(g.epoch.Round(0)); wall < step {
		t.Fatalf("the wall clock says %v since the epoch, want more than %v: time.Time has another layout in this Go version", wall, step)
	}
	if now := g.now(); now < 0 || now >= int64(step) {
		t.Errorf("the group's clock was moved, to %v", time.Duration(now))
	}
	if v, ok := h.Get("k"); v != "old" || !ok {
		t.Errorf("Get = %q, %v", v, ok)
	}
	closeGroup(t, g)
}

// setWallBack changes the wall part of a Time that has a monotonic one. Package time
// has no way to do that: Add moves both. The layout is that of time.Time since Go 1.9,
// seconds above 30 bits of nanoseconds.
func setWallBack(t *time.Time, d time.Duration) {
	wall := (*uint64)(unsafe.Pointer(t))
	*wall -= uint64(d/time.Second) << 30
}
