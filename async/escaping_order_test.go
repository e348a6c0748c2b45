package async

import (
	"context"
	"html/template"
	"testing"
	"testing/synctest"
)

// TestEscapingDoesNotDependOnTheOrder in which views are rendered: one template
// stands in element content in one view, and in an attribute in the other. Executed
// one after the other on one copy, html/template would derive the second from the
// first with its escapers, and leave out the attribute's own.
func TestEscapingDoesNotDependOnTheOrder(t *testing.T) {
	for _, order := range [][]string{{"v", "w"}, {"w", "v"}} {
		synctest.Test(t, func(t *testing.T) {
			g := quietGroup()
			fn := func(ctx context.Context, key string) (template.HTML, error) { return `<b>"x"</b>`, nil }
			handles := map[string]*Handle[string, template.HTML]{
				"v": register(t, g, "v", Policy{}, fn), "w": register(t, g, "w", Policy{}, fn),
			}
			s := bound(t, g, `{{async "v" .}}{{async "w" .}}{{define "q"}}{{.}}{{end}}`+
				`{{define "v:view"}}{{template "q" .}}{{end}}{{define "w:view"}}<p title="{{template "q" .}}">{{end}}`, Options{})
			for _, name := range order {
				handles[name].Get("k")
				synctest.Wait()
			}
			const want = `<b>"x"</b><p title="&#34;x&#34;">`
			if got, _ := execute(t, s, "k"); got != want {
				t.Errorf("rendered in the order %v:\n%s, want\n%s", order, got, want)
			}
			closeGroup(t, g)
		})
	}
}
