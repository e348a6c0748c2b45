package page_test

import (
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/infill-go/infill/async/page"
)

// TestTheWindowEnds, and the page is loaded anew; the run goes on, and the next page has its value.
func TestTheWindowEnds(t *testing.T) {
	for _, tt := range []struct{ set, want time.Duration }{{0, 2 * time.Second}, {300 * time.Millisecond, 300 * time.Millisecond}} {
		synctest.Test(t, func(t *testing.T) {
			g := quietGroup(t)
			all := register(t, g, "f", "other")
			pages := bind(t, g, `<p>{{async "f" 1 "default"}}{{async "other" 1}}</p>`, page.Options{Window: tt.set})
			v := get(t, pages, nil)
			pass(100 * time.Millisecond)
			all.open("other", " and more")
			pass(20*time.Millisecond + tt.want - 100*time.Millisecond - 1)
			if v.over() {
				t.Error("it is over before its time")
			}
			pass(1)
			if !v.over() {
				t.Fatalf("after %v it is not over", tt.want)
			}
			if !strings.HasSuffix(v.body(), `</async-fill><async-fill end></async-fill><meta http-equiv="refresh" content="2">`) {
				t.Errorf("it ends with %s", v.body())
			}
			b := browse(v.body())
			if !b.again || !b.ended || b.problems != nil || len(b.unfilled()) != 1 || !strings.Contains(b.String(), "default<!--?end--> and more") {
				t.Errorf("%+v: %v", b, b)
			}
			if s := pages.Stats(); s != (page.Stats{Responses: 1, Streamed: 1, Late: 1, Unfilled: 1}) {
				t.Errorf("%+v", s)
			}
			all.open("f", "value")
			synctest.Wait()
			if next := get(t, pages, nil); next.body() != "<p>value and more</p>" {
				t.Errorf("the next page is %s", next.body())
			}
		})
	}
}

// TestNoWindow: the page has its defaults, nothing is held open, and the browser comes again.
func TestNoWindow(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := quietGroup(t)
		register(t, g, "f")
		v := get(t, bind(t, g, `<p>{{async "f" 1 "default"}}</p>`, page.Options{Window: -1}), nil)
		pass(20 * time.Millisecond)
		if !v.over() || v.body() != `<p>default</p><meta http-equiv="refresh" content="2">` {
			t.Errorf("over %v: %s", v.over(), v.body())
		}
	})
}

// TestMaxStreams: what would be one too many is sent at once.
func TestMaxStreams(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := quietGroup(t)
		register(t, g, "f")
		pages := bind(t, g, `<p>{{async "f" 1 "default"}}</p>`, page.Options{MaxStreams: 2})
		var open []*visit
		for range 2 {
			open = append(open, get(t, pages, nil))
		}
		pass(20 * time.Millisecond)
		third := get(t, pages, nil)
		pass(20 * time.Millisecond)
		if !third.over() || third.body() != `<p>default</p><meta http-equiv="refresh" content="2">` || third.header.Get("Cache-Control") != "no-store" {
			t.Errorf("over %v: %s", third.over(), third.script())
		}
		if open[0].over() || open[1].over() {
			t.Error("those before it are over")
		}
		open[0].leave()
		synctest.Wait()
		fourth := get(t, pages, nil)
		pass(20 * time.Millisecond)
		if fourth.over() {
			t.Error("the place of the one that left is not free")
		}
		if n := pages.Stats().Refused; n != 1 {
			t.Errorf("%d refused", n)
		}
		pass(2 * time.Second)
	})
}

// TestNoRefreshOfAPost: to load its page anew would send the form again.
func TestNoRefreshOfAPost(t *testing.T) {
	for _, mode := range []page.Mode{page.Stream, page.AtOnce, page.Plain} {
		synctest.Test(t, func(t *testing.T) {
			g := quietGroup(t)
			register(t, g, "f")
			pages := bind(t, g, `<p>{{async "f" 1 "default"}}</p>`, page.Options{Mode: func(*http.Request) page.Mode { return mode }})
			v := ask(t, func(w http.ResponseWriter, r *http.Request) { pages.Render(w, r, "page", nil) },
				func(r *http.Request) { r.Method = http.MethodPost })
			pass(5 * time.Second)
			if b := browse(v.body()); b.again || b.waits || v.header.Get("Refresh") != "" || !strings.Contains(v.body(), "default") {
				t.Errorf("%v: %s", mode, v.script())
			}
		})
	}
}

// TestWhatHasGoneIsNotWaitedFor: what stood in a default that was replaced. It is not sent either when it comes.
func TestWhatHasGoneIsNotWaitedFor(t *testing.T) {
	for _, innerFirst := range []bool{false, true} {
		synctest.Test(t, func(t *testing.T) {
			g := quietGroup(t)
			all := register(t, g, "inner", "outer", "last")
			pages := bind(t, g, `<p>{{async "outer" 1}}{{async "last" 1}}</p>{{define "outer:default"}}<i>{{async "inner" 1 "…"}}</i>{{end}}`, page.Options{})
			v := get(t, pages, nil)
			pass(100 * time.Millisecond)
			if innerFirst {
				all.open("inner", "inner")
				synctest.Wait()
			}
			all.open("outer", "outer")
			synctest.Wait()
			if !innerFirst {
				all.open("inner", "inner")
				synctest.Wait()
			}
			all.open("last", " and last")
			synctest.Wait()
			b := browse(v.body())
			if !v.over() || b.again || b.problems != nil || !strings.Contains(b.String(), "<p>outer and last</p>") {
				t.Errorf("inner first %v: over %v, %q\n%s", innerFirst, v.over(), b.problems, v.script())
			}
			if s := pages.Stats(); s.Unfilled != 0 {
				t.Errorf("%+v", s)
			}
		})
	}
}
