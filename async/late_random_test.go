package async

import (
	"bytes"
	"fmt"
	"hash/fnv"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
)

// forest is a random set of templates whose fragments stand in each other, in their
// defaults and in their error views. Its last fragments are leaves: nothing stands in
// them, and they are shorter than what the others show when they have come.
type forest struct {
	random *rand.Rand
	names  []string
	leaves []string
	text   string
	roots  int
}

func plant(seed uint64, roots int) *forest {
	f := &forest{random: rand.New(rand.NewPCG(seed, 7)), roots: roots}
	for i := range 2 + f.random.IntN(3) {
		f.names = append(f.names, fmt.Sprintf("f%d", i))
	}
	f.leaves = []string{"g0", "g1"}
	f.names = append(f.names, "g0", "g1", "t0", "t1")
	var b strings.Builder
	b.WriteString("<table>")
	for range roots {
		fmt.Fprintf(&b, "<tr><td>%s</td></tr>", f.call(f.names))
	}
	b.WriteString(`</table>{{define "all"}}{{async "t0" .}}{{async "t1" .}}{{end}}`) // so that the set has them in any case
	for _, name := range f.names {
		f.define(&b, name)
	}
	f.text = b.String()
	return f
}

const filler = "<p>and so on, and so on, and so on, and so on, and so on, and so on, and so on, and so on, and so on, and so on</p>"

func (f *forest) define(b *strings.Builder, name string) {
	if slices.Contains(f.leaves, name) {
		fmt.Fprintf(b, `{{define "%s:error"}}!{{end}}{{define "%s:default"}}.{{end}}`, name, name)
		return // and its value is just printed
	}
	view := name + ":view"
	if strings.HasPrefix(name, "t") {
		view = name // a template fragment, that has to wait for something
		fmt.Fprintf(b, `{{define "%s"}}{{asyncvalue "%s" .}}`, view, f.oneOf(f.leaves))
	} else {
		fmt.Fprintf(b, `{{define "%s"}}{{.}}`, view)
	}
	b.WriteString(filler)
	for range f.random.IntN(4) {
		b.WriteString("<" + "b>" + f.call(f.names) + "</b>")
	}
	fmt.Fprintf(b, `{{end}}{{define "%s:error"}}!%s%s{{end}}`, name, filler, f.perhaps(f.leaves))
	fmt.Fprintf(b, `{{define "%s:default"}}.%s{{end}}`, name, f.perhaps(f.leaves))
}

func (f *forest) oneOf(names []string) string { return names[f.random.IntN(len(names))] }

func (f *forest) call(names []string) string {
	def := ""
	if f.random.IntN(4) == 0 {
		def = ` "-"`
	}
	return fmt.Sprintf(`{{async "%s" "k%d"%s}}`, f.oneOf(names), f.random.IntN(3), def)
}

func (f *forest) perhaps(names []string) string {
	if f.random.IntN(2) == 0 {
		return ""
	}
	return f.call(names)
}

// grove is a forest that was bound.
type grove struct {
	*forest
	g     *Group
	s     *Set
	gates map[string]*gated
}

func (f *forest) bind(t *testing.T, o Options) *grove {
	t.Helper()
	one := &grove{forest: f, g: &Group{MaxRuns: 1000, Logger: quietGroup().Logger}, gates: make(map[string]*gated)}
	for _, name := range f.names {
		if !strings.HasPrefix(name, "t") {
			one.gates[name] = gate(t, one.g, name, Policy{MaxRuns: 1000})
		}
	}
	o.Policy.MaxAge, o.MaxDepth = math.MaxInt64, 4
	one.s = bound(t, one.g, f.text, o)
	return one
}

// running lists the runs that are under way, in a fixed order.
func (f *grove) running() (all [][2]string) {
	synctest.Wait()
	for _, name := range f.names {
		one := f.gates[name]
		if one == nil {
			continue
		}
		one.mu.Lock()
		for i := range 3 {
			if key := fmt.Sprintf("k%d", i); len(one.calls[key]) > 0 {
				all = append(all, [2]string{name, key})
			}
		}
		one.mu.Unlock()
	}
	return all
}

