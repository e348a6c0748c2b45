package plot

import (
	"math"
	"strconv"
	"strings"
	"time"
)

// Frame is the box a line is drawn in.
type Frame struct {
	Width, Height int           // in units of the SVG's viewBox
	Floor         float64       // the least value that reaches the top edge, so that a quiet host has a flat line
	MinSpan       time.Duration // the least time between the left and the right edge
	Gap           time.Duration // a longer pause between two samples interrupts the line; 0: never
}

// Line is what a template needs to draw a history. Y grows downwards, as in SVG.
type Line struct {
	Width, Height int
	Path          string        // the line, as the d of an SVG path; one part for each stretch without a gap
	Area          string        // what is below it, closed
	X, Y          float64       // the newest sample
	Top           float64       // the value at the top edge: a round one, so that the scale seldom changes
	Highest       float64       // the greatest sample, 0 or more
	Span          time.Duration // the time from the left to the right edge
	Samples       int
}

// Draw fits samples, oldest first, into a frame: the newest one on the right edge, zero at the bottom. Without samples
// it returns an empty line.
func Draw(samples []Sample, in Frame) Line {
	line := Line{Width: in.Width, Height: in.Height, Top: in.Floor, Span: in.MinSpan, Samples: len(samples)}
	if len(samples) == 0 {
		return line
	}
	newest := samples[len(samples)-1].At
	line.Span = max(line.Span, newest.Sub(samples[0].At))
	for _, s := range samples {
		line.Highest = max(line.Highest, s.Value)
	}
	line.Top = max(line.Top, roundUp(line.Highest))
	var path, area strings.Builder
	for _, stretch := range stretches(samples, in.Gap) {
		line.draw(&path, &area, stretch, newest)
	}
	line.Path, line.Area = path.String(), area.String()
	line.X, line.Y = line.place(samples[len(samples)-1], newest)
	return line
}

// roundUp returns the next of 1, 2, 5, 10, 20, 50 and so on, up and down; 0 for 0 and less.
func roundUp(value float64) float64 {
	if value <= 0 {
		return 0
	}
	power := math.Pow(10, math.Floor(math.Log10(value)))
	for _, step := range []float64{1, 2, 5} {
		if value <= step*power {
			return step * power
		}
	}
	return 10 * power
}

// stretches cuts the samples where nothing was measured for longer than gap.
func stretches(samples []Sample, gap time.Duration) [][]Sample {
	var all [][]Sample
	start := 0
	for i := 1; i < len(samples); i++ {
		if gap > 0 && samples[i].At.Sub(samples[i-1].At) > gap {
			all = append(all, samples[start:i])
			start = i
		}
	}
	return append(all, samples[start:])
}

// draw appends one stretch to the line, and the surface between it and the bottom edge.
func (l *Line) draw(path, area *strings.Builder, stretch []Sample, newest time.Time) {
	firstX, _ := l.place(stretch[0], newest)
	lastX := firstX
	point(area, "M", firstX, float64(l.Height))
	for i, s := range stretch {
		x, y := l.place(s, newest)
		point(path, move(i), x, y)
		point(area, "L", x, y)
		lastX = x
	}
	// A stretch of one sample is a line of no length, which a round line cap shows as a dot.
	if len(stretch) == 1 {
		path.WriteString("h0")
	}
	point(area, "L", lastX, float64(l.Height))
	area.WriteString("Z")
}

func move(i int) string {
	if i == 0 {
		return "M"
	}
	return "L"
}

// place returns where a sample lies in the frame.
func (l *Line) place(s Sample, newest time.Time) (x, y float64) {
	x = float64(l.Width)
	if l.Span > 0 {
		x -= float64(l.Width) * float64(newest.Sub(s.At)) / float64(l.Span)
	}
	y = float64(l.Height)
	if l.Top > 0 {
		y -= float64(l.Height) * s.Value / l.Top
	}
	return x, y
}

// point writes a command and a place with one decimal, which is finer than a pixel.
func point(b *strings.Builder, command string, x, y float64) {
	b.WriteString(command)
	b.WriteString(decimal(x))
	b.WriteString(" ")
	b.WriteString(decimal(y))
}

func decimal(f float64) string { return strconv.FormatFloat(f, 'f', 1, 64) }
