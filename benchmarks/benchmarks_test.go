package benchmarks

import (
	"strings"
	"sync/atomic"
	"testing"

	"github.com/infill-go/infill/benchmarks/internal/measure"
	"github.com/infill-go/infill/benchmarks/internal/rows"
)

func BenchmarkHit(b *testing.B) { each(b, rows.HitContenders(b)) }

// BenchmarkMiss has to make a new store now and then, outside of the clock.
func BenchmarkMiss(b *testing.B) {
	for _, c := range rows.MissContenders(b) {
		b.Run(name(c), func(b *testing.B) {
			b.ReportAllocs()
			for i := 0; b.Loop(); i++ {
				if i %= rows.MissSlice; i == 0 {
					b.StopTimer()
					c.Begin()
					b.StartTimer()
				}
				ask(b, c, i)
			}
		})
	}
}

// BenchmarkPoll leaves DoChan out: it keeps something of each poll, and go test chooses how many there are.
func BenchmarkPoll(b *testing.B) { each(b, rows.PollContenders(b)[:1]) }

func BenchmarkPage(b *testing.B) {
	for _, layout := range rows.Layouts {
		each(b, rows.PageContenders(b, layout))
	}
}

func BenchmarkParallel(b *testing.B) {
	for _, c := range rows.ParallelContenders(b, 0) {
		b.Run(name(c), func(b *testing.B) {
			b.ReportAllocs()
			var worker atomic.Int64
			b.RunParallel(func(pb *testing.PB) {
				// Workers begin far apart, or all of them would ask for the same key at the same time.
				for i := int(worker.Add(1)) * 147; pb.Next(); i++ {
					if !c.Ask(i) {
						b.Error("a miss")
						return
					}
				}
			})
		})
	}
}

func BenchmarkHitSideBySide(b *testing.B) { sideBySide(b, 2048, rows.HitContenders(b)) }

func BenchmarkMissSideBySide(b *testing.B) { sideBySide(b, rows.MissSlice, rows.MissContenders(b)) }

func BenchmarkPageSideBySide(b *testing.B) {
	for _, layout := range rows.Layouts {
		b.Run(layout.Name, func(b *testing.B) { sideBySide(b, 5, rows.PageContenders(b, layout)) })
	}
}

// each measures the contenders one after the other, as go test does it.
func each(b *testing.B, contenders []measure.Contender) {
	for _, c := range contenders {
		b.Run(name(c), func(b *testing.B) {
			b.ReportAllocs()
			for i := 0; b.Loop(); i++ {
				ask(b, c, i)
			}
		})
	}
}

func ask(b *testing.B, c measure.Contender, i int) {
	if !c.Ask(i) {
		b.Fatal("a miss")
	}
}

// sideBySide reports the figures that can be compared: see [measure.SideBySide].
func sideBySide(b *testing.B, calls int, contenders []measure.Contender) {
	times := measure.SideBySide(b, b.N, calls, contenders)
	b.ReportMetric(0, "ns/op") // a round of all contenders is no operation
	for i, c := range contenders {
		b.ReportMetric(times[i], name(c)+"-ns")
	}
}

// name is the contender's in a form that go test neither changes nor refuses.
func name(c measure.Contender) string {
	return strings.NewReplacer(", ", "/", " ", "-").Replace(c.Name)
}

func BenchmarkRenderSideBySide(b *testing.B) {
	for _, layout := range rows.Layouts {
		b.Run(layout.Name, func(b *testing.B) { sideBySide(b, 5, rows.RenderContenders(b, layout)) })
	}
}

func BenchmarkRender(b *testing.B) {
	for _, layout := range rows.Layouts {
		each(b, rows.RenderContenders(b, layout))
	}
}

func BenchmarkFirstByteSideBySide(b *testing.B) {
	for _, layout := range rows.Layouts {
		b.Run(layout.Name, func(b *testing.B) {
			pages := rows.FirstBytePages(b, layout)
			inside(b, rows.ServedContenders(b, pages), "served")
			inside(b, rows.HandlerContenders(pages), "handler")
		})
	}
}

func inside(b *testing.B, contenders []measure.Timed, what string) {
	b.ReportMetric(0, "ns/op") // a round of all contenders is no operation
	for i, time := range measure.Inside(b, b.N, 1, contenders) {
		b.ReportMetric(time, contenders[i].Name+"/"+what+"-ns")
	}
}
