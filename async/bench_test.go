package async

import (
	"context"
	"fmt"
	"html/template"
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

// BenchmarkCounting shows what counting adds to a hit.
func BenchmarkCounting(b *testing.B) {
	g := quietGroup()
	h, err := Register(g, "f", func(ctx context.Context, key string) (string, error) { return key, nil }, Policy{MaxAge: time.Hour})
	if err != nil {
		b.Fatal(err)
	}
	h.Put("web1", "up")
	b.Run("counted", func(b *testing.B) {
		for b.Loop() {
			if _, ok := h.frag.glance("web1"); !ok {
				b.Fatal("a miss")
			}
		}
	})
	b.Run("uncounted", func(b *testing.B) {
		for b.Loop() {
			hash := results.Hash("web1")
			if e := h.frag.results.Get(hash, "web1"); e == nil || !h.frag.isFresh(e) {
				b.Fatal("a miss")
			}
		}
	})
}
