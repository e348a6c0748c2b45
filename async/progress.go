package async

import (
	"context"
	"math"
)

// progress is what a run last said of itself.
type progress struct {
	fraction float64
	note     string
}

// Progress tells how far the run has come whose context ctx is, or descends
// from: a fraction from 0 to 1, which is clamped, and a note for people, or "".
// The default view shows it ([State].Progress and .Note) to pages that are loaded
// from then on. The latest report counts. It is cheap, may be called at any rate
// and from several goroutines, and does nothing in a context that is no run's.
func Progress(ctx context.Context, fraction float64, note string) {
	f := flightOf(ctx)
	if f == nil {
		return
	}
	if math.IsNaN(fraction) {
		fraction = 0
	}
	f.progress.Store(&progress{min(max(fraction, 0), 1), note})
}
