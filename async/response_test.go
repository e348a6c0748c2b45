package async

import (
	"bytes"
	"context"
	"fmt"
	"html/template"
	"io"
	"reflect"
	"runtime"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	texttemplate "text/template"
	"weak"
)

// readySet is a set with a registered fragment, whose view holds another, and a
// template fragment. Its page takes keys; all of them are ready.
func readySet(t *testing.T, g *Group, keys []string, funcs template.FuncMap) *Set {
	t.Helper()
	register(t, g, "v", Policy{}, func(ctx context.Context, key string) (string, error) { return "<" + key + ">", nil })
	s := boundWith(t, g, funcs, `{{define "flat"}}{{range .}}<p>{{async "v" .}}</p>{{end}}{{end}}
{{- define "nested"}}{{range .}}<p>{{async "card" . "wait"}}</p>{{end}}{{end}}
{{- define "twice"}}{{range .}}{{async "v" .}}{{async "v" .}}{{end}}{{end}}
{{- define "broken"}}{{range .}}{{async "v" .}}{{range panics}}{{end}}{{end}}{{end}}
{{- define "v:view"}}<b>{{.}}</b>{{end}}{{define "card"}}<i>{{async "v" .}}</i>{{end}}`, Options{})
	for range 3 {
		for _, name := range []string{"flat", "nested"} {
			if _, err := s.Execute(io.Discard, name, keys); err != nil {
				t.Fatal(err)
			}
			synctest.Wait()
		}
	}
	return s
}

func someKeys(n int) (keys []string) {
	for i := range n {
		keys = append(keys, fmt.Sprintf("k&%d", i))
	}
	return keys
}

// TestResponsesAreUsedAgain by pages of all kinds, with what is right for each.
func TestResponsesAreUsedAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := quietGroup()
		all := someKeys(40)
		s := readySet(t, g, all, template.FuncMap{"panics": func() (none []int) { return }})
		formats := map[string]string{"flat": "<p><b>&lt;%[1]s&gt;</b></p>", "nested": "<p><i><b>&lt;%[1]s&gt;</b></i></p>", "twice": "<b>&lt;%[1]s&gt;</b><b>&lt;%[1]s&gt;</b>", "broken": "<b>&lt;%[1]s&gt;</b>"}
		holes := map[string]int{"flat": 1, "nested": 2, "twice": 2, "broken": 1}
		for _, n := range []int{40, 0, 3, 40, 1} {
			for name, format := range formats {
				var want strings.Builder
				for _, key := range all[:n] {
					fmt.Fprintf(&want, format, template.HTMLEscapeString(key))
				}
				var got bytes.Buffer
				report, err := s.Execute(&got, name, all[:n])
				if err != nil || got.String() != want.String() || report != (Report{Ready: n * holes[name]}) {
					t.Errorf("%s of %d: %v, %+v\n%s\nwant\n%s", name, n, err, report, &got, &want)
				}
			}
		}
		closeGroup(t, g)
	})
}

// TestAPagePanics in a sequence of the user's own, which html/template does not
// catch: the next pages are right.
func TestAPagePanics(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := quietGroup()
		s := readySet(t, g, someKeys(2), template.FuncMap{"panics": func() func(func(int) bool) {
			return func(func(int) bool) { panic("oh no") }
		}})
		for range 4 {
			func() {
				defer func() {
					if recover() == nil {
						t.Error("the page did not panic")
					}
				}()
				_, err := s.Execute(io.Discard, "broken", someKeys(2))
				t.Error(err)
			}()
			var b bytes.Buffer
			if r, err := s.Execute(&b, "flat", []string{"k&1"}); err != nil || r != (Report{Ready: 1}) || b.String() != "<p><b>&lt;k&amp;1&gt;</b></p>" {
				t.Errorf("%v, %+v, %s", err, r, &b)
			}
		}
		closeGroup(t, g)
	})
}

// TestOneVersionWhateverComes: a value that comes while a page is being executed is for
// the next page.
func TestOneVersionWhateverComes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := quietGroup()
		h := register(t, g, "v", Policy{}, func(ctx context.Context, key string) (string, error) { return "old", nil })
		h.Wait(t.Context(), "k")
		s := boundWith(t, g, template.FuncMap{"put": func(v string) (string, error) { return "", h.Put("k", v) }},
			`{{async "v" .}}{{put "new"}}{{async "v" .}}{{async "card" .}}{{define "card"}}{{async "v" .}}{{end}}`, Options{})
		shows(t, s, "k", "oldold", Report{Ready: 2, Pending: 1})
		synctest.Wait()
		h.Put("k", "old")
		synctest.Wait()
		shows(t, s, "k", "oldoldold", Report{Ready: 4})
		closeGroup(t, g)
	})
}