// ends ends a run: each key has one outcome, whenever it comes.
func (f *grove) ends(run [2]string) {
	h := fnv.New32()
	fmt.Fprint(h, run)
	switch n := h.Sum32() % 7; n {
	case 0:
		f.gates[run[0]].bad(run[1])
	default:
		f.gates[run[0]].end(run[1], strings.Repeat("<", int(n)), nil)
	}
}

// overtake does something to a run under way that changes nothing of what its key comes
// to.
func (f *grove) overtake(run [2]string) {
	switch h := f.gates[run[0]]; f.random.IntN(4) {
	case 0:
		h.Forget(run[1])
	case 1:
		h.Refresh(run[1])
	}
}

// play ends all runs in a random order. step is called after each.
func (f *grove) play(step func()) {
	for {
		runs := f.running()
		if len(runs) == 0 {
			return
		}
		run := runs[f.random.IntN(len(runs))]
		if f.overtake(run); len(f.running()) > 0 && slices.Contains(f.running(), run) {
			f.ends(run)
		}
		step()
	}
}

// printed executes the page as it is when all is decided, and says how much of
// Options.MaxOutput its last hole has taken.
func (f *grove) printed(t *testing.T) (html string, took int64) {
	t.Helper()
	for range 100 { // what is shown for the first time starts what is nested in it
		var b bytes.Buffer
		var r response
		r.begin(f.s, &b)
		if err := f.s.respond.ExecuteTemplate(&r, "page", nil); err != nil {
			t.Fatal(err)
		}
		if r.report.Pending == 0 {
			return b.String(), f.s.maxOutput - r.left
		}
		f.play(func() {})
	}
	t.Fatal("the page is never complete")
	return "", 0
}

// TestLatePagesAreWhole: whatever stands in what, and in whatever order it comes, a page
// that was filled is in the end, byte for byte, what Execute prints then.
func TestLatePagesAreWhole(t *testing.T) {
	places := 0
	for seed := range uint64(150) {
		synctest.Test(t, func(t *testing.T) {
			f := plant(seed, 1+int(seed%4)).bind(t, Options{MaxOutput: 1 << 30})
			p := respond(t, f.s, nil)
			f.play(func() {
				if f.random.IntN(3) > 0 {
					p.take()
				}
			})
			p.settle()
			f.play(func() { p.take() })
			want, _ := f.printed(t)
			p.shows(want, 0)
			places += len(p.places)
			p.end(f.g)
		})
		if t.Failed() {
			t.Fatalf("seed %d", seed)
		}
	}
	if places < 700 {
		t.Errorf("only %d places were filled late", places)
	}
}

// TestLatePagesShareTheirOutput: all that stands in one hole of the template has one
// Options.MaxOutput. Where it suffices for the page as Execute prints it, nothing is
// refused, whatever comes first; and never is more written than it says.
func TestLatePagesShareTheirOutput(t *testing.T) {
	const slack = 24 // content counts the keys and DEFAULTs of its holes, too
	for seed := range uint64(100) {
		synctest.Test(t, func(t *testing.T) {
			forest := plant(seed, 1)
			f := forest.bind(t, Options{MaxOutput: 1 << 30})
			want, took := f.printed(t)
			closeGroup(t, f.g)

			for _, limit := range []int64{took + slack, took / 2} {
				f := forest.bind(t, Options{MaxOutput: max(limit, 1)})
				p := respond(t, f.s, nil)
				check := func() {
					p.take()
					p.settle()
					if n := int64(len(p.String())) - int64(len("<table><tr><td></td></tr></table>")); n > f.s.maxOutput {
						t.Errorf("%d bytes were written, of %d", n, f.s.maxOutput)
					}
				}
				check()
				f.play(check)
				if limit > took {
					p.shows(want, 0)
				}
				p.end(f.g)
			}
		})
		if t.Failed() {
			t.Fatalf("seed %d", seed)
		}
	}
}
