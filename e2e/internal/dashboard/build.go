package dashboard

import (
	"context"
	"fmt"
	"os/exec"
	"path/filepath"
	"time"
)

const buildTimeout = 3 * time.Minute

// Build compiles the demo program of this repository into a folder and returns the program's path.
// The workspace of the repository must be in force. Flags are those of go build, such as -race.
func Build(folder string, flags ...string) (string, error) {
	ctx, cancel := context.WithTimeout(context.Background(), buildTimeout)
	defer cancel()
	program := filepath.Join(folder, "dashboard")
	// Without -buildvcs=false a clone that belongs to another user would fail for want of git's trust.
	args := append([]string{"build", "-buildvcs=false", "-o", program}, flags...)
	cmd := exec.CommandContext(ctx, "go", append(args, "github.com/infill-go/infill/demo")...)
	if out, err := cmd.CombinedOutput(); err != nil {
		return "", fmt.Errorf("dashboard: %v: %w\n%s", cmd, err, out)
	}
	return program, nil
}
