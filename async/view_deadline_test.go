package async

import (
	"context"
	"html/template"
	"testing"
	"testing/synctest"
	"time"
)

// TestAViewHasADeadline: one that takes longer than Timeout has failed, and ends as
// soon as it prints anything.
func TestAViewHasADeadline(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := quietGroup()
		calls := 0
		funcs := template.FuncMap{"slow": func() string {
			calls++
			sleep(testTimeout + time.Second)
			return "x"
		}}
		register(t, g, "f", Policy{Timeout: testTimeout, Backoff: time.Hour, MaxBackoff: time.Hour}, func(ctx context.Context, key string) (string, error) { return key, nil })
		s := boundWith(t, g, funcs, `{{async "f" .}}{{define "f:view"}}{{slow}}{{slow}}{{slow}}{{end}}{{define "f:error"}}{{.Reason}}{{end}}`, Options{})
		execute(t, s, "k")
		advance(10 * testTimeout)
		shows(t, s, "k", "view", Report{Failed: 1})
		if calls != 1 {
			t.Errorf("the view went on after its deadline: slow was called %d times", calls)
		}
		closeGroup(t, g)
	})
}
