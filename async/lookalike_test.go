package async

import (
	"html/template"
	"strings"
	"testing"
	"testing/synctest"
)

// TestATokenTypedInAfterAHole: the number of a token that exists does not help
// without the secret.
func TestATokenTypedInAfterAHole(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := quietGroup()
		s := bound(t, g, `{{async "x" "k" "d"}}{{.}}{{async "x" "k" "d"}}{{define "x"}}v{{end}}`, Options{})
		shows(t, s, "", "dd", Report{Pending: 2})
		synctest.Wait()
		for _, secret := range []string{strings.Repeat("0", 32), strings.Repeat("f", 32)} {
			forged := template.HTML("async:" + secret + string(tokenOf(0))[len(tokenSecret):])
			shows(t, s, forged, "v"+string(forged)+"v", Report{Ready: 2})
		}
		closeGroup(t, g)
	})
}
