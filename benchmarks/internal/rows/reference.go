package rows

import (
	"slices"
	"testing"

	"github.com/infill-go/infill/benchmarks/internal/measure"
)

// ratios divides by the time of the reference.
func ratios(nanoseconds []float64, contenders []measure.Contender) []float64 {
	one := nanoseconds[reference(contenders)]
	all := make([]float64, len(nanoseconds))
	for i := range all {
		all[i] = nanoseconds[i] / one
	}
	return all
}

// reference is the index of go-cache's Get with expiry.
func reference(contenders []measure.Contender) int {
	return slices.IndexFunc(contenders, func(c measure.Contender) bool { return c.Name == hitReference })
}

// referenceContender stands by where the row itself has none. It goes on with the keys where the last slice has ended: a
// short slice must not have fewer keys than a long one.
func referenceContender(tb testing.TB) measure.Contender {
	get := goCacheGet(usual)(tb)
	n := 0
	return warm(hitReference, func(int) bool { n++; return get(n % keyCount) })
}
