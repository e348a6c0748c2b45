package stress

import (
	"runtime/metrics"
	"time"
)

// watchMemory looks a hundred times a second at the memory that the runtime has
// taken from the system and at the number of goroutines, and returns the most that
// it saw.
func watchMemory() (stop func() (bytes uint64, goroutines uint64)) {
	samples := []metrics.Sample{{Name: "/memory/classes/total:bytes"}, {Name: "/sched/goroutines:goroutines"}}
	var most [2]uint64
	quit, done := make(chan struct{}), make(chan struct{})
	look := func() {
		metrics.Read(samples)
		for i := range samples {
			most[i] = max(most[i], samples[i].Value.Uint64())
		}
	}
	go func() {
		defer close(done)
		again := time.NewTicker(10 * time.Millisecond)
		defer again.Stop()
		for {
			look()
			select {
			case <-again.C:
			case <-quit:
				return
			}
		}
	}()
	return func() (uint64, uint64) {
		close(quit)
		<-done
		look()
		return most[0], most[1]
	}
}
