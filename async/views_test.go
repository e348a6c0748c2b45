package async

import (
	"context"
	"errors"
	"html/template"
	"runtime"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

// TestPutIsShown: with the view's own rendering in between, never the default
// after a value.
func TestPutIsShown(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := quietGroup()
		h := register(t, g, "n", Policy{}, func(ctx context.Context, key string) (int, error) { return 1, pause(ctx, time.Second) })
		slow := template.FuncMap{"slow": func() string { sleep(time.Second); return "" }}
		tmpl := template.Must(template.New("page").Funcs(g.Funcs()).Funcs(slow).Parse(
			`{{async "n" .}}{{define "n:view"}}{{slow}}<b>{{.}}</b>{{end}}{{define "n:default"}}wait{{end}}`))
		s, err := Bind(tmpl, Options{Group: g})
		if err != nil {
			t.Fatal(err)
		}
		if err := h.Put("a", 7); err != nil {
			t.Fatal(err)
		}
		shows(t, s, "a", "wait", Report{Pending: 1})
		advance(time.Second)
		shows(t, s, "a", "<b>7</b>", Report{Ready: 1})
		h.Put("a", 8)
		shows(t, s, "a", "<b>7</b>", Report{Ready: 1})
		if v, ok := h.Get("a"); v != 8 || !ok {
			t.Errorf("Get = %v, %v", v, ok)
		}
		advance(time.Second)
		shows(t, s, "a", "<b>8</b>", Report{Ready: 1})
		if n := h.frag.counts.runs.Load(); n != 0 {
			t.Errorf("%d runs for values that were put", n)
		}
		closeGroup(t, g)
	})
}

// TestStaleTemplateFragment: NAME:stale gets the old HTML.
func TestStaleTemplateFragment(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := quietGroup()
		s := bound(t, g, `{{async "x" .}}{{define "x"}}<b>{{.}}</b>{{end}}{{define "x:stale"}}old: {{.Value}}{{end}}`,
			Options{Policies: map[string]Policy{"x": {MaxAge: time.Second, Jitter: -1}}})
		shows(t, s, "a", ``, Report{Pending: 1})
		synctest.Wait()
		shows(t, s, "a", `<b>a</b>`, Report{Ready: 1})
		advance(time.Second)
		shows(t, s, "a", `old: <b>a</b>`, Report{Ready: 1, Stale: 1})
		synctest.Wait()
		shows(t, s, "a", `<b>a</b>`, Report{Ready: 1})
		closeGroup(t, g)
	})
}

// TestAPutValueOfAPlainTypeIsShown at once: it is printed, and needs no view that
// a run would have made.
func TestAPutValueOfAPlainTypeIsShown(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := quietGroup()
		h := register(t, g, "s", Policy{}, func(ctx context.Context, key string) (string, error) { return "old", nil })
		s := bound(t, g, `{{async "s" .}}`, Options{})
		h.Wait(t.Context(), "k")
		shows(t, s, "k", "old", Report{Ready: 1})
		for _, v := range []string{"<new>", "newer"} {
			h.Put("k", v)
			shows(t, s, "k", template.HTMLEscapeString(v), Report{Ready: 1})
			synctest.Wait()
			shows(t, s, "k", template.HTMLEscapeString(v), Report{Ready: 1})
		}
		closeGroup(t, g)
	})
}

// TestAPutValueIsShownWhileAnOldRunHangs: the function ignores its context and
// holds the key. A view of the value that was put needs no run.
func TestAPutValueIsShownWhileAnOldRunHangs(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := quietGroup()
		release := make(chan struct{})
		h := register(t, g, "s", Policy{Timeout: time.Second}, func(ctx context.Context, key string) (int, error) { <-release; return 1, nil })
		s := bound(t, g, `{{async "s" .}}{{define "s:view"}}V{{.}}{{end}}{{define "s:default"}}D{{end}}{{define "s:error"}}E{{end}}`, Options{})
		shows(t, s, "k", "D", Report{Pending: 1})
		synctest.Wait()
		h.Put("k", 5)
		synctest.Wait()
		shows(t, s, "k", "V5", Report{Ready: 1})
		advance(time.Minute)
		h.Put("k", 6)
		synctest.Wait()
		shows(t, s, "k", "V6", Report{Ready: 1})
		close(release)
		advance(time.Second)
		shows(t, s, "k", "V6", Report{Ready: 1})
		closeGroup(t, g)
	})
}

