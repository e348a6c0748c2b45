package main

import (
	"context"
	"hash/fnv"
	"strings"
	"time"
)

// slowness is how long an embedded host waits before it runs a command: from a tenth of most to most, different for each
// host and command, and the same each time.
func slowness(host string, argv []string, most time.Duration) time.Duration {
	const steps = 1000
	hash := fnv.New64a()
	hash.Write([]byte(host + "\x00" + strings.Join(argv, "\x00")))
	sum := hash.Sum64()
	// The last bytes hardly reach the low bits of FNV.
	step := time.Duration((sum ^ sum>>32) % (steps + 1))
	return most/10 + most*9/10*step/steps
}

// pause waits for d, or until ctx ends.
func pause(ctx context.Context, d time.Duration) {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-ctx.Done():
	}
}
