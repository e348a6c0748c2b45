package async

import (
	"bytes"
	"context"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// TestTheLogIsNotFlooded: a burst, then a record a second that says how many were
// left out.
func TestTheLogIsNotFlooded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var log bytes.Buffer
		g := &Group{Logger: textLogger(&log)}
		h := register(t, g, "f", Policy{}, func(ctx context.Context, n int) (int, error) { return 0, errSource })
		for n := range 1000 {
			h.Wait(t.Context(), n)
		}
		synctest.Wait() // a run is logged after it was decided
		if n := strings.Count(log.String(), "\n"); n != quietBurst {
			t.Errorf("%d records in one moment, want %d", n, quietBurst)
		}
		advance(time.Second)
		log.Reset()
		h.Wait(t.Context(), 1000)
		synctest.Wait()
		if !strings.Contains(log.String(), "notLogged=990") {
			t.Errorf("the log does not say how much it left out: %s", log.String())
		}
		closeGroup(t, g)
	})
}

// TestTheLogHasABurstAndThenOneASecond, and the burst again after a quiet spell;
// each reason has its own.
func TestTheLogHasABurstAndThenOneASecond(t *testing.T) {
	var q quiet
	written := func(from, to time.Duration) (n, held int) {
		for now := from; now < to; now += time.Millisecond {
			if left, ok := q.may("error", int64(now)); ok {
				n++
				held += left
			}
		}
		return n, held
	}
	if n, held := written(0, 100*time.Second); n != quietBurst+99 || held < 98_000 {
		t.Errorf("%d records in 100 s, which tell of %d more; want %d", n, held, quietBurst+99)
	}
	if n, _ := written(105*time.Second, 105*time.Second+10*time.Millisecond); n != 6 {
		t.Errorf("%d records six seconds after the last one that was allowed", n)
	}
	if n, _ := written(time.Hour, time.Hour+time.Second); n != quietBurst {
		t.Errorf("%d records after a quiet hour, want a burst of %d", n, quietBurst)
	}
	if _, ok := q.may("panic", int64(time.Hour)); !ok {
		t.Error("one reason keeps another from being logged")
	}
}
