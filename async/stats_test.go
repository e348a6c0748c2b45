package async

import (
	"context"
	"fmt"
	"html/template"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// TestStats raises every number once at least, and no other.
func TestStats(t *testing.T) {
	type step struct {
		name string
		do   func(h *Handle[string, string], release chan struct{})
		want Stats // what is different afterwards
	}
	get := func(key string, after time.Duration) func(h *Handle[string, string], _ chan struct{}) {
		return func(h *Handle[string, string], _ chan struct{}) { h.Get(key); advance(after) }
	}
	steps := []step{
		{"nothing", func(*Handle[string, string], chan struct{}) {}, Stats{}},
		{"a default", get("a", 0), Stats{Defaults: 1, Running: 1, Runs: 1}},
		{"a poll", get("a", time.Second), Stats{Defaults: 1, Running: -1, Results: 1, Bytes: 2, LastDuration: time.Second, UsualDuration: time.Second}},
		{"a hit", get("a", 0), Stats{Hits: 1}},
		{"a hit of Wait", func(h *Handle[string, string], _ chan struct{}) { h.Wait(context.Background(), "a") }, Stats{Hits: 1}},
		{"a stale hit, and a shorter run", get("a", 0), Stats{StaleHits: 1, Runs: 1, LastDuration: -time.Second}},
		{"an error", get("error", 0), Stats{Defaults: 1, Runs: 1, Failures: 1, FailedKeys: 1}},
		{"a panic", get("panic", 0), Stats{Defaults: 1, Runs: 1, Failures: 1, Panics: 1, FailedKeys: 1}},
		{"an exit, and a failure pushed out", get("exit", 0), Stats{Defaults: 1, Runs: 1, Failures: 1, Exits: 1, ForgottenFailures: 1}},
		{"too large", get("large", 0), Stats{Defaults: 1, Runs: 1, Failures: 1, OverLimit: 1, ForgottenFailures: 1}},
		{"a timeout", get("hang", 11*time.Second), Stats{Defaults: 1, Runs: 1, Failures: 1, Timeouts: 1, ForgottenFailures: 1, Abandoned: 1}},
		{"no more may hang", get("b", 0), Stats{Defaults: 1, Refused: 1}},
		{"a late result", func(h *Handle[string, string], release chan struct{}) { close(release); synctest.Wait() },
			Stats{Late: 1, Abandoned: -1, FailedKeys: -1, Results: 1, Bytes: 8, LastDuration: 11 * time.Second}},
		{"a discarded result", func(h *Handle[string, string], _ chan struct{}) {
			h.Get("slow")
			synctest.Wait()
			h.Forget("slow")
			advance(2 * time.Second)
		}, Stats{Defaults: 1, Runs: 2, Discarded: 1, Results: 1, Bytes: 8, LastDuration: -10 * time.Second}},
		{"one evicted", get("a third", 0), Stats{Defaults: 1, Runs: 1, Evicted: 1, Bytes: 14 - 8, LastDuration: -time.Second}},
		{"a long key", get(strings.Repeat("x", 2000), 0), Stats{Defaults: 1, Runs: 1, HashedKeys: 1, Failures: 1, OverLimit: 1, FailedKeys: 1}},
	}
	synctest.Test(t, func(t *testing.T) {
		g := quietGroup()
		release := make(chan struct{})
		runs := 0
		h := register(t, g, "f", Policy{
			MaxAge: time.Minute, Timeout: 10 * time.Second, Jitter: -1,
			MaxRuns: 1, MaxWaiting: 1, MaxAbandoned: 1, MaxFailures: 2, MaxResults: 3, MaxBytes: 100,
		}, func(ctx context.Context, key string) (string, error) {
			switch runs++; key {
			case "a":
				if runs == 1 {
					return key, pause(ctx, time.Second)
				}
			case "error":
				return "", errSource
			case "panic":
				panic(key)
			case "exit":
				runtime.Goexit()
			case "large":
				return strings.Repeat("x", 200), nil
			case "hang":
				<-release
			case "slow":
				return key, pause(ctx, time.Second)
			}
			return key, nil
		})
		before := Stats{Name: "f"}
		for _, s := range steps {
			if strings.HasPrefix(s.name, "a stale hit") {
				advance(time.Minute)
			}
			s.do(h, release)
			synctest.Wait()
			got := only(t, g.Stats(), "f")
			if diff := difference(got, before); diff != s.want {
				t.Errorf("%s:\n%+v, want\n%+v", s.name, diff, s.want)
			}
			before = got
		}
		closeGroup(t, g)
	})
}

func only(t *testing.T, all []Stats, name string) (found Stats) {
	t.Helper()
	n := 0
	for _, s := range all {
		if s.Name == name {
			found = s
			n++
		}
	}
	if n != 1 {
		t.Fatalf("%d of %+v are of %q", n, all, name)
	}
	return found
}

// difference is what has been added. A name that is the same is left out.
func difference(now, before Stats) Stats {
	return Stats{
		Hits: now.Hits - before.Hits, StaleHits: now.StaleHits - before.StaleHits, Defaults: now.Defaults - before.Defaults,
		Runs: now.Runs - before.Runs, Failures: now.Failures - before.Failures, Panics: now.Panics - before.Panics,
		Exits: now.Exits - before.Exits, Timeouts: now.Timeouts - before.Timeouts, OverLimit: now.OverLimit - before.OverLimit,
		Late: now.Late - before.Late, Discarded: now.Discarded - before.Discarded, Refused: now.Refused - before.Refused,
		Evicted: now.Evicted - before.Evicted, ForgottenFailures: now.ForgottenFailures - before.ForgottenFailures,
		BadKeys: now.BadKeys - before.BadKeys, HashedKeys: now.HashedKeys - before.HashedKeys,
		NotShown: now.NotShown - before.NotShown, ViewErrors: now.ViewErrors - before.ViewErrors,
		Results: now.Results - before.Results, Bytes: now.Bytes - before.Bytes, Running: now.Running - before.Running,
		Waiting: now.Waiting - before.Waiting, Abandoned: now.Abandoned - before.Abandoned, FailedKeys: now.FailedKeys - before.FailedKeys,
		LastDuration: now.LastDuration - before.LastDuration, UsualDuration: now.UsualDuration - before.UsualDuration,
	}
}

// TestStatsOfPages: a page counts a key once, however often it stands there; values
// in attributes look by themselves; what cannot be shown has its own numbers.
func TestStatsOfPages(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := quietGroup()
		h := register(t, g, "f", Policy{}, func(ctx context.Context, key string) (string, error) { return key, nil })
		s := bound(t, g, `{{async "f" "k"}}{{async "f" "k"}}<p title="{{async "f" "k"}}">{{async "f" .}}`+
			`{{define "f:view"}}{{if eq . "bad"}}{{index . 99}}{{end}}{{end}}`+
			`{{define "deep"}}{{async "deep" .}}{{end}}{{async "deep" 1}}`, Options{})
		h.Put("k", "v")
		h.Put("bad", "bad")
		synctest.Wait()
		execute(t, s, nil)
		synctest.Wait()
		if got := only(t, g.Stats(), "f"); got.Hits != 2 || got.BadKeys != 1 || got.ViewErrors != 1 || got.Runs != 0 {
			t.Errorf("%+v", got)
		}
		execute(t, s, "k")
		if got := only(t, g.Stats(), "deep"); got.NotShown == 0 {
			t.Errorf("%+v", got)
		}
		closeGroup(t, g)
		runtime.KeepAlive(s)
	})
}

