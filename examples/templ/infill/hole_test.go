package infill_test

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/a-h/templ"

	"github.com/infill-go/infill/async"
	"github.com/infill-go/infill/async/page"
	"github.com/infill-go/infill/examples/internal/streamed"
	"github.com/infill-go/infill/examples/templ/infill"
	"github.com/infill-go/infill/examples/templ/infill/scenes"
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

// scene are two fragments, "outer" and "inner", each behind a gate.
type scene struct {
	pages        *page.Pages
	first, then  chan struct{}
	outer, inner *async.Handle[string, string]
}

func newScene(t *testing.T) *scene {
	g := quiet(t)
	s := &scene{first: make(chan struct{}), then: make(chan struct{})}
	register := func(name string, gate chan struct{}, err error) *async.Handle[string, string] {
		h, wrong := async.Register(g, name, func(ctx context.Context, key string) (string, error) {
			select {
			case <-gate:
				return name + " " + key, err
			case <-ctx.Done():
				return "", ctx.Err()
			}
		}, async.Policy{})
		if wrong != nil {
			t.Fatal(wrong)
		}
		return h
	}
	s.outer, s.inner = register("outer", s.first, nil), register("inner", s.then, nil)
	var err error
	if s.pages, err = page.New(page.Options{Options: async.Options{Group: g}}); err != nil {
		t.Fatal(err)
	}
	return s
}

func (s *scene) page(c templ.Component) http.Handler { return s.write(c.Render) }

func (s *scene) write(body func(context.Context, io.Writer) error) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { s.pages.Respond(w, r, body) })
}

// TestHolesInHoles: a value is a component with a hole, behind layouts, children and templ.Flush.
func TestHolesInHoles(t *testing.T) {
	s := newScene(t)
	r := streamed.Get(t, s.page(scenes.Nested(s.outer, s.inner)), "/")
	shell := r.Until("first…")
	if !strings.Contains(shell, "before<main>early <b>flushed</b><?start name=") {
		t.Errorf("the hole is not where it was written:\n%s", shell)
	}
	close(s.first)
	outer := r.Until("</template>")
	if !strings.Contains(outer, "<i>outer k: <?start name=") || !strings.Contains(outer, "second…<?end></i></template>") {
		t.Errorf("no hole in the hole:\n%s", outer)
	}
	close(s.then)
	if rest := r.Rest(); !strings.Contains(rest, ">inner outer k</template>") {
		t.Errorf("the inner one was not filled:\n%s", rest)
	}
	// Once it is remembered it stands there.
	again := streamed.Get(t, s.page(scenes.Nested(s.outer, s.inner)), "/").Rest()
	if want := "before<main>early <b>flushed</b><i>outer k: inner outer k</i> late</main>after"; again != want {
		t.Errorf("%s\nwant\n%s", again, want)
	}
}

// TestFragmentsOfAPage: the holes outside of what was asked for start nothing, and do not spoil the rest.
func TestFragmentsOfAPage(t *testing.T) {
	s := newScene(t)
	all := scenes.Halves(s.outer, s.inner)
	r := streamed.Get(t, s.write(func(ctx context.Context, w io.Writer) error {
		return templ.RenderFragments(ctx, w, all, "right")
	}), "/")
	if shell := r.Until("right…"); strings.Contains(shell, "left") || !strings.HasPrefix(shell, "<p><?start name=") {
		t.Errorf("another shell: %s", shell)
	}
	close(s.then)
	if rest := r.Rest(); !strings.Contains(rest, ">inner k</template>") {
		t.Errorf("it was not filled:\n%s", rest)
	}
	if n := s.outer.Stats().Defaults; n != 0 {
		t.Errorf("what nobody sees was asked for %d times", n)
	}
}

// TestErrors: that of the page answers 500, that of a view spoils its own place only.
func TestErrors(t *testing.T) {
	s := newScene(t)
	oops := templ.ComponentFunc(func(context.Context, io.Writer) error { return errors.New("oops") })
	broken := func(string) templ.Component { return oops }
	r := streamed.Get(t, s.page(templ.Join(scenes.Halves(s.outer, s.inner), oops)), "/")
	if body := r.Rest(); r.StatusCode != http.StatusInternalServerError || strings.Contains(body, "left") {
		t.Errorf("%s: %s", r.Status, body)
	}
	page := s.page(scenes.Around(infill.Hole(s.outer, "k", broken, scenes.Text("no answer"))))
	r = streamed.Get(t, page, "/")
	r.Until("<?end>")
	close(s.first)
	if rest := r.Rest(); !strings.Contains(rest, ">no answer</template>") {
		t.Errorf("late: %s", rest)
	}
	if all := streamed.Get(t, page, "/").Rest(); all != "before<main>no answer</main>after" {
		t.Errorf("at once: %s", all)
	}
	close(s.then)
}