// TestWaitDoesNotAnswerWithAnExpiredValue whose view is just being rendered.
func TestWaitDoesNotAnswerWithAnExpiredValue(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := quietGroup()
		h := register(t, g, "n", Policy{MaxAge: 5 * time.Second, StaleWhileRevalidate: -1, Jitter: -1}, func(ctx context.Context, key string) (int, error) { return 1, nil })
		s := boundWith(t, g, template.FuncMap{"slow": func(n int) int { sleep(20 * time.Second); return n }},
			`{{async "n" .}}{{define "n:view"}}{{slow .}}{{end}}`, Options{})
		h.Put("k", -7)
		shows(t, s, "k", "", Report{Pending: 1})
		advance(6 * time.Second)
		begin := time.Now()
		ctx, cancel := context.WithTimeout(t.Context(), time.Second) // for the run's own view
		defer cancel()
		if v, err := h.Wait(ctx, "k"); v == -7 {
			t.Errorf("after %v Wait = %v, %v", time.Since(begin), v, err)
		}
		if n := h.frag.counts.runs.Load(); n != 1 {
			t.Errorf("%d runs, although the value has expired", n)
		}
		advance(time.Minute)
		closeGroup(t, g)
	})
}

// TestTheViewOfAnOlderValueDoesNotReplaceANewerOne: the interleaving is Put; its
// render looks at the value; Refresh; the run commits; the render would commit.
func TestTheViewOfAnOlderValueDoesNotReplaceANewerOne(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := quietGroup()
		h := register(t, g, "n", Policy{}, func(ctx context.Context, key string) (int, error) { return 2, nil })
		s := boundWith(t, g, template.FuncMap{"slowIfOld": func(n int) int {
			if n == 1 {
				sleep(10 * time.Second)
			}
			return n
		}}, `{{async "n" .}}{{define "n:view"}}<b>{{slowIfOld .}}</b>{{end}}`, Options{})
		h.Put("k", 1) // its view takes 10 s
		advance(time.Second)
		h.Refresh("k") // and meanwhile a run makes a newer value
		synctest.Wait()
		shows(t, s, "k", "<b>2</b>", Report{Ready: 1})
		advance(time.Minute)
		shows(t, s, "k", "<b>2</b>", Report{Ready: 1})
		if v, ok := h.Get("k"); v != 2 || !ok {
			t.Errorf("Get = %v, %v", v, ok)
		}
		if n := h.frag.counts.discarded.Load(); n != 0 {
			t.Errorf("%d runs counted as overtaken, and it was a render", n)
		}
		closeGroup(t, g)
	})
}

// TestAValueThatIsEvictedBeforeItsViewBegins is no failure: there is nothing to
// show, and nothing went wrong.
func TestAValueThatIsEvictedBeforeItsViewBegins(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := quietGroup()
		h := register(t, g, "n", Policy{MaxResults: 1, MaxRuns: 1}, func(ctx context.Context, key string) (int, error) { return 1, pause(ctx, time.Second) })
		s := bound(t, g, `{{async "n" .}}{{define "n:view"}}<b>{{.}}</b>{{end}}{{define "n:default"}}wait{{end}}{{define "n:error"}}{{.Reason}}{{end}}`, Options{})
		h.Get("slot")
		synctest.Wait()
		h.Put("k", 7)     // its view stands in line behind the run
		h.Put("other", 8) // and evicts it
		advance(time.Second)
		shows(t, s, "k", "wait", Report{Pending: 1})
		id, _ := h.encode("k")
		sh := h.frag.shard(id)
		sh.mu.Lock()
		run, render := sh.runs.failures.of(id), sh.renders.failures.of(id)
		sh.mu.Unlock()
		if run != nil || render != nil {
			t.Errorf("remembered as failures: %+v, %+v", run, render)
		}
		advance(time.Second)
		shows(t, s, "k", "<b>1</b>", Report{Ready: 1})
		closeGroup(t, g)
	})
}

