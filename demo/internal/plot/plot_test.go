package plot

import (
	"math"
	"sync"
	"testing"
	"time"
)

var epoch = time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)

func at(seconds int, value float64) Sample {
	return Sample{At: epoch.Add(time.Duration(seconds) * time.Second), Value: value}
}

func TestDraw(t *testing.T) {
	frame := Frame{Width: 100, Height: 40, Floor: 2, MinSpan: time.Minute, Gap: 15 * time.Second}
	for _, test := range []struct {
		name       string
		samples    []Sample
		path, area string
		x, y, top  float64
		highest    float64
		span       time.Duration
	}{
		{name: "nothing", top: 2, span: time.Minute},
		{
			name: "one sample is a dot on the right edge", samples: []Sample{at(0, 1)},
			path: "M100.0 20.0h0", area: "M100.0 40.0L100.0 20.0L100.0 40.0Z", x: 100, y: 20, top: 2, highest: 1, span: time.Minute,
		},
		{
			name: "a quiet host is flat", samples: []Sample{at(0, 0), at(6, 0.1)},
			path: "M90.0 40.0L100.0 38.0", area: "M90.0 40.0L90.0 40.0L100.0 38.0L100.0 40.0Z", x: 100, y: 38, top: 2, highest: 0.1, span: time.Minute,
		},
		{
			name: "a busy one reaches the top", samples: []Sample{at(0, 0), at(6, 10), at(12, 5)},
			path: "M80.0 40.0L90.0 0.0L100.0 20.0", area: "M80.0 40.0L80.0 40.0L90.0 0.0L100.0 20.0L100.0 40.0Z", x: 100, y: 20, top: 10, highest: 10, span: time.Minute,
		},
		{
			name: "a gap and a long time", samples: []Sample{at(0, 1), at(10, 1), at(110, 1), at(120, 1)},
			path: "M0.0 20.0L8.3 20.0M91.7 20.0L100.0 20.0",
			area: "M0.0 40.0L0.0 20.0L8.3 20.0L8.3 40.0ZM91.7 40.0L91.7 20.0L100.0 20.0L100.0 40.0Z",
			x:    100, y: 20, top: 2, highest: 1, span: 2 * time.Minute,
		},
	} {
		got := Draw(test.samples, frame)
		want := Line{
			Width: 100, Height: 40, Path: test.path, Area: test.area, X: test.x, Y: test.y,
			Top: test.top, Highest: test.highest, Span: test.span, Samples: len(test.samples),
		}
		if got != want {
			t.Errorf("%s:\n got %+v\nwant %+v", test.name, got, want)
		}
	}
	if got := Draw([]Sample{at(0, 0)}, Frame{Width: 10, Height: 10}); math.IsNaN(got.X) || math.IsNaN(got.Y) {
		t.Errorf("a frame without a floor or a span gives %+v", got)
	}
}

func TestRoundUp(t *testing.T) {
	for value, want := range map[float64]float64{
		-1: 0, 0: 0, 0.03: 0.05, 0.1: 0.1, 0.11: 0.2, 1: 1, 1.01: 2, 2: 2, 3: 5, 5: 5, 7: 10, 10: 10, 12.6: 20, 60: 100, 1001: 2000,
	} {
		if got := roundUp(value); math.Abs(got-want) > 1e-9 {
			t.Errorf("%v is rounded up to %v, want %v", value, got, want)
		}
	}
}

func TestHistory(t *testing.T) {
	h := NewHistory(3)
	for i := range 5 {
		h.Add(at(i, float64(i)))
	}
	h.Add(at(4, 99)) // at the same time
	h.Add(at(1, 99)) // overtaken
	got := h.Samples()
	if len(got) != 3 || got[0].Value != 2 || got[2].Value != 4 {
		t.Errorf("got %v, want the newest three", got)
	}
	got[0].Value = 77
	if h.Samples()[0].Value != 2 {
		t.Error("the answer is not a copy")
	}
	if h := NewHistory(0); len(h.Samples()) != 0 {
		t.Error("a new history is not empty")
	}
}

func TestHistoryConcurrently(t *testing.T) {
	h := NewHistory(10)
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			for i := range 200 {
				h.Add(at(i, 1))
				Draw(h.Samples(), Frame{Width: 100, Height: 40, Floor: 1})
			}
		})
	}
	all.Wait()
	samples := h.Samples()
	if len(samples) != 10 || !samples[9].At.Equal(at(199, 0).At) {
		t.Errorf("%d samples, the newest of %v", len(samples), samples[len(samples)-1].At)
	}
}
