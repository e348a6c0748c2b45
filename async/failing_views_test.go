package async

import (
	"context"
	"fmt"
	"html/template"
	"log/slog"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// TestAFailedView spoils the hole, not the value, and is tried again after a pause.
func TestAFailedView(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := quietGroup()
		h := register(t, g, "n", Policy{}, func(ctx context.Context, key string) (int, error) { return 7, nil })
		broken := true
		tmpl := template.Must(template.New("page").Funcs(g.Funcs()).Funcs(template.FuncMap{"check": func() (string, error) {
			if broken {
				return "", errSource
			}
			return "", nil
		}}).Parse(`{{async "n" .}}{{define "n:view"}}half{{check}}done{{end}}{{define "n:error"}}{{.Reason}}{{.Failures}}{{end}}`))
		s, err := Bind(tmpl, Options{Group: g})
		if err != nil {
			t.Fatal(err)
		}
		execute(t, s, "a")
		synctest.Wait()
		shows(t, s, "a", "view1", Report{Failed: 1})
		if v, ok := h.Get("a"); v != 7 || !ok {
			t.Errorf("Get = %v, %v", v, ok)
		}
		broken = false
		advance(time.Second)
		execute(t, s, "a")
		synctest.Wait()
		shows(t, s, "a", "halfdone", Report{Ready: 1})
		if n := h.frag.counts.runs.Load(); n != 1 {
			t.Errorf("%d runs for one value", n)
		}
		closeGroup(t, g)
	})
}

// TestFailedStateViews leave nothing behind, and the page goes on.
func TestFailedStateViews(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var log strings.Builder
		g := &Group{Logger: textLogger(&log)}
		s := bound(t, g, `a{{async "x" .}}b{{define "x"}}{{.}}{{end}}{{define "x:default"}}half{{.Nope}}{{end}}`, Options{})
		shows(t, s, "k", "ab", Report{Pending: 1})
		if !strings.Contains(log.String(), "view=x:default") {
			t.Errorf("the log does not name the view: %s", log.String())
		}
		synctest.Wait()
		closeGroup(t, g)
	})
}

// TestAMisplacedOldValue: the old HTML cannot stand in a title, so the old value
// is shown as a fresh one, and the log says why.
func TestAMisplacedOldValue(t *testing.T) {
	for _, stale := range []string{`<textarea>{{.Value}}</textarea>`, `{{printf "%s" .Value}}`, `{{index . "Nope"}}`} {
		synctest.Test(t, func(t *testing.T) {
			var log strings.Builder
			g := &Group{Logger: textLogger(&log)}
			s := bound(t, g, `{{async "x" .}}{{define "x"}}<b>{{.}}</b>{{end}}{{define "x:stale"}}`+stale+`{{end}}`,
				Options{Policy: Policy{MaxAge: time.Second, Jitter: -1}})
			execute(t, s, "a")
			advance(time.Second)
			shows(t, s, "a", `<b>a</b>`, Report{Ready: 1, Stale: 1})
			synctest.Wait()
			if !strings.Contains(log.String(), "view=x:stale") {
				t.Errorf("the log does not say why: %s", log.String())
			}
			closeGroup(t, g)
		})
	}
}

// TestABrokenViewDoesNotSlowTheFunction: for Get, Wait and other sets the value is
// as fresh as if nobody had tried to show it.
func TestABrokenViewDoesNotSlowTheFunction(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := quietGroup()
		runs := 0
		h := register(t, g, "n", Policy{MaxAge: time.Second, StaleIfError: -1, Jitter: -1}, func(ctx context.Context, key string) (int, error) {
			runs++
			return runs, nil
		})
		broken := bound(t, g, `{{async "n" .}}{{define "n:view"}}{{.Nope}}{{end}}{{define "n:error"}}{{.Reason}}{{end}}`, Options{})
		fine := bound(t, g, `{{async "n" .}}{{define "n:view"}}<b>{{.}}</b>{{end}}`, Options{})
		h.Wait(t.Context(), "k")
		synctest.Wait()
		for second := 1; second <= 300; second++ {
			shows(t, broken, "k", "view", Report{Failed: 1})
			shows(t, fine, "k", fmt.Sprintf("<b>%d</b>", second), Report{Ready: 1})
			advance(time.Second)
			if v, ok := h.Get("k"); v != second || !ok { // stale now: the refresh begins
				t.Fatalf("in second %d Get = %v, %v", second, v, ok)
			}
			synctest.Wait()
		}
		if snap := h.frag.look("k", ask{key: "k"}); snap.failure != nil {
			t.Errorf("the function is said to have failed: %v", snap.failure.err)
		}
		closeGroup(t, g)
	})
}

// TestAFailingViewLeavesTheOneBefore: what was shown once does not go back to the
// default, neither when a view fails for a newer value nor when it fails for one
// that was put; and it goes when a newer one succeeds.
func TestAFailingViewLeavesTheOneBefore(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := quietGroup()
		var values = [][]int{{1}, nil, nil, {4}, nil}
		runs := 0
		h := register(t, g, "v", Policy{}, func(ctx context.Context, key string) ([]int, error) { runs++; return values[runs-1], nil })
		s := bound(t, g, `{{async "v" .}}{{define "v:view"}}{{index . 0}}{{end}}{{define "v:default"}}wait{{end}}{{define "v:error"}}{{.Reason}}{{end}}`, Options{})
		want := []string{"1", "1", "1", "4", "4"}
		for i := range values {
			h.Refresh("k")
			synctest.Wait()
			shows(t, s, "k", want[i], Report{Ready: 1})
			if v, ok := h.Get("k"); len(v) != len(values[i]) || !ok {
				t.Errorf("Get = %v, %v, want the new value %v", v, ok, values[i])
			}
		}
		h.Put("k", nil)
		synctest.Wait()
		shows(t, s, "k", "4", Report{Ready: 1})
		h.Put("k", []int{7})
		synctest.Wait()
		shows(t, s, "k", "7", Report{Ready: 1})
		h.Forget("k") // now there is nothing to go back to
		values, runs = [][]int{nil}, 0
		execute(t, s, "k")
		synctest.Wait()
		shows(t, s, "k", "view", Report{Failed: 1})
		closeGroup(t, g)
	})
}

