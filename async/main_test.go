package async

import (
	"context"
	"fmt"
	"os"
	"runtime"
	"strings"
	"testing"
	"time"
)

// TestMain fails if the tests leave a goroutine of this package behind.
func TestMain(m *testing.M) {
	code := m.Run()
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	if err := Default().Close(ctx); err != nil {
		fmt.Println("closing the default group:", err)
		code = 1
	}
	if left := goroutinesLeft(ctx); left != "" && code == 0 {
		fmt.Println("goroutines are left:\n" + left)
		code = 1
	}
	os.Exit(code)
}

// goroutinesLeft returns the stacks of goroutines that this package started, once
// there are none or ctx has ended.
func goroutinesLeft(ctx context.Context) string {
	again := time.NewTicker(10 * time.Millisecond)
	defer again.Stop()
	for {
		left := startedHere()
		if left == "" {
			return ""
		}
		select {
		case <-again.C:
		case <-ctx.Done():
			return left
		}
	}
}

func startedHere() string {
	buf := make([]byte, 1<<20)
	buf = buf[:runtime.Stack(buf, true)]
	var left []string
	for _, stack := range strings.Split(string(buf), "\n\n") {
		if strings.Contains(stack, "created by github.com/infill-go/infill/async.") {
			left = append(left, stack)
		}
	}
	return strings.Join(left, "\n\n")
}
