package async

import (
	"errors"
	"slices"
	"testing"
	"testing/synctest"
	"time"
)

// TestDecidedBeforeTheWatch: the page looks, and the run is under way; the run ends, and
// tells those who watch; the page watches. It must be woken all the same, whatever the
// run came to.
func TestDecidedBeforeTheWatch(t *testing.T) {
	for name, during := range map[string]func(f *gated){
		"good":   func(f *gated) { f.good("k") },
		"failed": func(f *gated) { f.bad("k") },
		"Put":    func(f *gated) { f.Put("k", "<k>") },
		"Forget": func(f *gated) { f.Forget("k") },
		"none":   func(f *gated) {},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				g := quietGroup()
				f := gate(t, g, "ps", Policy{})
				s := bound(t, g, psPage, Options{})
				p := &openPage{t: t}
				l := s.Respond(p, &p.wakes).(*late)
				p.response = l
				l.r.left = s.maxOutput
				h := s.hole(&call{key: "k"})
				_, snap := l.r.look(&h, 0)
				synctest.Wait()
				during(f)
				synctest.Wait()
				l.r.around = append(l.r.around, standing{h.site.frag, h.id})
				if err := l.r.show(&h, snap); err != nil {
					t.Fatal(err)
				}
				if want := name != "none"; p.raised() != want {
					t.Errorf("woken: %t", !want)
				}
				if name == "none" || name == "Forget" {
					p.settle()
					p.shows("…", 1)
					f.good("k")
				}
				p.settle()
				want := "<b>&lt;k&gt;</b>"
				if name == "failed" {
					want = "(error1)"
				}
				p.shows(want, 0)
				l.r.around = l.r.around[:0]
				p.end(g)
			})
		})
	}
}

// TestLateTwice: all holes of a key show one version, and the first that was found, in
// whatever way the others come to the page.
func TestLateTwice(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := quietGroup()
		v, a, b := gate(t, g, "v", Policy{}), gate(t, g, "a", Policy{}), gate(t, g, "b", Policy{})
		s := bound(t, g, `{{async "v" .}}|{{async "a" .}}|{{async "b" .}}|{{async "v" .}}{{define "v:default"}}…{{end}}
{{- define "a:view"}}a{{async "v" "k"}}{{end}}{{define "b:view"}}b{{async "v" "k"}}{{end}}`, Options{})
		p := respond(t, s, "k")
		a.good("k")
		p.settle()
		p.shows("…|a…||…", 4)
		v.end("k", "1", nil)
		synctest.Wait() // decided, and not yet looked at
		b.good("k")     // is behind it
		p.settle()
		p.shows("1|a1|b1|1", 0)

		q := respond(t, s, "k")
		q.shows("1|a1|b1|1", 0)
		v.Put("k", "2")
		synctest.Wait()
		if q.settle() != 0 {
			t.Error("a page that was complete has changed")
		}
		q.response.End()
		p.end(g)
	})
}

// TestLateTwiceAndOverwritten: between two holes of a key its value is put anew,
// forgotten, and fails.
func TestLateTwiceAndOverwritten(t *testing.T) {
	for name, between := range map[string]func(v *gated){
		"Put":          func(v *gated) { v.Put("k", "2") },
		"Forget":       func(v *gated) { v.Forget("k") },
		"Put, Refresh": func(v *gated) { v.Put("k", "2"); v.Refresh("k"); v.bad("k") },
		"expired":      func(v *gated) { advance(time.Hour) },
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				g := quietGroup()
				v, a := gate(t, g, "v", Policy{MaxAge: time.Minute, StaleWhileRevalidate: -1}), gate(t, g, "a", Policy{Timeout: 2 * time.Hour})
				s := bound(t, g, `{{async "v" .}}|{{async "a" .}}{{define "v:default"}}…{{end}}
{{- define "a:view"}}a{{async "v" "k"}}{{end}}`, Options{})
				p := respond(t, s, "k")
				v.end("k", "1", nil)
				p.settle()
				p.shows("1|", 1)
				between(v)
				a.good("k")
				p.settle()
				p.shows("1|a1", 0)
				advance(time.Hour) // for the run that the second hole asked for
				p.end(g)
			})
		})
	}
}

