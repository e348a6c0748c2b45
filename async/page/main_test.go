package page_test

import (
	"os"
	"testing"

	"github.com/infill-go/infill/async"
	"github.com/infill-go/infill/internal/leaktest"
)

// TestMain fails if a page has left a goroutine behind, or a run.
func TestMain(m *testing.M) {
	os.Exit(leaktest.Run(m, async.Default().Close, "github.com/infill-go/infill/async"))
}
