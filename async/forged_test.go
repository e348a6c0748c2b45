package async

import (
	"html/template"
	"strings"
	"testing"
)

// TestAForgedToken: whoever knows everything of a token but its secret makes no hole
// with it, neither while the token is out nor when it has come back.
func TestAForgedToken(t *testing.T) {
	var ts tokens
	real := ts.issue(call{site: 1, key: "k"})
	forged := strings.Replace(real, tokenSecret, "async:"+strings.Repeat("0", len(tokenSecret)-len("async:")), 1)
	if forged == real || len(forged) != tokenLen {
		t.Fatalf("%q is no forgery of %q", forged, real)
	}
	var c call
	if ts.redeem([]byte(forged), &c) {
		t.Errorf("%q was taken for the token of %+v", forged, c)
	}
	if !ts.redeem([]byte(real), &c) || c.key != "k" {
		t.Errorf("the token itself is that of %+v", c)
	}
	if ts.redeem([]byte(forged), &c) {
		t.Errorf("%q was taken for a token that is not out any more", forged)
	}

	g := quietGroup()
	s := bound(t, g, `{{async "x" "k" "d"}}{{.}}{{async "x" "k" "d"}}{{define "x"}}v{{end}}`, Options{})
	if page, _ := execute(t, s, template.HTML(forged)); page != "d"+forged+"d" {
		t.Errorf("page %q", page)
	}
	closeGroup(t, g)
}