// TestASetThatIsBoundLater has its view rendered, once, while the other set's
// stays.
func TestASetThatIsBoundLater(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := quietGroup()
		var rendered atomic.Int32
		count := template.FuncMap{"count": func() string { rendered.Add(1); return "" }}
		h := register(t, g, "n", Policy{}, func(ctx context.Context, key string) (int, error) { return 7, nil })
		first := boundWith(t, g, count, `{{async "n" .}}{{define "n:view"}}{{count}}<b>{{.}}</b>{{end}}`, Options{})
		h.Wait(t.Context(), "k")
		synctest.Wait()
		later := bound(t, g, `{{async "n" .}}{{define "n:view"}}<i>{{.}}</i>{{end}}{{define "n:default"}}wait{{end}}`, Options{})
		shows(t, later, "k", "wait", Report{Pending: 1})
		synctest.Wait()
		shows(t, later, "k", "<i>7</i>", Report{Ready: 1})
		shows(t, first, "k", "<b>7</b>", Report{Ready: 1})
		if n := rendered.Load(); n != 1 {
			t.Errorf("the first set's view was rendered %d times", n)
		}
		if n := h.frag.counts.runs.Load(); n != 1 {
			t.Errorf("%d runs", n)
		}
		closeGroup(t, g)
	})
}

// TestARefreshKeepsNothingOfTheOneBefore: a result must not lead back, by way of
// contexts and flights, to all that were there before it, nor keep a set that
// nobody uses.
func TestARefreshKeepsNothingOfTheOneBefore(t *testing.T) {
	type kept struct {
		ctx  context.Context // what a careless function might keep
		data []byte
	}
	g := quietGroup()
	var collected atomic.Int32
	h := register(t, g, "v", Policy{}, func(ctx context.Context, key string) (*kept, error) {
		v := &kept{ctx: ctx, data: make([]byte, 1<<10)}
		runtime.AddCleanup(v, func(n *atomic.Int32) { n.Add(1) }, &collected)
		return v, nil
	})
	s := bound(t, g, `{{async "v" .}}{{async "t" .}}{{define "v:view"}}{{len .data}}{{end}}{{define "t"}}{{.}}{{end}}`, Options{})
	const rounds = 50
	for range rounds {
		execute(t, s, "k")
		h.Refresh("k")
		if err := waitIdle(g); err != nil {
			t.Fatal(err)
		}
	}
	deadline := time.Now().Add(10 * time.Second)
	for collected.Load() < rounds*8/10 && time.Now().Before(deadline) {
		runtime.GC()
	}
	if n := collected.Load(); n < rounds*8/10 {
		t.Errorf("%d of %d results were collected", n, rounds)
	}
	runtime.KeepAlive(s)
	closeGroup(t, g)
}

// waitIdle returns when no goroutine of the group is at work.
func waitIdle(g *Group) error {
	again := time.NewTicker(time.Millisecond)
	defer again.Stop()
	for range 10_000 {
		if len(g.sched.airborne()) == 0 {
			return nil
		}
		<-again.C
	}
	return errors.New("the group does not come to rest")
}

// TestADroppedSetIsForgotten, although the group remembers its views.
func TestADroppedSetIsForgotten(t *testing.T) {
	g := quietGroup()
	h := register(t, g, "v", Policy{}, func(ctx context.Context, key string) (int, error) { return 7, nil })
	const sets = 20
	for range sets {
		s := bound(t, g, `{{async "v" .}}{{define "v:view"}}<b>{{.}}</b>{{end}}`, Options{})
		execute(t, s, "k")
		if err := waitIdle(g); err != nil {
			t.Fatal(err)
		}
	}
	left := sets
	for deadline := time.Now().Add(10 * time.Second); left > 1 && time.Now().Before(deadline); {
		runtime.GC()
		left = len(h.frag.showing())
	}
	if left > 1 {
		t.Errorf("%d of %d sets are still rendered for", left, sets)
	}
	closeGroup(t, g)
}
