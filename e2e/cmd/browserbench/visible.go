package main

import (
	"fmt"
	"slices"
	"time"

	"github.com/infill-go/infill/e2e/internal/browser"
)

// visible measures from the begin of the navigation until all blocks of a page have been painted.
func visible(found *findings, b *browser.Browser, server *site, s scale, missing error) error {
	r := found.row(fmt.Sprintf("%d blocks of %v each, all visible", blockCount, s.takes), "s")
	for _, one := range []struct {
		column, path string
		loads        int
	}{
		{ours, pathStreamed, s.loads},
		{lazy, pathLazy, s.loads},
		{oneByOne, pathOneByOne, 1}, // which takes as long as all the others together
	} {
		if one.column == lazy && missing != nil {
			r.set(one.column, "not measured: %v", missing)
			continue
		}
		var seconds []float64
		for range one.loads {
			seen, err := load(b, server.url+one.path, blockCount*s.takes+patience)
			if err != nil {
				return fmt.Errorf("%s: %w", one.path, err)
			}
			seconds = append(seconds, seen.Visible/1000)
		}
		r.set(one.column, "%.2f", median(seconds))
	}
	return nil
}

// patience is ample for what a load takes beside its blocks.
const patience = 20 * time.Second

func median(all []float64) float64 {
	slices.Sort(all)
	return all[len(all)/2]
}
