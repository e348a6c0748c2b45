package benchmarks

import (
	"fmt"
	"testing"
	"time"
)

// keyCount keeps the working set of a hit larger than the nearest cache of the processor.
const keyCount = 1024

// keys are 16 bytes long, as a short name with a number in it.
var keys = func() (all [keyCount]string) {
	for i := range all {
		all[i] = fmt.Sprintf("server-%09d", i)
	}
	return all
}()

// value is what each cache keeps: one word, so that no comparison is about copying.
type value struct{ text string }

// until calls ready, which starts background work, until it is true. The benchmark's clock does not count it.
func until(tb testing.TB, what string, ready func() bool) {
	tb.Helper()
	look := time.NewTicker(time.Millisecond)
	defer look.Stop()
	for deadline := time.After(10 * time.Second); !ready(); {
		select {
		case <-look.C:
		case <-deadline:
			tb.Fatalf("%s: not ready within 10 s", what)
		}
	}
}

// every reports whether all keys have a value.
func every(hit func(i int) bool) bool {
	all := true
	for i := range keyCount {
		// No short cut: the call is what starts the work for its key.
		all = hit(i) && all
	}
	return all
}
