package async

import (
	"context"
	"sync"
)

// flightKey is the key under which a run's context carries its flight.
type flightKey struct{}

func flightOf(ctx context.Context) *flight {
	f, _ := ctx.Value(flightKey{}).(*flight)
	return f
}

// waits is who waits for whom among the runs of the process. Runs that wait for
// each other in a circle would stand there until their deadlines; the one that
// would close the circle is told instead.
var waits struct {
	mu     sync.Mutex // guards others
	others map[*flight]map[*flight]int
}

// enterWait notes that the run of ctx, if ctx is a run's, waits for fl.
func enterWait(ctx context.Context, fl *flight) (release func(), err error) {
	self := flightOf(ctx)
	if self == nil {
		return func() {}, nil
	}
	waits.mu.Lock()
	defer waits.mu.Unlock()
	if self == fl || reaches(fl, self, make(map[*flight]bool)) {
		return nil, errWaitsCycle
	}
	if waits.others == nil {
		waits.others = make(map[*flight]map[*flight]int)
	}
	if waits.others[self] == nil {
		waits.others[self] = make(map[*flight]int)
	}
	waits.others[self][fl]++
	return func() { leaveWait(self, fl) }, nil
}

func leaveWait(self, fl *flight) {
	waits.mu.Lock()
	defer waits.mu.Unlock()
	targets := waits.others[self]
	if targets[fl]--; targets[fl] == 0 {
		delete(targets, fl)
	}
	if len(targets) == 0 {
		delete(waits.others, self)
	}
}

// reaches says whether from waits, through others, for to. Each run is looked at
// once: with layers of runs that all wait for the next layer the ways are too many.
func reaches(from, to *flight, seen map[*flight]bool) bool {
	seen[from] = true
	for next := range waits.others[from] {
		if next == to || !seen[next] && reaches(next, to, seen) {
			return true
		}
	}
	return false
}
