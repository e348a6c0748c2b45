package async

import (
	"context"
	"fmt"
	"html/template"
	"math"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// TestARunThatEndsInAKeyLeaksNoToken: the deadline falls into the evaluation of an
// async's key, so the token is issued and the execution ends with its Write.
func TestARunThatEndsInAKeyLeaksNoToken(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := quietGroup()
		register(t, g, "in", Policy{}, func(ctx context.Context, key string) (int, error) { return 1, nil })
		s := boundWith(t, g, template.FuncMap{"slow": func(key string) string { sleep(2 * time.Second); return key }},
			`{{async "x" .}}{{define "x"}}{{async "in" (slow .) "default"}}{{end}}`, Options{Policy: Policy{Timeout: time.Second}})
		for i := range 50 {
			execute(t, s, fmt.Sprint(i))
			advance(5 * time.Second)
		}
		if n := fragmentOf(s, "x").counts.timeouts.Load(); n != 50 {
			t.Errorf("%d of 50 runs timed out", n)
		}
		if n := len(s.tokens.calls); n > 2 || len(s.tokens.free) != n {
			t.Errorf("%d calls are kept, %d of them free", n, len(s.tokens.free))
		}
		for _, c := range s.tokens.calls {
			if c.key != nil || c.def != nil {
				t.Errorf("kept %+v", c)
			}
		}
		closeGroup(t, g)
	})
}

// TestAnAttributeWaitsForWhatIsNested: what stands in an attribute of a template
// fragment is kept as it is, so no default of anything below may get into it.
func TestAnAttributeWaitsForWhatIsNested(t *testing.T) {
	for _, text := range []string{
		`{{async "outer" .}}{{define "outer"}}<a title="{{async "inner" .}}"></a>{{end}}{{define "inner"}}x{{async "deep" . "wait"}}{{end}}`,
		`{{async "outer" .}}{{define "outer"}}<a title="{{asyncvalue "inner" .}}"></a>{{end}}{{define "inner"}}x{{async "deep" . "wait"}}{{end}}`,
		`{{async "outer" .}}{{define "outer"}}<a title="{{async "inner" .}}"></a>{{end}}{{define "inner"}}x{{async "middle" .}}{{end}}{{define "middle"}}{{async "deep" . "wait"}}{{end}}`,
	} {
		synctest.Test(t, func(t *testing.T) {
			g := quietGroup()
			register(t, g, "deep", Policy{}, func(ctx context.Context, key string) (string, error) { return "deep", pause(ctx, time.Second) })
			s := bound(t, g, text, Options{Policy: Policy{MaxAge: math.MaxInt64}})
			shows(t, s, "k", ``, Report{Pending: 1})
			advance(500 * time.Millisecond)
			shows(t, s, "k", ``, Report{Pending: 1})
			advance(500 * time.Millisecond)
			shows(t, s, "k", `<a title="xdeep"></a>`, Report{Ready: 1})
			closeGroup(t, g)
		})
	}
}

// TestTheOldValueKeepsItsHoles: NAME:stale has the old HTML with the holes in it,
// and not with the defaults that stood there when it was made.
func TestTheOldValueKeepsItsHoles(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := quietGroup()
		register(t, g, "inner", Policy{}, func(ctx context.Context, key string) (string, error) { return "here", pause(ctx, time.Second) })
		s := bound(t, g, `{{async "outer" .}}{{define "outer"}}outer {{async "inner" . "wait"}}{{end}}{{define "outer:stale"}}<i>{{.Value}}</i>{{end}}`,
			Options{Policy: Policy{MaxAge: time.Minute, Jitter: -1}})
		execute(t, s, "k")
		synctest.Wait()
		shows(t, s, "k", "outer wait", Report{Ready: 1, Pending: 1})
		advance(time.Minute)
		shows(t, s, "k", "<i>outer here</i>", Report{Ready: 2, Stale: 1})
		synctest.Wait()
		closeGroup(t, g)
	})
}

// TestADefaultThatStandsInItsOwnRunIsNotWaitedFor: deep fails, so its default or
// error view is written in a place of outer that waits, and outer stands in it.
func TestADefaultThatStandsInItsOwnRunIsNotWaitedFor(t *testing.T) {
	for _, view := range []string{"default", "error"} {
		t.Run(view, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				g := quietGroup()
				s := boundWith(t, g, template.FuncMap{"fail": func() (string, error) { return "", errSource }},
					`{{async "outer" .}}{{define "outer"}}<a title="{{async "inner" .}}"></a>{{end}}{{define "inner"}}x{{async "deep" .}}{{end}}{{define "deep"}}{{fail}}{{end}}
{{- define "deep:`+view+`"}}y{{async "outer" .Key "z"}}{{end}}`, Options{})
				execute(t, s, "k")
				synctest.Wait()
				shows(t, s, "k", `<a title="xyz"></a>`, Report{Ready: 1})
				closeGroup(t, g)
			})
		})
	}
}

