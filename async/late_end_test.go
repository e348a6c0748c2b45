package async

import (
	"bytes"
	"context"
	"html/template"
	"io"
	"runtime"
	"strings"
	"testing"
	"testing/synctest"
	"weak"

	"github.com/infill-go/infill/async/internal/holes"
)

// TestLateEnd: when a page ends, nothing of it is left, however far it has come.
func TestLateEnd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		for steps := range 4 {
			g := quietGroup()
			outer, in := gate(t, g, "outer", Policy{}), gate(t, g, "in", Policy{})
			s := bound(t, g, `{{async "outer" .}}{{async "in" .}}{{async "t" .}}{{define "outer:view"}}{{async "in" "other"}}{{end}}{{define "t"}}{{asyncvalue "in" "t"}}{{end}}
{{- define "in:default"}}{{async "outer" "d"}}{{end}}`, Options{})
			p := respond(t, s, "k")
			if n := watchesOf(g); n != 4 {
				t.Errorf("%d watches, want 4", n)
			}
			steps := []func(){func() { outer.good("k") }, func() { in.good("k") }, func() { in.good("other") }}[:steps]
			for _, step := range steps {
				step()
				p.settle()
			}
			r := p.response.(*late).r
			p.response.End()
			if n := watchesOf(g); n != 0 {
				t.Errorf("after %d steps %d watches are left", len(steps), n)
			}
			clean(t, r)
			for _, f := range fragmentsOf(g) {
				for i := range f.shards {
					if n := len(f.shards[i].watches); n != 0 {
						t.Errorf("%d keys of %s are still watched", n, f.name)
					}
				}
			}
			p.wakes.Take()
			outer.Put("k", "v") // for nobody
			in.Put("other", "v")
			if p.raised() {
				t.Error("a page that has ended is woken")
			}
			outer.Put("d", "v")
			in.Put("k", "v")
			in.Put("t", "v")
			closeGroup(t, g)
		}
	})
}

// clean looks for what a response that was given back still has of its page.
func clean(t *testing.T, r *response) {
	t.Helper()
	if len(r.around) > 0 || r.late != nil || r.w != nil || r.text != nil || r.set != nil || len(r.seen.found) > 0 {
		t.Errorf("a response was given back with %+v", r)
	}
	for _, one := range r.around[:cap(r.around)] {
		if one != (standing{}) {
			t.Errorf("what stood around is kept: %q", one.id)
		}
	}
	for _, one := range r.seen.found[:cap(r.seen.found)] {
		if one != (sighting{}) {
			t.Errorf("a key is kept: %q", one.id)
		}
	}
}

// TestLatePagePanics in a default view, which html/template does not catch if a sequence
// of the user's does it; or when an error view is filled in later. The page ends, and the
// response that is used again knows nothing of it.
func TestLatePagePanics(t *testing.T) {
	for _, view := range []string{"default", "error"} {
		synctest.Test(t, func(t *testing.T) {
			g := quietGroup()
			f := gate(t, g, "ps", Policy{})
			s := boundWith(t, g, template.FuncMap{"panics": func() func(func(int) bool) {
				return func(func(int) bool) { panic("oh no") }
			}}, `[{{async "ps" .}}]{{define "ps:`+view+`"}}{{range panics}}{{end}}{{end}}`, Options{})
			p := &openPage{t: t}
			p.response = s.Respond(p, &p.wakes)
			r := p.response.(*late).r
			func() {
				defer p.response.End()
				defer func() {
					if recover() == nil {
						t.Error("the page did not panic")
					}
				}()
				_ = p.response.Execute("page", "k")
				f.bad("k")
				p.settle()
			}()
			clean(t, r)
			if watchesOf(g) != 0 || len(p.at) > 1 {
				t.Errorf("%d watches, %d places are being written", watchesOf(g), len(p.at))
			}
			if view == "default" {
				f.bad("k")
			}
			f.Put("k", "v")
			for range 4 {
				shows(t, s, "k", "[v]", Report{Ready: 1})
			}
			closeGroup(t, g)
		})
	}
}

// forgetful is a page that keeps the holes only.
type forgetful struct{ holes []holes.Hole }

func (p *forgetful) Write(b []byte) (int, error)       { return len(b), nil }
func (p *forgetful) WriteString(s string) (int, error) { return len(s), nil }
func (p *forgetful) Open(h holes.Hole)                 { p.holes = append(p.holes, h) }
func (p *forgetful) Close()                            {}
func (p *forgetful) Failed(error)                      {}
func (p *forgetful) Script()                           {}
func (p *forgetful) Status()                           {}

// TestAnOpenPageKeeps no more than the keys and DEFAULTs of its holes: not the data that
// the template was executed with. When it has ended, not even the group knows it, however
// long the runs go on.
func TestAnOpenPageKeeps(t *testing.T) {
	g := quietGroup()
	gate(t, g, "ps", Policy{})
	s := bound(t, g, `{{range .Keys}}{{async "ps" .}}{{end}}`, Options{})
	type data struct {
		Keys []string
		Rest [1 << 10]byte
	}
	d := &data{Keys: []string{"a", "b"}}
	page := &forgetful{}
	wakes := new(holes.Wakes)
	response := s.Respond(page, wakes)
	if err := response.Execute("page", d); err != nil {
		t.Fatal(err)
	}
	kept, left := weak.Make(d), weak.Make(page)
	d = nil
	runtime.GC()
	if kept.Value() != nil {
		t.Error("an open page keeps the template's data")
	}
	if len(page.holes) != 2 {
		t.Errorf("%d holes", len(page.holes))
	}
	response.End()
	runtime.KeepAlive(wakes)
	response, page, wakes = nil, nil, nil
	runtime.GC()
	runtime.GC()
	if left.Value() != nil {
		t.Error("a page that has ended is kept")
	}
	if err := g.Close(canceled()); err == nil {
		t.Error("the runs were not under way")
	}
}

// canceled is the context of a Close that cuts everything off.
func canceled() context.Context {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	return ctx
}

// TestLateWithoutATemplate: the error names it, and the response can be ended.
func TestLateWithoutATemplate(t *testing.T) {
	g := quietGroup()
	s := bound(t, g, `page`, Options{})
	p := &openPage{t: t}
	p.response = s.Respond(p, &p.wakes)
	if err := p.response.Execute("nope", nil); err == nil || !strings.Contains(err.Error(), `"nope"`) {
		t.Errorf("Execute = %v", err)
	}
	p.end(g)
}

// TestLateReady counts the values that stood there at first, as Execute reports them.
func TestLateReady(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := quietGroup()
		f := gate(t, g, "ps", Policy{})
		s := bound(t, g, `{{async "ps" "a"}}{{async "ps" "a"}}{{async "ps" "b"}}`, Options{})
		f.Put("a", "v")
		synctest.Wait()
		p := respond(t, s, nil)
		if n := p.response.Ready(); n != 2 {
			t.Errorf("%d are ready", n)
		}
		var b bytes.Buffer
		if r, err := s.Execute(io.MultiWriter(&b), "page", nil); err != nil || r.Ready != 2 {
			t.Errorf("%v, %+v", err, r)
		}
		f.good("b")
		p.settle()
		if n := p.response.Ready(); n != 3 {
			t.Errorf("%d are ready", n)
		}
		p.end(g)
	})
}