// TestDecidedWithNobodyThere: a key is decided while no hole of it is on the page. When
// one comes again, it shows that at once.
func TestDecidedWithNobodyThere(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		for _, fails := range []bool{false, true} {
			g := quietGroup()
			v, a, b := gate(t, g, "v", Policy{}), gate(t, g, "a", Policy{}), gate(t, g, "b", Policy{})
			s := bound(t, g, `{{async "a" .}}|{{async "b" .}}{{define "a:default"}}({{async "v" .Key}}){{end}}{{define "v:default"}}…{{end}}
{{- define "v:error"}}!{{end}}{{define "b:view"}}b{{async "v" "k"}}{{end}}`, Options{})
			p := respond(t, s, "k")
			p.shows("(…)|", 3)
			a.end("k", "a", nil)
			p.settle()
			p.shows("a|", 1)
			want := "a|b&lt;k&gt;"
			if fails {
				v.bad("k")
				want = "a|b!"
			} else {
				v.good("k")
			}
			looks := p.looks
			if p.settle(); p.looks != looks {
				t.Error("the page has looked at a key that it does not show")
			}
			b.good("k")
			p.settle()
			p.shows(want, 0)
			if v.ran("k") != 1 {
				t.Errorf("%d runs", v.ran("k"))
			}
			p.end(g)
		}
	})
}

// TestLateLooksAreNoRuns: what has failed is not run again by the page that waits for
// it, although there is no back-off; a page that is loaded anew does run it.
func TestLateLooksAreNoRuns(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := quietGroup()
		f := gate(t, g, "ps", Policy{Backoff: -1})
		s := bound(t, g, psPage, Options{})
		pages := []*openPage{respond(t, s, "k"), respond(t, s, "k")}
		f.bad("k")
		for _, p := range pages {
			p.settle()
			p.shows("[(error1)]", 0)
			p.response.End()
		}
		if n := f.ran("k"); n != 1 {
			t.Errorf("%d runs", n)
		}
		p := respond(t, s, "k")
		p.shows("[(error1)]", 1)
		f.good("k")
		p.settle()
		p.shows("[<b>&lt;k&gt;</b>]", 0)
		p.end(g)
	})
}

// TestManyWaitForOne: every page that shows a key hears of it, whichever has left.
func TestManyWaitForOne(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := quietGroup()
		f := gate(t, g, "ps", Policy{})
		s := bound(t, g, psPage, Options{})
		for leaves := range 1 << 5 {
			var pages []*openPage
			for range 5 {
				pages = append(pages, respond(t, s, "k"))
			}
			order := []int{2, 4, 0, 3, 1} // the middle, the first, the last of the list
			for _, i := range order {
				if leaves&(1<<i) != 0 {
					pages[i].response.End()
					pages[i] = nil
				}
			}
			pages = slices.DeleteFunc(pages, func(p *openPage) bool { return p == nil })
			if n := watchesOf(g); n != len(pages) {
				t.Fatalf("%d watches of %d pages", n, len(pages))
			}
			f.good("k")
			for _, p := range pages {
				p.settle()
				p.shows("[<b>&lt;k&gt;</b>]", 0)
				p.response.End()
			}
			f.Forget("k")
		}
		closeGroup(t, g)
	})
}

// TestAWatcherOfAKeyOnly hears nothing of the others.
func TestAWatcherOfAKeyOnly(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := quietGroup()
		f := gate(t, g, "ps", Policy{})
		s := bound(t, g, psPage, Options{})
		p, q := respond(t, s, "k"), respond(t, s, "other")
		f.good("other")
		if p.raised() || !q.raised() {
			t.Error("the wrong page is woken")
		}
		f.end("k", "", errors.New("no"))
		p.settle()
		p.shows("[(error1)]", 0)
		q.response.End()
		p.end(g)
	})
}