// TestWhatStandsInADefaultIsNotWaitedFor, even in a place that waits: it is shown
// for want of something better, and what stands in it may take any time.
func TestWhatStandsInADefaultIsNotWaitedFor(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := quietGroup()
		register(t, g, "slow", Policy{}, func(ctx context.Context, key string) (string, error) { return "slow", pause(ctx, 10*time.Second) })
		register(t, g, "down", Policy{}, func(ctx context.Context, key string) (string, error) { return "", errSource })
		s := bound(t, g, `{{async "outer" .}}{{define "outer"}}<a title="{{async "inner" .}}"></a>{{end}}{{define "inner"}}x{{async "down" .}}{{end}}
{{- define "down:default"}}y{{async "slow" .Key "z"}}{{end}}`, Options{})
		execute(t, s, "k")
		synctest.Wait()
		shows(t, s, "k", `<a title="xyz"></a>`, Report{Ready: 1})
		advance(10 * time.Second)
		closeGroup(t, g)
	})
}

// TestATemplateEndsWithItsRun: it waits for a slow value; its deadline, or being
// forgotten, ends that wait, and nothing of it is left over.
func TestATemplateEndsWithItsRun(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := quietGroup()
		register(t, g, "slow", Policy{Timeout: time.Hour}, func(ctx context.Context, key string) (string, error) {
			return key, pause(ctx, 30*time.Minute)
		})
		s := bound(t, g, `{{async "outer" .}}{{define "outer"}}<a title="{{async "slow" .}}">{{end}}`, Options{Policy: Policy{Timeout: time.Second, MaxAbandoned: 1}})
		outer := fragmentOf(s, "outer")
		for _, key := range []string{"a", "b", "c"} {
			execute(t, s, key)
			advance(time.Second)
			if _, now := slots(outer); now.overdue+now.abandoned+now.running != 0 {
				t.Errorf("at its deadline the run of %s goes on: %+v", key, now)
			}
		}
		if n := outer.counts.timeouts.Load(); n != 3 {
			t.Errorf("%d timeouts", n)
		}
		advance(time.Hour)
		closeGroup(t, g)
	})
}

// TestKeysInHolesCount: captured HTML keeps the keys of its holes, long ones whole.
func TestKeysInHolesCount(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const length = 64 << 10
		g := quietGroup()
		register(t, g, "in", Policy{MaxResults: 1}, func(ctx context.Context, key string) (int, error) { return 1, nil })
		s := boundWith(t, g, template.FuncMap{"long": func(n int) string { return strings.Repeat(fmt.Sprint(n%10), length) }},
			`{{async "x" .}}{{define "x"}}{{async "in" (long .)}}{{end}}`, Options{Policy: Policy{MaxBytes: 10 * length}})
		for n := range 30 {
			execute(t, s, n)
			synctest.Wait()
		}
		kept := fragmentOf(s, "x").results
		if n := entriesOf(kept); n == 0 || n > 10 {
			t.Errorf("%d results are kept, of which no more than 10 fit", n)
		}
		if n := bytesOf(kept); n < int64(entriesOf(kept))*length {
			t.Errorf("%d results with a key of %d bytes count as %d", entriesOf(kept), length, n)
		}
		closeGroup(t, g)
	})
}

// TestSizesOfKeys: what is hashed counts as the strings that it keeps.
func TestSizesOfKeys(t *testing.T) {
	type host struct {
		Name  string
		Ports [2]string
		Port  int
		Any   any
	}
	long := strings.Repeat("x", 2000)
	g := quietGroup().ready()
	s := bound(t, g, `{{async "x" .}}{{define "x"}}x{{end}}`, Options{})
	for _, c := range []struct {
		key  any
		want int64 // at least; a little more is for what is not text
	}{
		{"web1", 4}, {7, 1}, {long, 2000}, {[2]string{long, long}, 4000},
		{host{long, [2]string{long, "x"}, 7, long}, 6000},
		{host{long, [2]string{}, 7, host{Name: long, Any: 7}}, 4000},
	} {
		key, id, err := fragmentOf(s, "x").convert(c.key)
		if err != nil {
			t.Fatal(err)
		}
		if n := (&hole{key: key, id: id}).keySize(); n < c.want || n > c.want+500 {
			t.Errorf("the key %.20v counts as %d bytes, want about %d", c.key, n, c.want)
		}
	}
	closeGroup(t, g)
}

// TestABadKeyInAnAttribute shows DEFAULT and is logged, in a page and in what is
// captured.
func TestABadKeyInAnAttribute(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := quietGroup()
		h := register(t, g, "n", Policy{}, func(ctx context.Context, key string) (int, error) { return 7, nil })
		s := boundWith(t, g, template.FuncMap{"nobody": func() *slowHost { return nil }},
			`<a title="{{async "n" nobody "?"}}"></a>{{async "x" .}}{{define "x"}}<a title="{{async "n" nobody "!"}}"></a>{{end}}`, Options{})
		execute(t, s, "k")
		synctest.Wait()
		shows(t, s, "k", `<a title="?"></a><a title="!"></a>`, Report{Ready: 1})
		if n := h.frag.counts.badKeys.Load(); n != 3 {
			t.Errorf("%d bad keys counted, want one for each time", n)
		}
		closeGroup(t, g)
	})
}
