package main

import (
	"math"
	"regexp"
	"strconv"
	"testing"
)

// TestContrast computes the contrast of the colours that stand on each other, as WCAG 2.2 defines it: at least 4.5 for text
// (1.4.3), 3 for bars, lines and signs (1.4.11).
func TestContrast(t *testing.T) {
	css, err := staticFiles.ReadFile("static/style.css")
	if err != nil {
		t.Fatal(err)
	}
	colours := make(map[string][2]string)
	for _, m := range regexp.MustCompile(`--([a-z-]+): light-dark\((#[0-9a-f]{6}), (#[0-9a-f]{6})\);`).FindAllStringSubmatch(string(css), -1) {
		colours[m[1]] = [2]string{m[2], m[3]}
	}
	for _, test := range []struct {
		front, back string
		least       float64
	}{
		{"text", "surface", 4.5},
		{"text", "ground", 4.5},
		{"quiet", "surface", 4.5},
		{"quiet", "ground", 4.5},
		{"link", "ground", 4.5},
		{"warn-text", "warn-wash", 4.5},
		{"bad-text", "surface", 4.5},
		{"accent", "surface", 3},
		{"accent", "track", 3},
		{"warn", "surface", 3},
		{"warn", "track", 3},
		{"bad", "surface", 3},
		{"bad", "track", 3},
		{"good", "surface", 3},
		{"faded", "surface", 3},
		{"faded", "track", 3},
	} {
		front, back := colours[test.front], colours[test.back]
		for i, scheme := range []string{"light", "dark"} {
			if front[i] == "" || back[i] == "" {
				t.Fatalf("the style sheet has no --%s or no --%s", test.front, test.back)
			}
			if got := contrast(t, front[i], back[i]); got < test.least {
				t.Errorf("%s: %s on %s has a contrast of %.2f, want %v", scheme, test.front, test.back, got, test.least)
			}
		}
	}
}

func contrast(t *testing.T, one, two string) float64 {
	a, b := luminance(t, one), luminance(t, two)
	return (math.Max(a, b) + 0.05) / (math.Min(a, b) + 0.05)
}

func luminance(t *testing.T, colour string) float64 {
	t.Helper()
	var sum float64
	for i, weight := range []float64{0.2126, 0.7152, 0.0722} {
		n, err := strconv.ParseUint(colour[1+2*i:3+2*i], 16, 8)
		if err != nil {
			t.Fatal(err)
		}
		c := float64(n) / 255
		if c <= 0.04045 {
			c /= 12.92
		} else {
			c = math.Pow((c+0.055)/1.055, 2.4)
		}
		sum += weight * c
	}
	return sum
}
