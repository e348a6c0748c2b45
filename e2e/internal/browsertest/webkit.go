package browsertest

import (
	"testing"

	"github.com/infill-go/infill/e2e/internal/need"
	"github.com/infill-go/infill/e2e/internal/webkit"
)

// LaunchWebKit starts a WebKitGTK that ends with the test. Without one the test is skipped or fails, as in Launch.
func LaunchWebKit(t *testing.T, o webkit.Options) *webkit.Browser {
	t.Helper()
	_, err := webkit.Find()
	need.Found(t, err)
	b, err := webkit.Launch(o)
	if err != nil {
		t.Fatal(err)
	}
	closeWith(t, b.Close)
	return b
}

// OpenWebKit opens a tab that is closed with the test, and prints the browser's complaints when the test fails.
func OpenWebKit(t *testing.T, b *webkit.Browser) *webkit.Tab {
	t.Helper()
	tab, err := b.Open()
	if err != nil {
		t.Fatal(err)
	}
	closeTab(t, tab)
	return tab
}
