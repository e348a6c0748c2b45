package page_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/infill-go/infill/async"
	"github.com/infill-go/infill/async/page"
)

// timed registers a fragment for each of the names whose runs take the number of milliseconds that is their key.
func timed(t testing.TB, g *async.Group, names ...string) map[string]*async.Handle[int, string] {
	t.Helper()
	all := make(map[string]*async.Handle[int, string])
	for _, name := range names {
		h, err := async.Register(g, name, func(ctx context.Context, ms int) (string, error) {
			sleep(time.Duration(ms) * time.Millisecond)
			return fmt.Sprintf("%s %d", name, ms), nil
		}, async.Policy{})
		if err != nil {
			t.Fatal(err)
		}
		all[name] = h
	}
	return all
}

// firstByte is when the shell was written.
func (r *recorder) firstByte(t testing.TB) time.Duration {
	t.Helper()
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, e := range r.events {
		if e.what == "write" {
			return e.at
		}
	}
	t.Fatal("nothing was written")
	return 0
}

// TestQuickFragments stand in their place as if they had always been there: no marker, no script's mark, one write, and
// nothing said about caches.
func TestQuickFragments(t *testing.T) {
	for _, ms := range []int{0, 1, 19} {
		synctest.Test(t, func(t *testing.T) {
			g := quietGroup(t)
			timed(t, g, "f", "inner")
			v := get(t, bind(t, g, `<p>{{async "f" . "wait"}}</p>{{define "f:view"}}{{.}} with {{async "inner" 0}}{{end}}`, page.Options{}), ms)
			pass(time.Duration(ms) * time.Millisecond)
			want := fmt.Sprintf("<p>f %d with inner 0</p>", ms)
			if got := v.texts("write"); len(got) != 1 || got[0] != want {
				t.Errorf("%d ms: %q, want %q", ms, got, want)
			}
			if !v.over() || v.header["Cache-Control"] != nil || v.header["X-Accel-Buffering"] != nil || v.texts("flush") != nil {
				t.Errorf("%d ms: over %v, %v", ms, v.over(), v.script())
			}
			if at := v.firstByte(t); at != time.Duration(ms)*time.Millisecond {
				t.Errorf("%d ms: sent after %v", ms, at)
			}
		})
	}
}

// TestBudget: when the shell is sent, and with what in its place.
func TestBudget(t *testing.T) {
	tests := []struct {
		name   string
		page   string
		budget time.Duration
		want   time.Duration // when the shell is sent
		body   string        // up to the mark after it
	}{
		{"the default", `{{async "a" 5 "-"}} {{async "a" 500 "-"}}`, 0, 20 * time.Millisecond, `a 5 <?start name="x1">-<?end>`},
		{"a longer one", `{{async "a" 45 "-"}} {{async "a" 500 "-"}}`, 50 * time.Millisecond, 50 * time.Millisecond, `a 45 <?start name="x1">-<?end>`},
		{"none", `<p>{{async "a" 1 "-"}}`, -1, 0, `<p><?start name="x1">-<?end>`},
		{"shared by those after each other", `{{async "outer" 15 "-"}}{{define "outer:view"}}{{.}} {{async "a" 15 "-"}}{{end}}`, 0,
			20 * time.Millisecond, `outer 15 <?start name="x1">-<?end>`},
		{"used up by the template", `{{async "a" 10 "-"}}{{sleep 30}} {{async "b" 5 "-"}}`, 0, 30 * time.Millisecond,
			`a 10 <?start name="x1">-<?end>`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				g := quietGroup(t)
				timed(t, g, "a", "b", "outer")
				o := page.Options{Budget: tt.budget}
				v := get(t, bindWith(t, g, map[string]any{"sleep": func(ms int) string { sleep(time.Duration(ms) * time.Millisecond); return "" }}, tt.page, o), nil)
				pass(time.Second)
				shell, _, _ := strings.Cut(plainNames(v.texts("write")[0]), "<div hidden>")
				if at := v.firstByte(t); at != tt.want || shell != tt.body {
					t.Errorf("after %v: %s\nwant after %v: %s", at, shell, tt.want, tt.body)
				}
				if b := browse(v.body()); b.problems != nil || b.unfilled() != nil {
					t.Errorf("%q\n%s", b.problems, v.script())
				}
			})
		})
	}
}

// TestWhatUsuallyTakesLongerIsNotWaitedFor, but comes in its place if it is there when the others are.
func TestWhatUsuallyTakesLongerIsNotWaitedFor(t *testing.T) {
	for _, tt := range []struct {
		page string
		want time.Duration
		body string
	}{
		{`{{async "slow" 100 "-"}}`, 0, `<?start name="x1">-<?end>`},
		{`{{async "slow" 100 "-"}} {{async "quick" 5 "-"}}`, 5 * time.Millisecond, `<?start name="x1">-<?end> quick 5`},
		{`{{async "slow" 3 "-"}} {{async "quick" 5 "-"}}`, 5 * time.Millisecond, `slow 3 quick 5`},
	} {
		synctest.Test(t, func(t *testing.T) {
			g := quietGroup(t)
			all := timed(t, g, "slow", "quick")
			if _, err := all["slow"].Wait(t.Context(), 100); err != nil {
				t.Fatal(err)
			}
			all["slow"].Forget(100)
			v := get(t, bind(t, g, tt.page, page.Options{}), nil)
			pass(time.Second)
			shell, _, _ := strings.Cut(plainNames(v.texts("write")[0]), "<div hidden>")
			if at := v.firstByte(t); at != tt.want || shell != tt.body {
				t.Errorf("%s: after %v: %s\nwant after %v: %s", tt.page, at, shell, tt.want, tt.body)
			}
		})
	}
}

// TestTheSameKeyTwice: one run, two places, each with its own name.
func TestTheSameKeyTwice(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := quietGroup(t)
		all := register(t, g, "f")
		v := get(t, bind(t, g, `<p>{{async "f" 1 "one"}}</p><p>{{async "f" 1 "two"}}</p>`, page.Options{}), nil)
		pass(time.Second)
		all.open("f", "value") // a second run would wait for ever
		pass(0)
		want := []string{
			`<p><?start name="x1">one<?end></p><p><?start name="x2">two<?end></p><div hidden><async-fill wait="12000"></async-fill></div>`,
			`<template for="x1">value</template><async-fill></async-fill>`,
			`<template for="x2">value</template><async-fill></async-fill>`,
			`<async-fill end></async-fill>`,
		}
		if got := v.texts("write"); plainNames(strings.Join(got, "\n")) != strings.Join(want, "\n") {
			t.Errorf("%q\nwant\n%q", got, want)
		}
		if n := runsOf(g, "f"); n != 1 {
			t.Errorf("%d runs", n)
		}
	})
}
