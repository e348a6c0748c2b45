package page_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/infill-go/infill/async/page"
)

// ordersPage has four fragments: plain, in a table; broken, which fails; outer, in whose value inner stands; and inner
// once more by itself.
const ordersPage = `<!DOCTYPE html>
<html lang="en"><head><title>Orders</title></head><body>
<table><tbody>{{async "plain" 1}}</tbody></table>
<p>{{async "broken" 1}}</p>
<div>{{async "outer" 1 "outer…"}}</div>
<p>{{async "inner" 1 "inner…"}}
</body></html>
{{- define "plain:view"}}<tr><td>{{.}}</td></tr>{{end}}
{{- define "plain:default"}}<tr><td>{{.Name}}…</td></tr>{{end}}
{{- define "broken:default"}}broken…{{end}}
{{- define "broken:error"}}<em>no answer</em>{{end}}
{{- define "outer:view"}}<h2>{{.}}</h2><p>{{async "inner" 1 "inner in outer…"}}</p>{{end}}
{{- define "inner:view"}}<b>{{.}}</b>{{end}}`

var orderNames = []string{"plain", "broken", "outer", "inner"}

// orders are all 24.
func orders() (all [][]string) {
	var extend func(order, rest []string)
	extend = func(order, rest []string) {
		if len(rest) == 0 {
			all = append(all, slices.Clone(order))
		}
		for i, name := range rest {
			extend(append(order, name), slices.Delete(slices.Clone(rest), i, i+1))
		}
	}
	extend(nil, orderNames)
	return all
}

// settle ends the run of one fragment of ordersPage.
func settle(g gates, name string) {
	if name == "broken" {
		g.fail(name)
		return
	}
	g.open(name, name+" & more")
}

// inOrder renders ordersPage, with its fragments completing in the given order, 100 ms apart.
func inOrder(t *testing.T, order []string) *visit {
	g := quietGroup(t)
	all := register(t, g, orderNames...)
	v := get(t, bind(t, g, ordersPage, page.Options{}), nil)
	for _, name := range order {
		pass(100 * time.Millisecond)
		settle(all, name)
	}
	pass(0)
	if !v.over() {
		t.Errorf("%v: everything is there, and the response goes on", order)
	}
	return v
}

// wholeOrders is the document that is rendered whole.
func wholeOrders(t *testing.T) string {
	var document string
	synctest.Test(t, func(t *testing.T) {
		g := quietGroup(t)
		all := register(t, g, orderNames...)
		for _, name := range orderNames {
			settle(all, name)
		}
		v := get(t, bind(t, g, ordersPage, page.Options{Mode: func(*http.Request) page.Mode { return page.Whole }}), nil)
		if v.body() == "" || strings.Contains(v.body(), "…") || strings.Contains(v.body(), "<?") {
			t.Fatalf("it is not whole: %s", v.body())
		}
		document = browse(v.body()).String()
	})
	return document
}

// TestEveryOrder: whatever comes first, the browser ends with the document that is rendered whole.
func TestEveryOrder(t *testing.T) {
	want := wholeOrders(t)
	all := orders()
	if len(all) != 24 {
		t.Fatalf("%d orders", len(all))
	}
	for _, order := range all {
		t.Run(strings.Join(order, " "), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				v := inOrder(t, order)
				b := browse(v.body())
				if got := b.String(); got != want || b.problems != nil || b.again || !b.waits || !b.ended {
					t.Errorf("%q, again %v, waits %v, ended %v\n%s\nwant\n%s\n%s", b.problems, b.again, b.waits, b.ended, got, want, v.script())
				}
				checkWire(t, v, order)
			})
		})
	}
}

// checkWire: each fragment that completes is sent in that order, in one write and then flushed, each write with a
// deadline of its own.
func checkWire(t *testing.T, v *visit, order []string) {
	t.Helper()
	before := map[string]string{"write": "deadline", "flush": "write"}
	var last string
	for i, e := range v.events {
		if want := before[e.what]; want != last && e.what != "deadline" {
			t.Errorf("event %d: %s after %q", i, e.what, last)
		}
		last = e.what
	}
	writes := v.texts("write")
	sent := writes[1 : len(writes)-1]
	for i, text := range sent {
		if strings.Count(text, "<template for=") != 1 || !strings.HasSuffix(text, "</template><async-fill></async-fill>") {
			t.Errorf("write %d is not one fragment: %q", i+1, text)
		}
	}
	// Nothing is sent twice: inner stands at two places, one of which comes with outer if outer is the later one.
	want := len(order)
	if slices.Index(order, "inner") > slices.Index(order, "outer") {
		want++
	}
	if len(sent) != want {
		t.Errorf("%d fragments were sent, want %d: %q", len(sent), want, sent)
	}
}

// TestOrdersToTheByte has some of the orders in files that one can read.
func TestOrdersToTheByte(t *testing.T) {
	for _, order := range [][]string{
		{"plain", "broken", "outer", "inner"},
		{"inner", "outer", "broken", "plain"},
		{"outer", "plain", "inner", "broken"},
	} {
		synctest.Test(t, func(t *testing.T) {
			golden(t, "order-"+strings.Join(order, "-")+".txt", inOrder(t, order).script())
		})
	}
}
