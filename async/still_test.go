package async

import (
	"context"
	"maps"
	"slices"
	"strings"
	"testing"
)

// Views that print the same each time are executed once, when the set is bound, and no others.
func TestDefaultsWithoutActionsAreExecutedOnce(t *testing.T) {
	const long = 200
	g := quietGroup()
	end := make(chan struct{})
	for _, name := range []string{"text", "action", "long", "none"} {
		register(t, g, name, Policy{}, func(ctx context.Context, key string) (string, error) {
			<-end
			return key, nil
		})
	}
	set := bound(t, g, `{{define "page"}}[{{async "text" .}}][{{async "action" .}}][{{async "long" .}}][{{async "none" .}}]{{end}}
		{{define "text:default"}}<i title=x>wor{{/* nor this */}}king</i><!-- not printed -->{{end}}{{define "text:error"}}{{end}}
		{{define "action:default"}}{{.Key}} …{{end}}{{define "action:error"}}down{{end}}
		{{define "long:default"}}`+strings.Repeat("x", long+1)+`{{end}}`, Options{MaxOutput: long})
	if got, want := slices.Sorted(maps.Keys(set.still)), []string{"action:error", "text:default", "text:error"}; !slices.Equal(got, want) {
		t.Errorf("kept are %q, not %q", got, want)
	}
	var out strings.Builder
	report, err := set.Execute(&out, "page", "k")
	if err != nil {
		t.Fatal(err)
	}
	if want := "[<i title=x>working</i>][k …][][]"; out.String() != want || report.Pending != 4 {
		t.Errorf("the page is %q with %d pending, not %q with 4", out.String(), report.Pending, want)
	}
	close(end)
	closeGroup(t, g)
}
