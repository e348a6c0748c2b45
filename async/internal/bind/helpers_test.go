package bind

import (
	"bytes"
	"errors"
	"fmt"
	"html/template"
	"slices"
	"strings"
	"testing"
)

// standard are the template functions as an unbound set has them, and a function of the user's that must not be called.
func standard(t testing.TB) template.FuncMap {
	t.Helper()
	called := func(name string) func(...any) string {
		return func(...any) string {
			t.Errorf("%s was called while the set was prepared", name)
			return name
		}
	}
	return template.FuncMap{
		"async": called("async"), "asyncvalue": called("asyncvalue"),
		"asyncscript": called("asyncscript"), "asyncstatus": called("asyncstatus"),
		"user": called("user"),
	}
}

// registered are the fragments that the tests take as registered.
var registered = Config{
	Registered: func(name string) bool { return slices.Contains([]string{"ps", "cpu", "one", "two"}, name) },
	Names:      func() []string { return []string{"ps", "cpu", "one", "two"} },
}

func parseSet(t testing.TB, text string) *template.Template {
	t.Helper()
	set, err := template.New("x.html").Funcs(standard(t)).Parse(text)
	if err != nil {
		t.Fatalf("the test's template does not parse: %v", err)
	}
	return set
}

func prepare(t testing.TB, text string) *Result {
	t.Helper()
	r, err := Prepare(parseSet(t, text), registered)
	if err != nil {
		t.Fatalf("Prepare: %v", err)
	}
	return r
}

// printing returns functions that print which one was called, for which site, with what.
func printing() template.FuncMap {
	show := func(fn string) func(int, any, ...any) string {
		return func(site int, key any, def ...any) string {
			return strings.TrimSpace(fmt.Sprint(fn, site, " ", key, " ", fmt.Sprint(def...)))
		}
	}
	hole := show("hole")
	return template.FuncMap{
		HoleFunc: func(site int, key any, def ...any) template.HTML {
			return template.HTML("<i>" + hole(site, key, def...) + "</i>")
		},
		TextFunc:      show("text"),
		ValueFunc:     show("value"),
		"asyncscript": func() template.HTML { return "SCRIPT" },
		"asyncstatus": func() template.HTML { return "STATUS" },
		"user":        func(args ...any) string { return fmt.Sprint(args...) },
	}
}

func execute(t testing.TB, r *Result, name string, data any) string {
	t.Helper()
	set, err := r.Set.Clone()
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if err := set.Funcs(printing()).ExecuteTemplate(&b, name, data); err != nil {
		t.Fatalf("executing the rewritten set: %v", err)
	}
	return b.String()
}

// written lists the sites, one a line.
func written(sites []Site) []string {
	var lines []string
	for _, s := range sites {
		line := fmt.Sprint(s.Position, " ", s.Func, " ", s.Name, " ", s.Place)
		if s.HasDefault {
			line += " default"
		}
		lines = append(lines, line)
	}
	return lines
}

// lines splits a joined error.
func lines(err error) []string {
	var joined interface{ Unwrap() []error }
	if !errors.As(err, &joined) {
		return []string{err.Error()}
	}
	var all []string
	for _, one := range joined.Unwrap() {
		all = append(all, lines(one)...)
	}
	return all
}
