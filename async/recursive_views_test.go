package async

import (
	"context"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// TestViewsThatContainEachOtherInAttributes: the error view of x has y in an
// attribute, and y has x in it. Nothing of that is a circle of runs, which Bind
// refuses; but it was one of executions, which ended with the stack, and with it the
// process.
func TestViewsThatContainEachOtherInAttributes(t *testing.T) {
	for name, c := range map[string]struct{ templates, want string }{
		"error view":       {`{{define "x:error"}}<i title="{{async "y" .Key}}">e</i>{{end}}{{define "y"}}<b>{{async "x" .}}</b>{{end}}{{async "x" .}}`, `<i title="e">e</i>`},
		"default":          {`{{define "x:default"}}<i title="{{async "y" .Key}}">d</i>{{end}}{{define "y"}}<b>{{async "x" .}}</b>{{end}}{{async "x" .}}`, `<i title="d">d</i>`},
		"through a value":  {`{{define "x:error"}}{{asyncvalue "y" .Key}}e{{end}}{{define "y"}}<b>{{async "x" .}}</b>{{end}}{{async "x" .}}`, `<b>e</b>e`},
		"in the attribute": {`{{define "x:error"}}<i title="{{async "y" .Key}}">e</i>{{end}}{{define "y"}}<b>{{async "x" .}}</b>{{end}}<p title="{{async "y" .}}">`, `<p title="e">`},
		"with a default":   {`{{define "x:error"}}<i title="{{async "y" .Key "none"}}">e</i>{{end}}{{define "y"}}<b>{{async "x" .}}</b>{{end}}<p>{{asyncvalue "y" .}}`, `<p><b><i title="none">e</i></b>`},
		"itself":           {`{{define "y"}}a{{async "y" 5}}{{end}}{{define "y:default"}}<i title="{{async "y" .Key}}">w</i>{{end}}{{async "y" 1}}`, `aa<i title="aw">w</i>`},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				g := quietGroup()
				register(t, g, "x", Policy{Backoff: 1 << 60, MaxBackoff: 1 << 60}, func(context.Context, string) (string, error) { return "", errSource })
				s := bound(t, g, c.templates, Options{})
				for range 3 { // y is there at the second, and its own content at the third
					execute(t, s, "k")
					synctest.Wait()
				}
				if got, _ := execute(t, s, "k"); got != c.want {
					t.Errorf("%s\nwant %s", got, c.want)
				}
				closeGroup(t, g)
			})
		})
	}
}

// TestManyViewsInAttributes: each level has ten of the next in attributes, which
// would be ten thousand million executions; what they may write together is bounded.
func TestManyViewsInAttributes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := quietGroup()
		register(t, g, "x", Policy{}, func(context.Context, int) (string, error) { return "", errSource })
		s := bound(t, g, `{{define "x:error"}}`+strings.Repeat(`<i title="{{async "y" .Key}}">`, 10)+`{{end}}`+
			`{{define "y"}}`+strings.Repeat(`{{async "x" 1}}{{async "x" 2}}`, 5)+`{{end}}{{async "x" 1}}`, Options{MaxOutput: 2000, MaxDepth: 1000})
		for range 3 {
			execute(t, s, nil)
			synctest.Wait()
		}
		execute(t, s, nil)
		closeGroup(t, g)
	})
}

// TestAnErrorViewDoesNotLookForOthers: what stands in an error view is not waited for,
// but the same key after it, in HTML that is kept, is.
func TestAnErrorViewDoesNotLookForOthers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := quietGroup()
		register(t, g, "a", Policy{}, func(context.Context, string) (string, error) { return "", errSource })
		register(t, g, "b", Policy{}, func(ctx context.Context, _ string) (string, error) { return "B", pause(ctx, time.Second) })
		s := bound(t, g, `{{async "o" .}}{{define "o"}}<p title="{{async "inner" .}}">{{end}}`+
			`{{define "inner"}}{{async "a" .}}{{async "b" .}}{{end}}{{define "a:error"}}({{async "b" .}}){{end}}`, Options{})
		execute(t, s, "k")
		advance(5 * time.Second)
		if got, _ := execute(t, s, "k"); got != `<p title="()B">` {
			t.Errorf("kept %s", got)
		}
		closeGroup(t, g)
	})
}
