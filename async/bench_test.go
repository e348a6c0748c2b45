package async

import (
	"context"
	"fmt"
	"html/template"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/infill-go/infill/async/internal/results"
)

// BenchmarkTokens is the way of one call of async from the template function to
// the writer.
func BenchmarkTokens(b *testing.B) {
	var ts tokens
	var key any = "web1"
	b.ReportAllocs()
	for b.Loop() {
		var c call
		if !ts.redeem([]byte(ts.issue(call{site: 1, key: key})), &c) {
			b.Fatal("lost")
		}
	}
}

// BenchmarkCopyOfFiftyTemplates is what a copy of a set for each request would
// cost: clone, give it functions, execute once. What is executed later of the same
// copy costs only the execution.
func BenchmarkCopyOfFiftyTemplates(b *testing.B) {
	var text strings.Builder
	for i := range 50 {
		fmt.Fprintf(&text, `{{define "t%d"}}<tr><td class="%s">{{.}}</td><td><a href="/{{.}}">{{.}}</a></td></tr>{{end}}`, i, strings.Repeat("x", 50))
	}
	for i := range 50 {
		fmt.Fprintf(&text, `{{template "t%d" .}}`, i)
	}
	original := template.Must(template.New("page").Parse(text.String()))
	b.Run("copied", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			t := template.Must(original.Clone()).Funcs(template.FuncMap{"f": func() string { return "" }})
			if err := t.Execute(discard{}, "web1"); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("shared", func(b *testing.B) {
		t := template.Must(original.Clone())
		b.ReportAllocs()
		for b.Loop() {
			if err := t.Execute(discard{}, "web1"); err != nil {
				b.Fatal(err)
			}
		}
	})
}

type discard struct{}

func (discard) Write(p []byte) (int, error) { return len(p), nil }

// glanceUncounted is glance without its counting.
func (f *fragment) glanceUncounted(id string) (e *entry, ok bool) {
	hash := results.Hash(id)
	if e = f.results.Get(hash, id); e != nil {
		return e, f.isFresh(e)
	}
	return nil, f.shardOf(hash).underWay(id)
}

// BenchmarkCounting shows what part of a hit its counting is. The ways take turns in
// short slices, of which the tenth percentile counts, because the machine may be busy.
func BenchmarkCounting(b *testing.B) {
	g := quietGroup()
	h, err := Register(g, "f", func(ctx context.Context, key string) (string, error) { return key, nil }, Policy{MaxAge: time.Hour})
	if err != nil {
		b.Fatal(err)
	}
	h.Put("web1", "up")
	ways := []func() bool{
		func() bool { _, ok := h.Get("web1"); return ok },
		func() bool { _, ok := h.frag.glance("web1"); return ok },
		func() bool { _, ok := h.frag.glanceUncounted("web1"); return ok },
	}
	const slice = 1000
	times := make([][]time.Duration, len(ways))
	for b.Loop() {
		for way, hit := range ways {
			begun := time.Now()
			for range slice {
				if !hit() {
					b.Fatal("a miss")
				}
			}
			times[way] = append(times[way], time.Since(begun))
		}
	}
	var ns [3]float64
	for way := range ways {
		slices.Sort(times[way])
		ns[way] = float64(times[way][len(times[way])/10]) / slice
	}
	b.ReportMetric(ns[0], "hit-ns")
	b.ReportMetric((ns[1]-ns[2])/ns[0]*100, "counting-%")
	b.ReportMetric(0, "ns/op") // a round of all is no operation
}
