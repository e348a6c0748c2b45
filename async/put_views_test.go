package async

import (
	"context"
	"html/template"
	"strings"
	"testing"
	"testing/synctest"
)

// TestOldViewsAreCounted: those that Put keeps until the new ones are there count, and
// are not kept where there is no room for them beside the new value.
func TestOldViewsAreCounted(t *testing.T) {
	for _, c := range []struct {
		name     string
		maxBytes int64
		want     string
	}{
		{"room for both", 2500, strings.Repeat("x", 900) + "1"},
		{"room for one", 1500, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				g := quietGroup()
				release := make(chan struct{})
				funcs := template.FuncMap{"slow": func(v string) string {
					if v[0] == '2' {
						<-release
					}
					return v[:1]
				}}
				h := register(t, g, "f", Policy{MaxBytes: c.maxBytes}, func(ctx context.Context, key string) (string, error) { return "1", nil })
				s := boundWith(t, g, funcs, `{{async "f" .}}{{define "f:view"}}`+strings.Repeat("x", 900)+`{{slow .}}{{end}}`, Options{})
				if _, err := h.Wait(t.Context(), "k"); err != nil {
					t.Fatal(err)
				}
				if err := h.Put("k", "2"+strings.Repeat(" ", 799)); err != nil {
					t.Fatal(err)
				}
				synctest.Wait()
				if page, _ := execute(t, s, "k"); page != c.want {
					t.Errorf("until the new view is there, the page is %q, want %q", page, c.want)
				}
				close(release)
				synctest.Wait()
				closeGroup(t, g)
			})
		})
	}
}
