package browsertest

import "testing"

// tab is a tab of any browser.
type tab interface {
	Problems() []string
	Close() error
}

// closeTab closes a tab with its test, and prints the browser's complaints when the test has failed.
func closeTab(t *testing.T, opened tab) {
	t.Cleanup(func() {
		if t.Failed() {
			t.Logf("problems that the browser told of: %q", opened.Problems())
		}
		if err := opened.Close(); err != nil {
			t.Error(err)
		}
	})
}

// closeWith closes a browser with its test.
func closeWith(t *testing.T, end func() error) {
	t.Cleanup(func() {
		if err := end(); err != nil {
			t.Error(err)
		}
	})
}