// TestResponsesKeepNothing of a page, not even behind the end of a slice.
func TestResponsesKeepNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := quietGroup()
		s := readySet(t, g, someKeys(40), template.FuncMap{"panics": func() (none []int) { return }})
		r := new(response)
		for _, name := range []string{"nested", "flat", "twice"} {
			r.begin(s, new(bytes.Buffer))
			if err := s.respond.ExecuteTemplate(r, name, someKeys(40)); err != nil {
				t.Fatal(err)
			}
			if len(r.seen.found) < 40 || r.report.Ready < 40 {
				t.Fatalf("%s has found %d keys", name, len(r.seen.found))
			}
			r.end()
			found, around := r.seen.found, r.around
			if cap(found) == 0 || name == "nested" && cap(around) == 0 {
				t.Error("nothing is used again")
			}
			for _, one := range found[:cap(found)] {
				if one != (sighting{}) {
					t.Errorf("after %s a key is kept: %q", name, one.id)
				}
			}
			for _, one := range around[:cap(around)] {
				if one != (standing{}) {
					t.Errorf("after %s what stood around is kept: %q", name, one.id)
				}
			}
			rest := *r
			rest.seen, rest.around = seen{}, nil
			if !reflect.DeepEqual(rest, response{}) {
				t.Errorf("after %s the response keeps %+v", name, rest)
			}
		}
		closeGroup(t, g)
	})
}

// TestAPageIsFree when it is done: neither the writer nor the data nor a DEFAULT is
// reachable any more, although the response is there for the next page.
func TestAPageIsFree(t *testing.T) {
	g := quietGroup()
	register(t, g, "never", Policy{}, func(ctx context.Context, key string) (string, error) { return "", errSource })
	s := bound(t, g, `{{async "never" .Key .Default}}{{async "never" .Key}}`, Options{})
	type def struct{ Text [100]byte }
	type data struct {
		Key     string
		Default *def
	}
	var writers []weak.Pointer[bytes.Buffer]
	var pages []weak.Pointer[data]
	var defaults []weak.Pointer[def]
	for range 20 {
		w, d := new(bytes.Buffer), &data{Key: "k", Default: new(def)}
		writers, pages, defaults = append(writers, weak.Make(w)), append(pages, weak.Make(d)), append(defaults, weak.Make(d.Default))
		if _, err := s.Execute(w, "page", d); err != nil {
			t.Fatal(err)
		}
	}
	runtime.GC() // once: the second would take the free responses, too
	for i := range writers {
		if writers[i].Value() != nil || pages[i].Value() != nil || defaults[i].Value() != nil {
			t.Errorf("page %d: writer %t, data %t, default %t are still there", i, writers[i].Value() != nil, pages[i].Value() != nil, defaults[i].Value() != nil)
		}
	}
	closeGroup(t, g)
}

// TestAllocationsOfAReadyPage: a ready hole allocates what text/template allocates
// to call a function and to print what it returns, and nothing more.
func TestAllocationsOfAReadyPage(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const many = 200
		g := quietGroup()
		keys := someKeys(many)
		s := readySet(t, g, keys, template.FuncMap{"panics": func() (none []int) { return }})
		plain := texttemplate.Must(texttemplate.New("").Funcs(texttemplate.FuncMap{
			"f": func(any) string { return "token" }, "g": func(any, any) string { return "token" },
		}).Parse(`{{define "flat"}}{{range .}}<p>{{f .}}</p>{{end}}{{end}}{{define "nested"}}{{range .}}<p>{{g . "wait"}}</p>{{end}}{{end}}`))
		var w bytes.Buffer
		perHole := func(page func(keys any) error) float64 {
			allocs := func(n int) float64 {
				var data any = keys[:n]
				return testing.AllocsPerRun(50, func() {
					w.Reset()
					if err := page(data); err != nil {
						t.Fatal(err)
					}
				})
			}
			allocs(many) // memory that is used again is there now
			return (allocs(many) - allocs(many/10)) / (many - many/10)
		}
		for _, name := range []string{"flat", "nested"} {
			want := perHole(func(keys any) error { return plain.ExecuteTemplate(&w, name, keys) })
			got := perHole(func(keys any) error {
				_, err := s.Execute(&w, name, keys)
				return err
			})
			if name == "nested" {
				want += 2 // the encoding of a key that may be of any type
			}
			if got > want+0.5 { // the race detector makes sync.Pool forget at random
				t.Errorf("%s: %.2f allocations a hole, want %.2f", name, got, want)
			}
		}
		closeGroup(t, g)
	})
}

// TestPagesAtATime: each page has a response of its own.
func TestPagesAtATime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := quietGroup()
		keys := someKeys(30)
		s := readySet(t, g, keys, template.FuncMap{"panics": func() (none []int) { return }})
		var pages sync.WaitGroup
		for i := range 8 {
			pages.Go(func() {
				mine := keys[i : i+10]
				want := ""
				for _, key := range mine {
					want += "<p><i><b>&lt;" + template.HTMLEscapeString(key) + "&gt;</b></i></p>"
				}
				for range 30 {
					var b bytes.Buffer
					if r, err := s.Execute(&b, "nested", mine); err != nil || b.String() != want || r != (Report{Ready: 20}) {
						t.Errorf("%v, %+v\n%s\nwant\n%s", err, r, &b, want)
					}
				}
			})
		}
		pages.Wait()
		closeGroup(t, g)
	})
}
