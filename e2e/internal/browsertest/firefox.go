package browsertest

import (
	"testing"

	"github.com/infill-go/infill/e2e/internal/firefox"
	"github.com/infill-go/infill/e2e/internal/need"
)

// LaunchFirefox starts a Firefox that ends with the test. Without one the test is skipped or fails, as in Launch.
func LaunchFirefox(t *testing.T, o firefox.Options) *firefox.Browser {
	t.Helper()
	_, err := firefox.Find()
	need.Found(t, err)
	b, err := firefox.Launch(o)
	if err != nil {
		t.Fatal(err)
	}
	closeWith(t, b.Close)
	return b
}

// OpenFirefox opens a tab that is closed with the test, and prints the browser's complaints when the test fails.
func OpenFirefox(t *testing.T, b *firefox.Browser) *firefox.Tab {
	t.Helper()
	tab, err := b.Open()
	if err != nil {
		t.Fatal(err)
	}
	closeTab(t, tab)
	return tab
}
