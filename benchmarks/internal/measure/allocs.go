package measure

import "testing"

// Allocs returns the allocations of one call, on average and rounded down, so that one by something else does not count.
// ask is called with 0 to calls, each once.
func Allocs(calls int, ask func(i int) bool) float64 {
	i := 0
	return testing.AllocsPerRun(calls, func() {
		ask(i)
		i++
	})
}
