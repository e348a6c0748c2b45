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