// TestStatsOfCommands: one fragment for all of them, and none where there was none.
func TestStatsOfCommands(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := quietGroup()
		if all := g.Stats(); len(all) != 0 {
			t.Errorf("%+v", all)
		}
		for range 3 {
			CommandIn(g, "a", 0, value(1))
			CommandIn(g, "b", "", value("x"))
			advance(time.Second)
		}
		if got := only(t, g.Stats(), "Command"); got.Hits != 4 || got.Defaults != 2 || got.Results != 2 {
			t.Errorf("%+v", got)
		}
		closeGroup(t, g)
	})
}

// TestStatsForgetDroppedSets: a set that its program has dropped is not listed, nor
// kept, for the sake of its numbers.
func TestStatsForgetDroppedSets(t *testing.T) {
	g := quietGroup()
	register(t, g, "a", Policy{}, func(ctx context.Context, key string) (string, error) { return key, nil })
	for range 10 {
		bound(t, g, `{{define "b"}}x{{end}}{{async "b" .}}`, Options{})
	}
	kept := bound(t, g, `{{define "c"}}x{{end}}{{async "c" .}}`, Options{})
	for range 3 { // a clean-up may take a second collection
		runtime.GC()
	}
	var names []string
	for _, s := range g.Stats() {
		names = append(names, s.Name)
	}
	if got := fmt.Sprint(names); got != "[a c]" {
		t.Errorf("%s, want [a c]", got)
	}
	closeGroup(t, g)
	runtime.KeepAlive(kept)
}

