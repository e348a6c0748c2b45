package page_test

import (
	"context"
	"log/slog"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/infill-go/infill/async"
	"github.com/infill-go/infill/async/page"
)

// refusals are groups whose fragment f refuses a run of the key 3.
var refusals = map[string]func(t *testing.T) *async.Group{
	"a limit": func(t *testing.T) *async.Group {
		g := &async.Group{Logger: slog.New(slog.DiscardHandler)}
		t.Cleanup(func() { _ = g.Close(context.Background()) }) // the error names the run that waits
		h, err := async.Register(g, "f", forEver, async.Policy{MaxRuns: 1, MaxWaiting: 1})
		if err != nil {
			t.Fatal(err)
		}
		h.Get(1) // runs
		h.Get(2) // waits
		return g
	},
	"a closed group": func(t *testing.T) *async.Group {
		g := quietGroup(t)
		if _, err := async.Register(g, "f", forEver, async.Policy{}); err != nil {
			t.Fatal(err)
		}
		if err := g.Close(t.Context()); err != nil {
			t.Fatal(err)
		}
		return g
	},
}

func forEver(ctx context.Context, _ int) (string, error) {
	<-ctx.Done()
	return "", ctx.Err()
}

// TestARefusedRun will not fill its place: the page is complete with the default, which nobody is to keep as the page, and it
// is counted and told.
func TestARefusedRun(t *testing.T) {
	for why, group := range refusals {
		for _, development := range []bool{false, true} {
			t.Run(why, func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					g := group(t)
					v := get(t, bind(t, g, `<p>{{async "f" 3 "default"}}</p>`, page.Options{Development: development}), nil)
					if !v.over() || v.header.Get("Cache-Control") != "no-store" {
						t.Errorf("over %v: %s", v.over(), v.script())
					}
					comment := strings.HasPrefix(v.body(), "<p><!-- ") && strings.HasSuffix(v.body(), " -->default</p>") &&
						strings.Contains(v.body(), "it was not started")
					if comment != development || !development && v.body() != "<p>default</p>" {
						t.Errorf("development %v: %s", development, v.body())
					}
				})
			})
		}
	}
}

func TestARefusedRunIsCounted(t *testing.T) {
	for why, group := range refusals {
		t.Run(why, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				pages := bind(t, group(t), `{{async "f" 3 "default"}}`, page.Options{})
				get(t, pages, nil)
				if s := pages.Stats(); s != (page.Stats{Responses: 1, Errors: 1}) {
					t.Errorf("%+v", s)
				}
			})
		})
	}
}
