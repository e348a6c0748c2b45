package async_test

import (
	"bytes"
	"context"
	"fmt"
	"html/template"
	"reflect"
	"runtime"
	"slices"
	"testing"
	"testing/synctest"

	"github.com/infill-go/infill/async"
)

// here is the place of the call of the function that calls it, as a naive cache would
// use it for a key.
func here() uintptr {
	var pc [1]uintptr
	runtime.Callers(3, pc[:])
	return pc[0]
}

// TestOneGenericCallIsOneCommandForEachType. In the body of a generic function there
// is one place for all types of one shape, such as all pointers. The naive way
//
//	func memo[T any](load func() T) T { … cached[here()].(T) … }
//
// gives the one type's value out for the other's: a panic where the types are known,
// somebody else's data where they are not.
func TestOneGenericCallIsOneCommandForEachType(t *testing.T) {
	if naivePlace(new(int)) != naivePlace(new(string)) {
		t.Error("two types have two places: the trap is no more")
	}
	synctest.Test(t, func(t *testing.T) {
		type celsius int
		g := trapGroup()
		n, s, c := 7, "seven", celsius(21)
		for round := range 2 {
			got := []bool{
				generic(g, &n) == &n, generic(g, &s) == &s, generic(g, &c) == &c,
				generic(g, n) == n, generic(g, c) == c, generic(g, s) == s,
			}
			if slices.Contains(got, round == 0) {
				t.Errorf("round %d: the commands have their values: %v", round, got)
			}
			synctest.Wait()
		}
		closeTraps(t, g)
	})
}

//go:noinline
func naivePlace[T any](T) uintptr { return naiveMemo() }

//go:noinline
func naiveMemo() uintptr { return here() }

// generic has one call for all types.
//
//go:noinline
func generic[T any](g *async.Group, v T) T {
	var none T
	return async.CommandIn(g, "", none, func(context.Context) (T, error) { return v, nil })
}

// TestClosuresOfOneFunctionAreApart if their ids are. The naive way takes the function
// for the key:
//
//	key := reflect.ValueOf(load).Pointer()
//
// All turns of a loop have one function, whatever it has captured in each.
func TestClosuresOfOneFunctionAreApart(t *testing.T) {
	hosts := []string{"web1", "web2", "web3"}
	functions := make(map[uintptr]bool)
	synctest.Test(t, func(t *testing.T) {
		g := trapGroup()
		for round := range 2 {
			for _, host := range hosts {
				load := func(context.Context) (string, error) { return host, nil }
				functions[reflect.ValueOf(load).Pointer()] = true
				if v := async.CommandIn(g, "ps "+host, "def", load); v != []string{"def", host}[round] {
					t.Errorf("round %d: %s shows %q", round, host, v)
				}
			}
			synctest.Wait()
		}
		closeTraps(t, g)
	})
	if len(functions) != 1 {
		t.Errorf("%d functions: the trap is no more", len(functions))
	}
}

// TestActionsOfATemplateAreApart. To a template's function all actions are called from
// one place, so the naive way
//
//	template.FuncMap{"slow": func(n int) int { return memo(here(), n) }}
//
// shows the first action's value in each of them.
func TestActionsOfATemplateAreApart(t *testing.T) {
	const text = `{{X 1}} {{X 2}} {{X 1}} {{range .}}{{X .}} {{end}}`
	execute := func(call string, funcs template.FuncMap) string {
		t.Helper()
		var b bytes.Buffer
		tmpl := template.New("").Funcs(funcs)
		template.Must(tmpl.Parse(string(bytes.ReplaceAll([]byte(text), []byte("X"), []byte(call)))))
		if err := tmpl.Execute(&b, []int{3, 4}); err != nil {
			t.Fatal(err)
		}
		return b.String()
	}
	memo := make(map[uintptr]int)
	naive := execute("slow", template.FuncMap{"slow": func(n int) int {
		place := here()
		if _, ok := memo[place]; !ok {
			memo[place] = 2 * n
		}
		return memo[place]
	}})
	if naive != "2 2 2 2 2 " {
		t.Errorf("the naive page shows %q: the trap is no more", naive)
	}

	synctest.Test(t, func(t *testing.T) {
		g := trapGroup()
		trapFragment(t, g, async.Policy{}, func(_ context.Context, n int) (int, error) { return 2 * n, nil })
		execute(`async "f"`, g.Funcs())
		synctest.Wait()
		if got := execute(`async "f"`, g.Funcs()); got != "2 4 2 6 8 " {
			t.Errorf("the page shows %q", got)
		}
		closeTraps(t, g)
	})
}

type words struct{ First, Second string }

// TestKeysThatPrintAlikeAreApart. The naive way
//
//	key := fmt.Sprint(k)
//
// is what ttlcache does for its loader: two keys that print the same have one result,
// and the second user sees what is the first one's.
func TestKeysThatPrintAlikeAreApart(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		alike(t, words{"x y", "z"}, words{"x", "y z"})
		alike(t, words{"", "a b"}, words{" a", "b"}, words{" a b", ""})
		alike(t, [2]string{"1 2", "3"}, [2]string{"1", "2 3"})
		alike[any](t, 1, "1", int64(1), uint8(1), 1.0, float32(1))
		alike[any](t, true, "true")
		alike[any](t, words{"x y", "z"}, words{"x", "y z"}, "{x y z}", [3]string{"x", "y", "z"}, struct{ A any }{"x y z"})
	})
}

func alike[K comparable](t *testing.T, keys ...K) {
	t.Helper()
	g := trapGroup()
	h := trapFragment(t, g, async.Policy{}, func(_ context.Context, k K) (K, error) { return k, nil })
	prints := make(map[string]bool)
	for round := range 2 {
		for _, k := range keys {
			prints[fmt.Sprint(k)] = true
			if v, ok := h.Get(k); ok != (round == 1) || ok && v != k {
				t.Errorf("round %d: %#v has %#v, %t", round, k, v, ok)
			}
		}
		synctest.Wait()
	}
	if len(prints) == len(keys) {
		t.Errorf("%v print differently: the trap is no more", keys)
	}
	closeTraps(t, g)
}
