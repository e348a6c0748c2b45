package async_test

import (
	"context"
	"fmt"
	"os"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/infill-go/infill/async"
)

// TestMain fails if the tests leave a goroutine of the library behind: what a group
// has started ends with the group, also where it was closed in the middle of its work.
func TestMain(m *testing.M) {
	code := m.Run()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	if err := async.Default().Close(ctx); err != nil {
		fmt.Println("closing the default group:", err)
		code = 1
	}
	again := time.NewTicker(10 * time.Millisecond)
	defer again.Stop()
	for left := libraryGoroutines(); left != ""; left = libraryGoroutines() {
		select {
		case <-again.C:
			continue
		case <-ctx.Done():
			fmt.Println("goroutines are left:\n" + left)
			code = 1
		}
		break
	}
	os.Exit(code)
}

func libraryGoroutines() string {
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
