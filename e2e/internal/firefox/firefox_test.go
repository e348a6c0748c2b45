package firefox_test

import (
	"testing"

	"github.com/infill-go/infill/e2e/internal/browsertest"
	"github.com/infill-go/infill/e2e/internal/drivertest"
	"github.com/infill-go/infill/e2e/internal/firefox"
	"github.com/infill-go/infill/e2e/internal/leftovers"
)

func TestFirefox(t *testing.T) {
	for name, scripts := range map[string]bool{"scripts": true, "no scripts": false} {
		t.Run(name, func(t *testing.T) {
			leftovers.Watch(t)
			b := browsertest.LaunchFirefox(t, firefox.Options{NoScripts: !scripts})
			drivertest.Run(t, drivertest.Driver{
				Scripts:       scripts,
				TellsProblems: true,
				TellsRefusal:  true,
				Open:          func(t *testing.T) drivertest.Tab { return browsertest.OpenFirefox(t, b) },
			})
		})
	}
}
