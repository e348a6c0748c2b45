package main

import (
	"context"
	"log/slog"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/infill-go/infill/async"
	"github.com/infill-go/infill/examples/internal/processes"
	"github.com/infill-go/infill/examples/internal/streamed"
)

func quiet(t *testing.T) *async.Group {
	g := &async.Group{Logger: slog.New(slog.DiscardHandler)}
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
		defer cancel()
		if t.Failed() {
			cancel() // what still waits for a gate does so because of that
		}
		if err := g.Close(ctx); err != nil && !t.Failed() {
			t.Error(err)
		}
	})
	return g
}

func TestDefaultThenValue(t *testing.T) {
	gate := make(chan struct{})
	h, err := handler(quiet(t), func(ctx context.Context, of string) ([]processes.Process, error) {
		select {
		case <-gate:
			return []processes.Process{{PID: 7, Command: "<" + of + ">"}}, nil
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	shell, rest := streamed.DefaultThenValue(t, h, `<p aria-busy="true">looking at the cpu…</p>`,
		func() { close(gate) }, "<table><tr><td>7</td><td>&lt;cpu&gt;</td></tr></table>")
	if !strings.Contains(shell, `<h2>By cpu</h2><?start`) {
		t.Errorf("the hole is not where it was written:\n%s", shell)
	}
	if !strings.Contains(rest, "All sections are loaded") {
		t.Errorf("the status was not told:\n%s", rest)
	}
}

// TestRealCommand runs the one of main.
func TestRealCommand(t *testing.T) {
	h, err := handler(quiet(t), processes.Busiest)
	if err != nil {
		t.Fatal(err)
	}
	if all := streamed.Get(t, h, "/").Rest(); strings.Count(all, "<table>") != 2 || strings.Contains(all, "ps does not answer.") {
		t.Error(all)
	}
}

// TestScript: the tag on the page, which was compressed, leads to the script.
func TestScript(t *testing.T) {
	h, err := handler(quiet(t), processes.Busiest)
	if err != nil {
		t.Fatal(err)
	}
	r := streamed.Get(t, h, "/")
	if !r.Uncompressed {
		t.Error("the page was not compressed")
	}
	src := regexp.MustCompile(`<script async src="([^"]+)"`).FindStringSubmatch(r.Rest())
	if src == nil {
		t.Fatal("the page has no script")
	}
	if r := streamed.Get(t, h, src[1]); r.StatusCode != http.StatusOK || !strings.HasPrefix(r.Header.Get("Content-Type"), "text/javascript") {
		t.Error(r.Status, r.Header)
	}
}

// TestBehindWhatKeepsEverything: the router's writers say that they flush, but what is around them cannot. The page is sent at
// once, and not held for a stream that nobody sees.
func TestBehindWhatKeepsEverything(t *testing.T) {
	gate := make(chan struct{})
	defer close(gate)
	h, err := handler(quiet(t), func(ctx context.Context, of string) ([]processes.Process, error) {
		select {
		case <-gate:
			return nil, nil
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	r := streamed.Get(t, http.TimeoutHandler(h, time.Minute, "too late"), "/")
	if all := r.Rest(); r.StatusCode != http.StatusOK || r.Header.Get("Refresh") == "" || !strings.Contains(all, "looking at the cpu…") {
		t.Errorf("%s %v\n%s", r.Status, r.Header, all)
	}
}
