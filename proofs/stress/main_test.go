package stress

import (
	"os"
	"testing"

	"github.com/infill-go/infill/async"
	"github.com/infill-go/infill/internal/leaktest"
)

// TestMain fails if a goroutine of the library is left behind.
func TestMain(m *testing.M) {
	os.Exit(leaktest.Run(m, async.Default().Close, "github.com/infill-go/infill/async."))
}