// TestAViewRenderedDuringTheRunStays when the run's own view fails: what was shown
// counts, and not what was there when the run began.
func TestAViewRenderedDuringTheRunStays(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := quietGroup()
		h := register(t, g, "v", Policy{}, func(ctx context.Context, key string) ([]int, error) { return nil, pause(ctx, 5*time.Second) })
		s := boundWith(t, g, template.FuncMap{"slow": func() string { sleep(2 * time.Second); return "" }},
			`{{async "v" .}}{{define "v:view"}}{{slow}}{{index . 0}}{{end}}{{define "v:default"}}wait{{end}}`, Options{})
		h.Put("k", []int{1}) // its render takes 2 s
		h.Refresh("k")       // the run begins: what it finds has no view yet
		advance(3 * time.Second)
		shows(t, s, "k", "1", Report{Ready: 1})
		advance(10 * time.Second)
		shows(t, s, "k", "1", Report{Ready: 1})
		closeGroup(t, g)
	})
}

// TestAViewThatStaysIsNoReasonToRefuseTheValue: where there is no room for the old
// view beside the new value, it goes.
func TestAViewThatStaysIsNoReasonToRefuseTheValue(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := quietGroup()
		values := [][]int{{1}, nil}
		h := register(t, g, "v", Policy{MaxBytes: 1500, Cost: func(v any) int64 { return 1000 - 900*int64(len(v.([]int))) }}, func(ctx context.Context, key string) ([]int, error) {
			v := values[0]
			values = values[1:]
			return v, nil
		})
		s := bound(t, g, `{{async "v" .}}{{define "v:view"}}`+strings.Repeat("x", 900)+`{{index . 0}}{{end}}{{define "v:error"}}{{.Reason}}{{end}}`, Options{})
		h.Wait(t.Context(), "k")
		synctest.Wait()
		shows(t, s, "k", strings.Repeat("x", 900)+"1", Report{Ready: 1})
		h.Refresh("k")
		synctest.Wait()
		if v, ok := h.Get("k"); len(v) != 0 || !ok {
			t.Errorf("Get = %v, %v, want the new value", v, ok)
		}
		shows(t, s, "k", "view", Report{Failed: 1})
		closeGroup(t, g)
	})
}

// TestAPageWithoutAnErrorView shows the default after a failure, and says so in
// its report.
func TestAPageWithoutAnErrorView(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := quietGroup()
		register(t, g, "n", Policy{}, func(ctx context.Context, key string) (int, error) { return 0, errSource })
		s := bound(t, g, `{{async "n" .}}{{define "n:default"}}wait {{.Failures}}{{end}}`, Options{})
		shows(t, s, "k", "wait 0", Report{Pending: 1})
		synctest.Wait()
		shows(t, s, "k", "wait 1", Report{Failed: 1})
		_, r := execute(t, s, "k")
		if r.Holes() != 1 {
			t.Errorf("%d holes on the page", r.Holes())
		}
		closeGroup(t, g)
	})
}

// TestAnOvertakenViewHasNotFailed: it was cancelled, which nobody has to be told.
func TestAnOvertakenViewHasNotFailed(t *testing.T) {
	for name, overtake := range map[string]func(h *Handle[string, int]){
		"Forget": func(h *Handle[string, int]) { h.Forget("k") },
		"Put":    func(h *Handle[string, int]) { h.Put("k", 2) },
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var log strings.Builder
				g := &Group{Logger: textLogger(&log)}
				h := register(t, g, "f", Policy{}, func(context.Context, string) (int, error) { return 1, nil })
				s := boundWith(t, g, template.FuncMap{"slow": func() string { sleep(time.Second); return "" }},
					`{{async "f" "k"}}{{define "f:view"}}{{slow}}{{.}}{{end}}`, Options{})
				execute(t, s, nil)
				advance(time.Second / 2)
				overtake(h)
				advance(time.Minute)
				if n := h.frag.counts.viewErrors.Load(); n != 0 || log.Len() > 0 {
					t.Errorf("%d failed views; the log has %s", n, log.String())
				}
				closeGroup(t, g)
			})
		})
	}
}

// TestASlowLoggerHoldsNobodyUp who waits for a value whose view has failed.
func TestASlowLoggerHoldsNobodyUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := &Group{Logger: slog.New(slowHandler{})}
		h := register(t, g, "f", Policy{}, func(context.Context, string) (int, error) { return 1, nil })
		s := bound(t, g, `{{async "f" "k"}}{{define "f:view"}}{{index . 99}}{{end}}`, Options{})
		begun := time.Now()
		execute(t, s, nil)
		if v, err := h.Wait(t.Context(), "k"); v != 1 || err != nil || time.Since(begun) > 0 {
			t.Errorf("Wait = %d, %v after %v", v, err, time.Since(begun))
		}
		advance(time.Hour)
		closeGroup(t, g)
	})
}

type slowHandler struct{ slog.Handler }

func (slowHandler) Enabled(context.Context, slog.Level) bool  { return true }
func (slowHandler) Handle(context.Context, slog.Record) error { sleep(time.Minute); return nil }
