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

// siteFunc is what a test has in place of the functions of one kind of site.
type siteFunc func(site int, key any, def ...any) any

// functions gives each site of the result the function of its kind, and page parts that of holes.
func functions(r *Result, hole, text, value siteFunc) template.FuncMap {
	funcs := make(template.FuncMap)
	for i, site := range r.Sites {
		f := text
		if site.Func == asyncvalueFunc {
			f = value
		} else if site.Place == Element {
			f = hole
		}
		if site.HasDefault {
			funcs[site.Call] = func(key, def any) any { return f(i, key, def) }
		} else {
			funcs[site.Call] = func(key any) any { return f(i, key) }
		}
	}
	for i, part := range r.PageParts {
		funcs[part.Call] = func() any { return hole(i, nil) }
	}
	return funcs
}

// always returns the same value for every site.
func always(v any) siteFunc { return func(int, any, ...any) any { return v } }

// printing returns functions that print which one was called, for which site, with what.
func printing(r *Result) template.FuncMap {
	show := func(fn string) siteFunc {
		return func(site int, key any, def ...any) any {
			return strings.TrimSpace(fmt.Sprint(fn, site, " ", key, " ", fmt.Sprint(def...)))
		}
	}
	hole := show("hole")
	funcs := functions(r, func(site int, key any, def ...any) any {
		return template.HTML(fmt.Sprint("<i>", hole(site, key, def...), "</i>"))
	}, show("text"), show("value"))
	for i, part := range r.PageParts {
		funcs[part.Call] = func() any { return template.HTML(fmt.Sprint("<i>", strings.TrimPrefix(part.Func, "async"), i, "</i>")) }
	}
	funcs["user"] = func(args ...any) string { return fmt.Sprint(args...) }
	return funcs
}

// execute prints a template of the rewritten set, which must print the same as that of the copy for responses.
func execute(t testing.TB, r *Result, name string, data any) string {
	t.Helper()
	set, err := r.Set.Clone()
	if err != nil {
		t.Fatal(err)
	}
	set.Funcs(printing(r))
	responding, err := r.Responding(printing(r))
	if err != nil {
		t.Fatal(err)
	}
	var b, c bytes.Buffer
	if err := set.ExecuteTemplate(&b, name, data); err != nil {
		t.Fatalf("executing the rewritten set: %v", err)
	}
	if err := responding.ExecuteTemplate(&c, name, data); err != nil {
		t.Fatalf("executing the copy for responses: %v", err)
	}
	if b.String() != c.String() {
		t.Fatalf("the copy for responses prints\n%s\nand the rewritten set\n%s", &c, &b)
	}
	return b.String()
}

// written lists the sites and then the page parts, one a line.
func written(r *Result) []string {
	var lines []string
	for _, s := range r.Sites {
		line := fmt.Sprint(s.Position, " ", s.Func, " ", s.Name, " ", s.Place)
		if s.HasDefault {
			line += " default"
		}
		lines = append(lines, line)
	}
	for _, p := range r.PageParts {
		lines = append(lines, fmt.Sprint(p.Position, " ", p.Func))
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
