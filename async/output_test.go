package async

import (
	"context"
	"fmt"
	"testing"
	"testing/synctest"
	"time"
)

func TestRecursion(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := quietGroup()
		register(t, g, "count", Policy{}, func(ctx context.Context, n int) (int, error) { return n + 1, nil })
		s := bound(t, g, `{{async "self" .}}|{{async "deep" .}}
{{- define "self"}}<{{"b"}}>{{async "self" .}}{{end}}{{define "self:error"}}({{.Reason}}){{end}}
{{- define "deep"}}{{.}},{{async "deep" (asyncvalue "count" .)}}{{end}}{{define "deep:error"}}({{.Reason}}){{end}}`, Options{MaxDepth: 3})
		for range 6 {
			execute(t, s, 1)
			advance(time.Second)
		}
		shows(t, s, 1, `&lt;b>(cycle)|1,2,3,4,(cycle)`, Report{Ready: 5, Failed: 2})
		closeGroup(t, g)
	})
}

func TestMaxOutput(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := quietGroup()
		bomb := make([]struct{}, 1e6)
		register(t, g, "bomb", Policy{}, func(ctx context.Context, key string) ([]struct{}, error) { return bomb, nil })
		s := bound(t, g, `{{async "bomb" .}}{{async "twice" .}}
{{- define "bomb:view"}}{{range .}}boom{{end}}{{end}}{{define "bomb:error"}}({{.Reason}}){{end}}
{{- define "twice"}}{{async "half" .}}{{async "half" .}}{{async "half" .}}{{end}}
{{- define "half"}}{{printf "%0400d" 0}}{{end}}{{define "half:error"}}({{.Reason}}){{end}}`, Options{MaxOutput: 1000})
		execute(t, s, "k")
		advance(time.Second)
		half := fmt.Sprintf("%0400d", 0)
		shows(t, s, "k", `(view)`+half+half+`(limit)`, Report{Ready: 3, Failed: 2})
		closeGroup(t, g)
	})
}
