package model

import (
	"flag"
	"os"
	"testing"

	"github.com/infill-go/infill/async"
	"github.com/infill-go/infill/internal/leaktest"
)

// What is tried where rapid's flags do not say: so many random sequences, of so
// many steps on average.
const (
	checks = "2000"
	steps  = "40"
)

// TestMain sets what rapid should do where its flags do not say. A failure prints
// its seed and the shortest sequence that shows it, so no file of it is written
// among the sources.
func TestMain(m *testing.M) {
	flag.Parse()
	defaults := map[string]string{"rapid.checks": checks, "rapid.steps": steps, "rapid.nofailfile": "true"}
	flag.Visit(func(f *flag.Flag) { delete(defaults, f.Name) })
	for name, value := range defaults {
		if err := flag.Set(name, value); err != nil {
			panic(err)
		}
	}
	os.Exit(leaktest.Run(m, async.Default().Close, "github.com/infill-go/infill/async."))
}
