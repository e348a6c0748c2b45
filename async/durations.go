package async

import (
	"slices"
	"sync"
	"time"
)

// durations remembers how long the last runs took that succeeded. The median of a
// few is what a run usually takes, whatever a single one did; a mean that decays
// would follow every outlier.
type durations struct {
	mu   sync.Mutex // guards the rest
	ring [15]time.Duration
	runs int
}

func (d *durations) add(took time.Duration) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.ring[d.runs%len(d.ring)] = took
	d.runs++
}

// read returns zeros before the first run.
func (d *durations) read() (last, usual time.Duration) {
	d.mu.Lock()
	ring, runs := d.ring, d.runs
	d.mu.Unlock()
	if runs == 0 {
		return 0, 0
	}
	last = ring[(runs-1)%len(ring)]
	known := ring[:min(runs, len(ring))]
	slices.Sort(known)
	return last, known[len(known)/2]
}
