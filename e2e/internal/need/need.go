// Package need says what a test does when the program that it looks at is not there.
package need

import (
	"os"
	"testing"
)

// Found goes on when err is nil. Else the test is skipped, by err, which names what is missing; where CI is "true" it fails,
// because a skip there would be taken for a proof.
func Found(t *testing.T, err error) {
	t.Helper()
	switch {
	case err == nil:
	case os.Getenv("CI") == "true":
		t.Fatal(err)
	default:
		t.Skip(err)
	}
}
