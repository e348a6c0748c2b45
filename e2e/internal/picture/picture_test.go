package picture_test

import (
	"bytes"
	"image"
	"image/color"
	"image/png"
	"testing"

	"github.com/infill-go/infill/e2e/internal/picture"
)

func draw(t *testing.T, width, height int, at func(x, y int) color.RGBA) []byte {
	t.Helper()
	canvas := image.NewRGBA(image.Rect(0, 0, width, height))
	for y := range height {
		for x := range width {
			canvas.SetRGBA(x, y, at(x, y))
		}
	}
	var out bytes.Buffer
	if err := png.Encode(&out, canvas); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func compress(t *testing.T, original []byte) image.Image {
	t.Helper()
	small, err := picture.Compress(original)
	if err != nil {
		t.Fatal(err)
	}
	if len(small) > len(original)/2 {
		t.Errorf("%d bytes became %d, want half at most", len(original), len(small))
	}
	result, err := png.Decode(bytes.NewReader(small))
	if err != nil {
		t.Fatal(err)
	}
	return result
}

// worst returns the greatest difference of a channel between the picture and what was drawn.
func worst(result image.Image, at func(x, y int) color.RGBA) (worst int) {
	for y := range result.Bounds().Dy() {
		for x := range result.Bounds().Dx() {
			want, got := at(x, y), color.RGBAModel.Convert(result.At(x, y)).(color.RGBA)
			for _, d := range []int{int(want.R) - int(got.R), int(want.G) - int(got.G), int(want.B) - int(got.B), int(want.A) - int(got.A)} {
				worst = max(worst, d, -d)
			}
		}
	}
	return worst
}

// speck is noise that is the same each time: PNG cannot predict it, as it cannot predict text.
func speck(x, y int) uint32 {
	n := uint32(x*7919+y*104729+1) * 2654435761
	return n ^ n>>15
}

func TestFewColoursStayAsTheyAre(t *testing.T) {
	at := func(x, y int) color.RGBA {
		shade := uint8(speck(x, y))
		return color.RGBA{shade, shade, shade / 2, 255}
	}
	if d := worst(compress(t, draw(t, 128, 48, at)), at); d != 0 {
		t.Errorf("a colour of 256 changed by %d", d)
	}
}

func TestManyColoursComeNear(t *testing.T) {
	at := func(x, y int) color.RGBA { n := speck(x, y); return color.RGBA{uint8(n), uint8(n >> 8), 128, 255} }
	if d := worst(compress(t, draw(t, 128, 48, at)), at); d == 0 || d > 32 {
		t.Errorf("the colour that changed most did by %d, want 1 to 32", d)
	}
}

// The grey edges of letters are many, the red of a warning is one small spot: it must stay red.
func TestARareColourIsNotCrowdedOut(t *testing.T) {
	at := func(x, y int) color.RGBA {
		if x == 7 && y == 7 {
			return color.RGBA{200, 0, 0, 255}
		}
		n := speck(x, y)
		return color.RGBA{uint8(n), uint8(n) ^ uint8(n>>8)&3, uint8(n), 255}
	}
	result := compress(t, draw(t, 128, 48, at))
	if got := color.RGBAModel.Convert(result.At(7, 7)); got != at(7, 7) {
		t.Errorf("the red spot became %v", got)
	}
}

func TestWhatPNGPredictsBetterIsLeftAlone(t *testing.T) {
	original := draw(t, 128, 48, func(x, y int) color.RGBA { return color.RGBA{uint8(x), uint8(y * 4), 128, 255} })
	if small, err := picture.Compress(original); err != nil || !bytes.Equal(small, original) {
		t.Errorf("%d bytes became %d, %v", len(original), len(small), err)
	}
}

func TestNotAPicture(t *testing.T) {
	if _, err := picture.Compress([]byte("no picture")); err == nil {
		t.Error("no error")
	}
}
