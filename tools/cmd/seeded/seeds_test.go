package main

import (
	"regexp"
	"testing"
)

// TestSeedsApply: each of the repository's seeds fits the code as it is. Whether the
// tests see them takes minutes: make seeded.
func TestSeedsApply(t *testing.T) {
	const root = "../../.."
	seeds, err := readSeeds(root+"/seeds", regexp.MustCompile(""))
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range seeds {
		if _, err := s.overlay(root, t.TempDir()); err != nil {
			t.Errorf("%s: %v", s.name, err)
		}
	}
}
