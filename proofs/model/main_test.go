package model

import (
	"flag"
	"os"
	"testing"

	"github.com/infill-go/infill/async"
	"github.com/infill-go/infill/internal/leaktest"
)

// checks is how many random sequences are tried where -rapid.checks does not say.
const checks = "2000"

// TestMain sets what rapid should do where its flags do not say. A failure prints
// its seed and the shortest sequence that shows it, so no file of it is written
// among the sources.
func TestMain(m *testing.M) {
	flag.Parse()
	defaults := map[string]string{"rapid.checks": checks, "rapid.nofailfile": "true"}
	flag.Visit(func(f *flag.Flag) { delete(defaults, f.Name) })
	for name, value := range defaults {
		if err := flag.Set(name, value); err != nil {
			panic(err)
		}
	}
	os.Exit(leaktest.Run(m, async.Default().Close, "github.com/infill-go/infill/async."))
}
