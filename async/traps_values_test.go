package async_test

import (
	"bytes"
	"context"
	"html/template"
	"strconv"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	gocache "github.com/patrickmn/go-cache"

	"github.com/infill-go/infill/async"
)

// TestReadersCannotChangeAPage: everyone who reads a value has the same one, but how
// it looks was fixed in its run. The naive way
//
//	v, _ := cache.Get(key)
//	page.Execute(w, v)
//
// shows to all what one of them has done to it, half done if it is still at it.
func TestReadersCannotChangeAPage(t *testing.T) {
	show := func(execute func(*bytes.Buffer) error) string {
		t.Helper()
		var b bytes.Buffer
		if err := execute(&b); err != nil {
			t.Fatal(err)
		}
		return b.String()
	}
	cache := gocache.New(gocache.NoExpiration, 0)
	cache.SetDefault("k", []string{"a", "b"})
	naive := template.Must(template.New("").Parse(`{{.}}`))
	v, _ := cache.Get("k")
	v.([]string)[0] = "changed"
	if got := show(func(b *bytes.Buffer) error { return naive.Execute(b, v) }); got != "[changed b]" {
		t.Errorf("the naive page shows %s: the trap is no more", got)
	}

	g := trapGroup()
	h := trapFragment(t, g, async.Policy{}, func(context.Context, string) ([]string, error) { return []string{"a", "b"}, nil })
	for name, text := range map[string]string{
		"printed": `{{async "f" "k"}}`,
		"viewed":  `{{async "f" "k"}}{{define "f:view"}}{{.}}{{end}}`,
	} {
		h.Forget("k")
		set, err := async.Bind(template.Must(template.New("page").Funcs(g.Funcs()).Parse(text)), async.Options{Group: g})
		if err != nil {
			t.Fatal(err)
		}
		page := func(b *bytes.Buffer) error { _, err := set.Execute(b, "page", nil); return err }
		show(page)
		v, err := h.Wait(t.Context(), "k")
		if err != nil {
			t.Fatal(err)
		}
		v[0] = "changed"
		if got := show(page); got != "[a b]" {
			t.Errorf("%s: the page shows %s", name, got)
		}
	}
	closeTraps(t, g)
}

// TestAFloodOfKeysStartsNoSecondRun: what is under way is not kept with the results,
// so no flood of other keys can push it out. The naive way keeps a promise in the
// bounded cache itself:
//
//	p, ok := cache.Get(key)
//	if !ok {
//		p = start(key)
//		cache.Add(key, p)
//	}
//
// A crawler passes by, the promise is evicted, and the next reader starts the slow
// function once more beside the first.
func TestAFloodOfKeysStartsNoSecondRun(t *testing.T) {
	const capacity = 4
	var promises []string // the oldest first
	naive := 0
	ask := func(key string) {
		for _, k := range promises {
			if k == key {
				return
			}
		}
		if key == "slow" {
			naive++
		}
		if promises = append(promises, key); len(promises) > capacity {
			promises = promises[1:]
		}
	}
	flood := func(ask func(key string)) {
		ask("slow")
		for n := range 10 * capacity {
			ask(strconv.Itoa(n))
		}
		ask("slow")
	}
	if flood(ask); naive != 2 {
		t.Errorf("the naive way has started %d runs: the trap is no more", naive)
	}

	synctest.Test(t, func(t *testing.T) {
		g := trapGroup()
		var runs atomic.Int32
		h := trapFragment(t, g, async.Policy{MaxResults: capacity}, func(ctx context.Context, key string) (string, error) {
			if key == "slow" {
				runs.Add(1)
				return key, work(ctx, time.Second)
			}
			return key, nil
		})
		flood(func(key string) {
			h.Get(key)
			synctest.Wait()
		})
		pass(time.Second)
		if n := runs.Load(); n != 1 {
			t.Errorf("%d runs", n)
		}
		closeTraps(t, g)
	})
}

// TestAnEmptyValueIsAValue: an empty list, an empty string, a nil. The naive way
//
//	if v := cached[key]; v != nil {
//		return v
//	}
//
// takes it for no value, and asks the source at every request for what is not there.
func TestAnEmptyValueIsAValue(t *testing.T) {
	naive, cached := 0, make(map[string]*int)
	for range 10 {
		if v := cached["k"]; v == nil {
			naive++
			cached["k"] = nil // which is what the source has
		}
	}
	if naive != 10 {
		t.Errorf("the naive way has asked %d times: the trap is no more", naive)
	}
	t.Run("string", func(t *testing.T) { emptyIsAValue(t, "") })
	t.Run("slice", func(t *testing.T) { emptyIsAValue[[]string](t, nil) })
	t.Run("pointer", func(t *testing.T) { emptyIsAValue[*int](t, nil) })
	t.Run("error", func(t *testing.T) { emptyIsAValue[error](t, nil) })
	t.Run("any", func(t *testing.T) { emptyIsAValue[any](t, nil) })
	t.Run("page", func(t *testing.T) {
		g := trapGroup()
		h := trapFragment(t, g, async.Policy{}, func(context.Context, string) (string, error) { return "", nil })
		_, _ = h.Wait(t.Context(), "k")
		var b bytes.Buffer
		tmpl := template.Must(template.New("page").Funcs(g.Funcs()).Parse(`<p>{{async "f" "k" "default"}}</p>`))
		if err := tmpl.Execute(&b, nil); err != nil || b.String() != "<p></p>" {
			t.Errorf("the page shows %s, %v", &b, err)
		}
		closeTraps(t, g)
	})
}

func emptyIsAValue[V any](t *testing.T, empty V) {
	g := trapGroup()
	var runs atomic.Int32
	load := func(context.Context, string) (V, error) { runs.Add(1); return empty, nil }
	h := trapFragment(t, g, async.Policy{}, load)
	for range 10 {
		if _, err := h.Wait(t.Context(), "k"); err != nil {
			t.Error(err)
		}
		if _, ok := h.Get("k"); !ok {
			t.Error("there is no value")
		}
	}
	if n := runs.Load(); n != 1 {
		t.Errorf("%d runs", n)
	}
	closeTraps(t, g)
}
