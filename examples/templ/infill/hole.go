// Package infill makes holes that are templ components. It is short enough to be copied.
package infill

import (
	"context"
	"io"

	"github.com/a-h/templ"
	"github.com/a-h/templ/runtime"

	"github.com/infill-go/infill/async"
	"github.com/infill-go/infill/async/page"
)

// Hole is a fragment as a component: view shows its value, the children stand there until there is one, and failed if
// there is none to come.
//
// A css block or a once handle is printed where it is first used in a page, so if that is within a hole, it goes with what
// stands there: use it outside first.
//
//	@infill.Hole(ps, "web1", table, noAnswer()) {
//		<p>asking…</p>
//	}
func Hole[K comparable, V any](h *async.Handle[K, V], key K, view func(V) templ.Component, failed templ.Component) templ.Component {
	return templ.ComponentFunc(func(ctx context.Context, w io.Writer) error {
		if discards(w) {
			return nil
		}
		children := templ.GetChildren(ctx)
		// templ keeps the children in one place for the whole page, where by the time of a value others may be.
		render := func(c templ.Component, w io.Writer) error { return c.Render(templ.ClearChildren(ctx), w) }
		return page.Hole(ctx, w, h, key, page.Look[V]{
			Value:   func(w io.Writer, v V) error { return render(view(v), w) },
			Default: func(w io.Writer) error { return render(children, w) },
			Error:   func(w io.Writer, _ error) error { return render(failed, w) },
		})
	})
}

// Status is the page's one polite status.
func Status() templ.Component {
	return templ.ComponentFunc(func(ctx context.Context, w io.Writer) error {
		if discards(w) {
			return nil
		}
		return page.Status(ctx, w)
	})
}

// discards says whether templ.RenderFragments throws away what is written to w, because it is in no fragment that was asked
// for. Nothing is to be started for a place that nobody sees, and Hole could not know where it is.
func discards(w io.Writer) bool {
	if b, ok := w.(*runtime.Buffer); ok {
		w = b.Underlying
	}
	return w == io.Discard
}
