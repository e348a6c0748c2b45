package main

import (
	"fmt"
	"slices"

	"github.com/infill-go/infill/e2e/internal/browser"
)

// latencyLimit is how much longer it may take from a fragment's completion on the server until it is in the DOM than by a
// handler that writes the same bytes and does nothing else.
const latencyLimit = 1.5

// latency measures from the completion of a block on the server until it is in the DOM. The pages take turns, and the
// first load of each does not count.
func latency(found *findings, b *browser.Browser, server *site, s scale) error {
	delays := make(map[string][]float64)
	turn := []string{pathStaggered, pathByHand}
	for n := range s.turns + 1 {
		for _, path := range turn {
			seen, err := load(b, server.url+path, blockCount*s.apart+patience)
			if err != nil {
				return fmt.Errorf("%s: %w", path, err)
			}
			if n > 0 {
				delays[path] = append(delays[path], seen.Delays...)
			}
		}
		slices.Reverse(turn) // so that neither is always the second
	}
	streamed, hand := median(delays[pathStaggered]), median(delays[pathByHand])
	r := found.row(fmt.Sprintf("completed to in the DOM, median of %d", len(delays[pathByHand])), "ms")
	r.set(ours, "%.2f", streamed)
	r.set(byHand, "%.2f", hand)
	found.Gates = append(found.Gates, gate{"completed to in the DOM, × by hand", streamed / hand, latencyLimit})
	return nil
}
