package async

import (
	"fmt"
	"testing"
)

// TestTheOldestFailureGoes first: what failed last is what is asked for, and without
// its back-off each request would run it again.
func TestTheOldestFailureGoes(t *testing.T) {
	s := failures{max: 3}
	for n := range 5 {
		s.remember(fmt.Sprint(n), &failure{count: n})
	}
	s.remember("2", &failure{count: 7}) // failed again: now the newest
	s.remember("5", &failure{count: 5})
	for id, want := range map[string]int{"0": -1, "1": -1, "2": 7, "3": -1, "4": 4, "5": 5} {
		got := -1
		if f := s.of(id); f != nil {
			got = f.count
		}
		if got != want {
			t.Errorf("key %s: %d, want %d (-1 is forgotten)", id, got, want)
		}
	}
}
