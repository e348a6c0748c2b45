package async_test

import (
	"os"
	"testing"

	"github.com/infill-go/infill/async"
	"github.com/infill-go/infill/internal/leaktest"
)

// TestMain fails if a goroutine of the library is left behind: what a group has
// started ends with the group, also where it was closed in the middle of its work.
func TestMain(m *testing.M) {
	os.Exit(leaktest.Run(m, async.Default().Close, "github.com/infill-go/infill/async."))
}
