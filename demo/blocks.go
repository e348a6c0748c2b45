package main

import (
	"time"

	"github.com/infill-go/infill/demo/internal/metrics"
	"github.com/infill-go/infill/demo/internal/plot"
)

// Block is the value of a fragment: what was measured, and what its view has to know beside that. A view has no
// other dot than the value.
type Block[T any] struct {
	Host  string // its id
	Took  time.Duration
	Value T
}

// LoadHistory is the load of a host with the line of its last minutes.
type LoadHistory struct {
	Load metrics.Load
	Line LoadLine
}

// LoadLine is the plot of a load.
type LoadLine struct {
	plot.Line
	CPUs int
}

// plotPadding keeps the round ends of the line inside the picture.
const plotPadding = 4

// BoxHeight is the height of the picture.
func (l LoadLine) BoxHeight() int { return l.Height + 2*plotPadding }

// Middle is half way up.
func (l LoadLine) Middle() int { return l.Height / 2 }

// HasFull tells whether the picture is high enough for the line at which all processors are busy.
func (l LoadLine) HasFull() bool { return float64(l.CPUs) <= l.Top }

// Full is the place of that line.
func (l LoadLine) Full() float64 { return float64(l.Height) * (1 - float64(l.CPUs)/l.Top) }

// Disks are the file systems of a host, those with the least room first.
type Disks struct {
	Shown []metrics.Filesystem
	More  int // that are not shown
}
