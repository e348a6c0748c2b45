package bind

import (
	"bytes"
	"errors"
	"fmt"
	"html/template"
	"slices"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"github.com/infill-go/infill/internal/templatetest"
)

// FuzzPrepare checks what Prepare promises for any set at all:
//   - it does not panic, executes nothing, and leaves the set as it was;
//   - the rewritten set prints what the set itself prints where async returns the same plain text in both;
//   - every hole and page part that is printed is on the page for an HTML parser;
//   - the copy for responses prints what the rewritten set prints, whatever the values that must be escaped.
func FuzzPrepare(f *testing.F) {
	for _, c := range slices.Concat(right, rightPageParts, rightForeign) {
		f.Add(c.text)
	}
	for _, c := range slices.Concat(wrong, wrongPageParts, wrongForeign) {
		f.Add(c.text)
	}
	f.Fuzz(func(t *testing.T, text string) { checkPromises(t, text) })
}

// checkPromises reports whether Prepare has accepted the text.
func checkPromises(t *testing.T, text string) bool {
	t.Helper()
	defer func() {
		if t.Failed() {
			t.Logf("the templates are\n%s", text)
		}
	}()
	set, err := template.New("x.html").Funcs(standard(t)).Parse(text)
	if err != nil {
		return false
	}
	if templatetest.Endless(set) {
		return false // html/template does not come back from it, so Prepare does not
	}
	before := dump(set)
	r, err := Prepare(set, registered)
	if after := dump(set); after != before {
		t.Fatalf("the set was changed from\n%s\nto\n%s", before, after)
	}
	if _, cloneErr := set.Clone(); cloneErr != nil {
		t.Fatalf("the set cannot be cloned any more: %v", cloneErr)
	}
	if err != nil {
		return false
	}
	if templatetest.Slow(set) {
		return true
	}
	for _, name := range templatetest.Names(set) {
		compare(t, set, r, name)
		checkHoles(t, r, name)
		compareBare(t, r, name)
	}
	return true
}

// compare executes a template of both sets with functions that return plain text which no escaper changes.
func compare(t *testing.T, user *template.Template, r *Result, name string) {
	t.Helper()
	plain := func(...any) string { return "T" }
	want, wantErr := run(t, user, name, template.FuncMap{
		"async": plain, "asyncvalue": plain, "user": plain, "asyncscript": plain, "asyncstatus": plain,
	})
	funcs := functions(r, always(template.HTML("T")), always("T"), always("T"))
	funcs["user"] = plain
	got, gotErr := run(t, r.Set, name, funcs)
	if (wantErr == nil) != (gotErr == nil) {
		t.Fatalf("template %q ends with %v, rewritten with %v", name, wantErr, gotErr)
	}
	if wantErr == nil && got != want {
		t.Fatalf("template %q prints\n%s\nrewritten\n%s", name, want, got)
	}
}

// checkHoles executes a template with holes and page parts that are comments, which are allowed anywhere on a page, and looks for them, and
// for text in attributes that it must not be in.
func checkHoles(t *testing.T, r *Result, name string) {
	t.Helper()
	const text = "txt7printed"
	printed := 0
	plain := func(...any) string { return "T" }
	funcs := functions(r, func(int, any, ...any) any {
		printed++
		return template.HTML("<!--hole-->")
	}, always(text), always("T"))
	funcs["user"] = plain
	page, err := run(t, r.Set, name, funcs)
	if err != nil {
		return
	}
	if root, err := html.ParseWithOptions(strings.NewReader(page), html.ParseOptionEnableScripting(true)); err == nil {
		if found := countHoles(root); found != printed {
			t.Fatalf("template %q has printed %d holes, of which a browser sees %d:\n%s", name, printed, found, page)
		}
	}
	if root, err := html.ParseWithOptions(strings.NewReader(page), html.ParseOptionEnableScripting(false)); err == nil {
		for n := range root.Descendants() {
			for _, a := range n.Attr {
				if attrClass(a.Key) != "" && strings.Contains(a.Val, text) || strings.Contains(a.Key, text) {
					t.Fatalf("template %q has printed text into the attribute %q:\n%s", name, a.Key, page)
				}
			}
		}
	}
}

// compareBare executes a template of the rewritten set and of its copy for responses with values that every escaper changes,
// but for holes, which only that of element content leaves alone.
func compareBare(t *testing.T, r *Result, name string) {
	t.Helper()
	const evil = template.HTML("<b>&\"'`+</b> javascript:x ")
	funcs := functions(r, always(evil), always(evil), always(evil))
	funcs["user"] = func(...any) any { return string(evil) }
	want, err := run(t, r.Set, name, funcs)
	if err != nil {
		return // what html/template refuses to escape by itself it executes once its callers are escaped
	}
	bare, err := r.Responding(funcs)
	if err != nil {
		t.Fatal(err)
	}
	if got, err := output(bare, name); err != nil || got != want {
		t.Fatalf("template %q prints\n%s\nand in the copy for responses\n%s\n%v", name, want, got, err)
	}
}

// countHoles counts the holes below n that are part of the page.
func countHoles(n *html.Node) int {
	if n.Type == html.ElementNode && (n.Data == "template" || n.Data == "noscript") {
		return 0
	}
	count := 0
	if n.Type == html.CommentNode && n.Data == "hole" {
		count = 1
	}
	for child := range n.ChildNodes() {
		count += countHoles(child)
	}
	return count
}

func run(t *testing.T, set *template.Template, name string, funcs template.FuncMap) (string, error) {
	t.Helper()
	clone, err := set.Clone()
	if err != nil {
		t.Fatal(err)
	}
	return output(clone.Funcs(funcs), name)
}

func output(set *template.Template, name string) (string, error) {
	w := &bounded{}
	err := set.ExecuteTemplate(w, name, map[string]any{"A": "a", "B": map[string]any{"C": []int{1, 2}}})
	return w.String(), err
}

// bounded is a buffer that ends an execution which prints much.
type bounded struct{ bytes.Buffer }

func (b *bounded) Write(p []byte) (int, error) {
	if b.Len() > 1<<16 {
		return 0, errors.New("enough")
	}
	return b.Buffer.Write(p)
}

// dump writes a set's templates out.
func dump(set *template.Template) string {
	var b strings.Builder
	for _, name := range templatetest.Names(set) {
		fmt.Fprintf(&b, "%q %s\n", name, set.Lookup(name).Tree.Root)
	}
	return b.String()
}
