package webkit_test

import (
	"testing"

	"github.com/infill-go/infill/e2e/internal/browsertest"
	"github.com/infill-go/infill/e2e/internal/drivertest"
	"github.com/infill-go/infill/e2e/internal/leftovers"
	"github.com/infill-go/infill/e2e/internal/need"
	"github.com/infill-go/infill/e2e/internal/webkit"
)

func TestWebKit(t *testing.T) {
	for name, scripts := range map[string]bool{"scripts": true, "no scripts": false} {
		t.Run(name, func(t *testing.T) {
			leftovers.Watch(t)
			b := browsertest.LaunchWebKit(t, webkit.Options{NoScripts: !scripts})
			drivertest.Run(t, drivertest.Driver{
				Scripts:       scripts,
				TellsProblems: false,
				TellsRefusal:  false,
				Open:          func(t *testing.T) drivertest.Tab { return browsertest.OpenWebKit(t, b) },
			})
		})
	}
}

func TestCloseEndsOpenTabsToo(t *testing.T) {
	_, err := webkit.Find()
	need.Found(t, err)
	leftovers.Watch(t)
	b, err := webkit.Launch(webkit.Options{})
	if err != nil {
		t.Fatal(err)
	}
	for range 2 {
		tab, err := b.Open()
		if err != nil {
			t.Error(err)
		} else if err := tab.Eval(`1`, nil); err != nil {
			t.Error(err)
		}
	}
	if err := b.Close(); err != nil {
		t.Error(err)
	}
}
