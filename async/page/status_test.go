package page_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/infill-go/infill/async/page"
)

// statusOf renders one page of three fragments, of which so many fail, and returns its status before and after.
func statusOf(t *testing.T, o page.Options, failing int) (before, after string) {
	t.Helper()
	g := quietGroup(t)
	all := register(t, g, "a", "b", "c")
	v := get(t, bind(t, g, `<body>{{asyncstatus}}<p>{{async "a" 1}}{{async "b" 1}}{{async "c" 1}}</p>`, o), nil)
	pass(time.Second)
	shell, _, _ := strings.Cut(v.texts("write")[0], "<div hidden>")
	for i, name := range []string{"a", "b", "c"} {
		if i < failing {
			all.fail(name)
		} else {
			all.open(name, "")
		}
	}
	synctest.Wait()
	b := browse(v.body())
	if b.problems != nil || !v.over() {
		t.Errorf("over %v, %q", v.over(), b.problems)
	}
	return statusText(t, browse(shell).String()), statusText(t, b.String())
}

// statusText is the text of the status, without markers.
func statusText(t *testing.T, document string) string {
	t.Helper()
	_, rest, ok := strings.Cut(document, `<span role="status">`)
	inside, _, _ := strings.Cut(rest, "</span>")
	if _, text, marked := strings.Cut(inside, "-->"); marked {
		inside, _, _ = strings.Cut(text, "<!--")
	}
	if !ok {
		t.Errorf("there is no status: %s", document)
	}
	return inside
}

func TestStatus(t *testing.T) {
	for _, failing := range []int{0, 2} {
		synctest.Test(t, func(t *testing.T) {
			if before, after := statusOf(t, page.Options{}, failing); before != "3 sections are loading" || after != "All sections are loaded" {
				t.Errorf("%d fail: %q, then %q", failing, before, after)
			}
		})
	}
}

// TestOptionsStatus has the text of another language, which is escaped.
func TestOptionsStatus(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		o := page.Options{Status: func(r *http.Request, pending int) string {
			return fmt.Sprintf("%s <%d> &", r.Method, pending)
		}}
		before, after := statusOf(t, o, 1)
		if before != "GET &lt;3&gt; &amp;" || after != "GET &lt;0&gt; &amp;" {
			t.Errorf("%q, then %q", before, after)
		}
	})
}

// TestOneStatus on a page, however often it is asked for; nothing in it if nothing is pending.
func TestOneStatus(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := quietGroup(t)
		all := register(t, g, "f")
		pages := bind(t, g, `{{asyncstatus}}<p>{{async "f" 1}}</p>{{asyncstatus}}`, page.Options{})
		v := get(t, pages, nil)
		pass(time.Second)
		if n := strings.Count(v.body(), `role="status"`); n != 1 {
			t.Errorf("%d: %s", n, v.body())
		}
		all.open("f", "value")
		synctest.Wait()
		if text := get(t, pages, nil).body(); text != `<span role="status"></span><p>value</p>` {
			t.Errorf("%s", text)
		}
	})
}

// TestTheStatusOfAPageThatIsLoadedAnew stays as it was.
func TestTheStatusOfAPageThatIsLoadedAnew(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := quietGroup(t)
		register(t, g, "f")
		v := get(t, bind(t, g, `<body>{{asyncstatus}}<p>{{async "f" 1}}</p>`, page.Options{}), nil)
		pass(3 * time.Second)
		if b := browse(v.body()); !b.again || statusText(t, b.String()) != "1 section is loading" {
			t.Errorf("%v", b)
		}
	})
}