// TestUsualDuration is a median: one slow run does not change it.
func TestUsualDuration(t *testing.T) {
	var d durations
	for i, want := range []time.Duration{3, 3, 3, 3, 3} {
		d.add([]time.Duration{3, 1, 3, 3000, 2}[i])
		if last, usual := d.read(); usual != want || last != []time.Duration{3, 1, 3, 3000, 2}[i] {
			t.Errorf("after %d runs %d is usual, and %d was the last; want %d", i+1, usual, last, want)
		}
	}
	for range 8 {
		d.add(7)
	}
	if _, usual := d.read(); usual != 7 {
		t.Errorf("%d is usual, want 7 after eight of thirteen", usual)
	}
	for range 15 {
		d.add(9)
	}
	if _, usual := d.read(); usual != 9 {
		t.Errorf("%d is usual, want 9: the runs before the last 15 do not count", usual)
	}
}

// TestWhatIsShownIsCounted, not what is known: a value whose view is not there yet, or
// has failed, shows a default. Renders are no runs.
func TestWhatIsShownIsCounted(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := quietGroup()
		h := register(t, g, "f", Policy{Timeout: 10 * time.Second}, func(ctx context.Context, key string) (string, error) { return key, nil })
		s := boundWith(t, g, template.FuncMap{"slow": func() string { sleep(time.Second); return "" }},
			`{{async "f" .}}{{define "f:view"}}{{slow}}{{if eq . "bad"}}{{index . 99}}{{end}}{{end}}`, Options{})
		for _, key := range []string{"k", "bad"} {
			h.Put(key, key)
			execute(t, s, key)
			advance(2 * time.Second)
			execute(t, s, key)
		}
		got := only(t, g.Stats(), "f")
		if got.Hits != 1 || got.Defaults != 3 || got.ViewErrors != 1 {
			t.Errorf("%+v; want a hit when the view was there, and three defaults", got)
		}
		h.Put("k", "new")
		h.Put("k", "newer") // overtakes the render of the one before
		advance(time.Minute)
		if got := only(t, g.Stats(), "f"); got.Runs+got.Failures+got.Discarded+got.Late != 0 {
			t.Errorf("%+v; there was no run", got)
		}
		closeGroup(t, g)
	})
}

// TestLookingIsNoUse: what the library looks at for itself, or for a status page, is
// not kept from eviction by that.
func TestLookingIsNoUse(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := quietGroup()
		h := register(t, g, "f", Policy{MaxResults: 10}, func(ctx context.Context, key int) (int, error) { return key, nil })
		for n := range 10 {
			h.Put(n, n)
		}
		for n := range 5 {
			h.Get(n)
		}
		for range g.Keys("f") {
		}
		for n := range 5 {
			h.Put(5+n, n) // again: nobody has read it
			h.Put(100+n, n)
		}
		for n := range 5 {
			if _, ok := h.frag.glance(strconv.Itoa(n)); !ok {
				t.Errorf("%d was read, and was evicted", n)
			}
		}
		closeGroup(t, g)
	})
}
