package async_test

import (
	"bytes"
	"context"
	"html/template"
	"testing"
	"testing/synctest"
	"time"

	"github.com/infill-go/infill/async"
)

// TestTheFirstCallerDecidesForNobodyElse: a run is shared, but what is shown while it
// is under way is each caller's own. The naive way keeps what it was asked with in the
// record of the call,
//
//	c, ok := calls[key]
//	if !ok {
//		c = start(key, options)
//	}
//	return c.options.Default
//
// and gives the first one's to all (lru-cache's fetch says so of its options in its
// own documentation).
func TestTheFirstCallerDecidesForNobodyElse(t *testing.T) {
	calls := make(map[string]string)
	naive := func(def string) string {
		if _, ok := calls["k"]; !ok {
			calls["k"] = def
		}
		return calls["k"]
	}
	if naive("loading"); naive("one moment") != "loading" {
		t.Error("the naive way shows the second caller's: the trap is no more")
	}

	synctest.Test(t, func(t *testing.T) {
		g := trapGroup()
		load := func(ctx context.Context, key string) (string, error) { return "value", work(ctx, time.Second) }
		trapFragment(t, g, async.Policy{}, load)
		command := func(def string) string {
			return async.CommandIn(g, "k", def, func(ctx context.Context) (string, error) { return load(ctx, "k") })
		}
		unbound := template.Must(template.New("page").Funcs(g.Funcs()).Parse(`{{async "f" "k" .}}`))
		set, err := async.Bind(unbound, async.Options{Group: g})
		if err != nil {
			t.Fatal(err)
		}
		for _, want := range []map[string]string{
			{"loading": "loading", "one moment": "one moment", "": ""},
			{"loading": "value", "one moment": "value", "": "value"},
		} {
			for def, want := range want {
				var plain, bound bytes.Buffer
				errPlain := unbound.Execute(&plain, def)
				_, errBound := set.Execute(&bound, "page", def)
				if errPlain != nil || errBound != nil {
					t.Fatal(errPlain, errBound)
				}
				for name, got := range map[string]string{"Command": command(def), "unbound": plain.String(), "bound": bound.String()} {
					if got != want {
						t.Errorf("%s with the default %q shows %q, want %q", name, def, got, want)
					}
				}
			}
			pass(time.Second)
		}
		closeTraps(t, g)
	})
}
