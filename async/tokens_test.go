package async

import (
	"bytes"
	"html/template"
	"strings"
	"sync"
	"testing"
)

func TestTokens(t *testing.T) {
	var ts tokens
	a := ts.issue(call{site: 1, key: "a"})
	b := ts.issue(call{site: 2, key: "b", hasDefault: true, def: "default"})
	if a == b {
		t.Fatal("two calls have one token")
	}
	var c call
	if ok := ts.redeem([]byte(b), &c); !ok || c.site != 2 || c.key != "b" || c.def != "default" || !c.hasDefault {
		t.Errorf("redeemed %+v, %v", c, ok)
	}
	if ok := ts.redeem([]byte(a), &c); !ok || c.site != 1 || c.key != "a" {
		t.Errorf("redeemed %+v, %v", c, ok)
	}
	for _, p := range []string{"", "x", strings.Repeat("x", tokenLen), tokenSecret + "zzzzzzzz", tokenSecret + "aaaaaaaA", tokenSecret + "pppppppp"} {
		if ts.redeem([]byte(p), &c) {
			t.Errorf("%q was taken for the token of %+v", p, c)
		}
	}
	if ts.issue(call{site: 3}); len(ts.calls) != 2 {
		t.Errorf("%d calls are kept for tokens of which two were out at a time", len(ts.calls))
	}
}

// TestTokensKeepNothing: neither keys nor defaults, whatever the number of pages
// and of those who print at a time.
func TestTokensKeepNothing(t *testing.T) {
	g := quietGroup()
	s := bound(t, g, `{{range .}}{{async "x" . .}}{{end}}{{define "x"}}{{.}}{{end}}`, Options{})
	var pages sync.WaitGroup
	for range 8 {
		pages.Go(func() {
			for range 50 {
				if _, err := s.Execute(new(bytes.Buffer), "page", []string{"a", "b", "c"}); err != nil {
					t.Error(err)
				}
			}
		})
	}
	pages.Wait()
	closeGroup(t, g)
	if n := len(s.tokens.calls); n > 20 || len(s.tokens.free) != n {
		t.Errorf("%d calls kept, %d of them free", n, len(s.tokens.free))
	}
	for _, c := range s.tokens.calls {
		if c.key != nil || c.def != nil {
			t.Errorf("kept %+v", c)
		}
	}
}

// TestATokenTypedIn: only a token that is out stands for a hole, and what a
// visitor types never is one.
func TestATokenTypedIn(t *testing.T) {
	g := quietGroup()
	s := bound(t, g, `{{.}}{{async "x" "k" "d"}}{{define "x"}}{{.}}{{end}}`, Options{})
	forged := template.HTML("async:" + strings.Repeat("0", 40))
	if page, _ := execute(t, s, forged); page != string(forged)+"d" {
		t.Errorf("page %q", page)
	}
	closeGroup(t, g)
}
