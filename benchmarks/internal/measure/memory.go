package measure

import (
	"runtime"
	"runtime/metrics"
)

// settled is how many collections it takes until nothing changes: each halves the stacks that have become too large, and
// what lies in a sync.Pool goes with the second.
const settled = 6

// LiveMemory collects the garbage and returns the bytes of the objects that are left, and of the goroutines' stacks.
func LiveMemory() int64 {
	for range settled {
		runtime.GC()
	}
	samples := []metrics.Sample{{Name: "/memory/classes/heap/objects:bytes"}, {Name: "/memory/classes/heap/stacks:bytes"}}
	metrics.Read(samples)
	return int64(samples[0].Value.Uint64() + samples[1].Value.Uint64())
}
