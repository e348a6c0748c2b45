package histories

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/anishathalye/porcupine"
	"github.com/infill-go/infill/async"
)

// rounds is how many histories there are of each case, each of two keys.
const rounds = 60

// patience is how long the search for an order of one history may take. That none
// was found by then is a failure: the history is too large to be judged.
const patience = 20 * time.Second

var everything = []kind{get, get, get, wait, wait, put, forget, refresh}

// TestHistories lets clients work at once and looks for an order of what they did
// that keeps the promises.
func TestHistories(t *testing.T) {
	// Without a back-off failures do not slow a round down, and a result that is
	// stale at once is refreshed by everyone who reads it.
	kept := async.Policy{Backoff: -1}
	stale := async.Policy{Backoff: -1, MaxAge: 1, Jitter: -1}
	narrow := async.Policy{Backoff: -1, MaxAge: 1, Jitter: -1, MaxRuns: 1}
	for _, c := range []struct {
		name   string
		policy async.Policy
		kinds  []kind
	}{
		{"kept", kept, everything},
		{"stale at once", stale, everything},
		{"one slot", narrow, everything},
		{"no Put", stale, []kind{get, get, wait, forget, refresh}},
		{"no Forget", stale, []kind{get, get, wait, put, refresh}},
		{"only Refresh", stale, []kind{get, wait, refresh}},
		{"Forget and Wait", kept, []kind{get, wait, wait, forget}},
	} {
		t.Run(c.name, func(t *testing.T) {
			for range rounds {
				play(t, c.policy, c.kinds).judge(t)
				if t.Failed() {
					return
				}
			}
		})
	}
}

func (r *round) judge(t *testing.T) {
	for key := range r.sources {
		s := &r.sources[key]
		if text := s.second.Load(); text != nil {
			t.Errorf("key %d: %s", key, *text)
		}
		for _, text := range s.history.broken(strings.Contains(r.lost, fmt.Sprintf("f(%d)", key))) {
			t.Errorf("key %d: %s", key, text)
		}
		switch porcupine.CheckOperationsTimeout(promises, s.history.events(), patience) {
		case porcupine.Illegal:
			t.Errorf("key %d: no order of this history keeps the promises", key)
		case porcupine.Unknown:
			t.Errorf("key %d: no order of this history was found within %v; make it smaller", key, patience)
		}
		if t.Failed() {
			t.Logf("key %d:\n%v%s", key, &s.history, r.lost)
			return
		}
	}
}
