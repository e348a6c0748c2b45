package async

import (
	"context"
	"testing"
)

// TestLeaveTakesItsOwnFlightOnly out of the table. No way is known by which another
// one could stand there; if there is one, the key must not run twice at a time.
func TestLeaveTakesItsOwnFlightOnly(t *testing.T) {
	g := quietGroup()
	h := register(t, g, "f", Policy{}, func(ctx context.Context, key string) (string, error) { return key, nil })
	s := h.frag.shard("k")
	gone, there := newFlight(h.frag, s, "k", h.ask("k")), newFlight(h.frag, s, "k", h.ask("k"))
	s.runs.flights = map[string]*flight{"k": there}
	if refused, err := gone.leave(); refused != nil || err != nil {
		t.Errorf("leave = %v, %v", refused, err)
	}
	if s.runs.flights["k"] != there {
		t.Error("the flight of another was taken out")
	}
	if _, err := there.leave(); err != nil || len(s.runs.flights) != 0 {
		t.Errorf("leave = %v; %d flights are left", err, len(s.runs.flights))
	}
	closeGroup(t, g)
}
