// Package picture makes screenshots small enough for a README.
package picture

import (
	"bytes"
	"cmp"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"slices"
)

// paletteSize is the most that PNG's smallest kind of pixel can tell apart.
const paletteSize = 256

// Compress encodes a PNG anew with one byte for each pixel, unless that is no smaller. A picture of at most 256 colours
// keeps every one of them; of others the rarest, which are the edges of letters, become the nearest kept colour.
func Compress(original []byte) ([]byte, error) {
	picture, err := png.Decode(bytes.NewReader(original))
	if err != nil {
		return nil, fmt.Errorf("picture: %w", err)
	}
	var out bytes.Buffer
	encoder := png.Encoder{CompressionLevel: png.BestCompression}
	if err := encoder.Encode(&out, toPalette(picture)); err != nil {
		return nil, fmt.Errorf("picture: %w", err)
	}
	if out.Len() >= len(original) {
		return original, nil
	}
	return out.Bytes(), nil
}

func toPalette(picture image.Image) *image.Paletted {
	kept, index := choose(count(picture))
	bounds := picture.Bounds()
	result := image.NewPaletted(bounds, kept)
	for y := bounds.Min.Y; y < bounds.Max.Y; y++ {
		for x := bounds.Min.X; x < bounds.Max.X; x++ {
			result.SetColorIndex(x, y, index[rgb(picture, x, y)])
		}
	}
	return result
}

func rgb(picture image.Image, x, y int) color.RGBA {
	return color.RGBAModel.Convert(picture.At(x, y)).(color.RGBA)
}

func count(picture image.Image) map[color.RGBA]int {
	counts := map[color.RGBA]int{}
	bounds := picture.Bounds()
	for y := bounds.Min.Y; y < bounds.Max.Y; y++ {
		for x := bounds.Min.X; x < bounds.Max.X; x++ {
			counts[rgb(picture, x, y)]++
		}
	}
	return counts
}

// choose returns the palette and every colour's place in it. Frequent colours come first, and one that is near a chosen
// one is passed over, so that the shades of one grey do not crowd out a rare red; the wanted distance shrinks until the
// palette is full. The usual methods (median cut, octree) average, and the page's plain surfaces would change their colour.
func choose(counts map[color.RGBA]int) (color.Palette, map[color.RGBA]uint8) {
	colours := make([]color.RGBA, 0, len(counts))
	for c := range counts {
		colours = append(colours, c)
	}
	slices.SortFunc(colours, func(a, b color.RGBA) int {
		// The second key makes the result the same each time.
		return cmp.Or(counts[b]-counts[a], compareRGBA(a, b))
	})
	var kept color.Palette
	index := map[color.RGBA]uint8{}
	for apart := 4096; len(kept) < min(paletteSize, len(colours)); apart /= 4 {
		for _, c := range colours {
			if _, chosen := index[c]; chosen || len(kept) == paletteSize || nearest(kept, c).distance < apart {
				continue
			}
			index[c] = uint8(len(kept))
			kept = append(kept, c)
		}
	}
	for _, c := range colours {
		if _, chosen := index[c]; !chosen {
			index[c] = uint8(nearest(kept, c).place)
		}
	}
	return kept, index
}

type neighbour struct{ place, distance int }

// nearest finds the kept colour at the smallest squared distance.
func nearest(kept color.Palette, c color.RGBA) neighbour {
	best := neighbour{distance: 1 << 30}
	for i, k := range kept {
		distance := squaredDistance(k.(color.RGBA), c)
		if distance < best.distance {
			best = neighbour{i, distance}
		}
	}
	return best
}

func squaredDistance(a, b color.RGBA) int {
	square := func(x, y uint8) int { d := int(x) - int(y); return d * d }
	return square(a.R, b.R) + square(a.G, b.G) + square(a.B, b.B) + square(a.A, b.A)
}

func compareRGBA(a, b color.RGBA) int {
	return cmp.Or(cmp.Compare(a.R, b.R), cmp.Compare(a.G, b.G), cmp.Compare(a.B, b.B), cmp.Compare(a.A, b.A))
}
