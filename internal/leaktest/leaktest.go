// Package leaktest finds goroutines that tests have left behind.
package leaktest

import (
	"context"
	"fmt"
	"runtime"
	"strings"
	"testing"
	"time"
)

// patience is how long goroutines have to end after the tests.
const patience = 10 * time.Second

// Run runs the tests, closes what they share, and returns the exit code for
// TestMain: that of the tests, or 1 if closing failed or a goroutine is left whose
// creator's full name begins with prefix.
func Run(m *testing.M, shared func(context.Context) error, prefix string) int {
	code := m.Run()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	if err := shared(ctx); err != nil {
		fmt.Println("leaktest: closing what the tests share:", err)
		code = 1
	}
	if left := await(ctx, prefix); left != "" {
		fmt.Println("leaktest: goroutines are left:\n" + left)
		code = 1
	}
	return code
}

// await returns the stacks of what is left, once there is nothing or ctx has ended.
func await(ctx context.Context, prefix string) string {
	again := time.NewTicker(10 * time.Millisecond)
	defer again.Stop()
	for {
		left := created(prefix)
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

func created(prefix string) string {
	buf := make([]byte, 1<<20)
	buf = buf[:runtime.Stack(buf, true)]
	var left []string
	for _, stack := range strings.Split(string(buf), "\n\n") {
		if strings.Contains(stack, "\ncreated by "+prefix) {
			left = append(left, stack)
		}
	}
	return strings.Join(left, "\n\n")
}
