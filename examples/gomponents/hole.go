package main

import (
	"context"
	"io"

	g "maragu.dev/gomponents"

	"github.com/infill-go/infill/async"
	"github.com/infill-go/infill/async/page"
)

// hole is a fragment as a node: view shows its value, waiting stands there until there is one, and failed if there is none
// to come.
func hole[K comparable, V any](ctx context.Context, h *async.Handle[K, V], key K, view func(V) g.Node, waiting, failed g.Node) g.Node {
	return g.NodeFunc(func(w io.Writer) error {
		return page.Hole(ctx, w, h, key, page.Look[V]{
			Value:   func(w io.Writer, v V) error { return view(v).Render(w) },
			Default: waiting.Render,
			Error:   func(w io.Writer, _ error) error { return failed.Render(w) },
		})
	})
}

// status is the page's one polite status.
func status(ctx context.Context) g.Node {
	return g.NodeFunc(func(w io.Writer) error { return page.Status(ctx, w) })
}
