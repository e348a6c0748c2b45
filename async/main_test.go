package async

import (
	"os"
	"testing"

	"github.com/infill-go/infill/internal/leaktest"
)

// TestMain fails if the tests leave a goroutine of this package behind.
func TestMain(m *testing.M) {
	os.Exit(leaktest.Run(m, Default().Close, "github.com/infill-go/infill/async."))
}
