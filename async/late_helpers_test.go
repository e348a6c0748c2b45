package async

import (
	"slices"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/infill-go/infill/async/internal/holes"
)

// paper is the simplest page that there can be: a tree of texts and places.
type paper struct {
	root   leaf
	at     []*leaf // what is being written, the innermost last
	places []*place
	told   []string
}

type leaf struct{ parts []any } // of string and *place

// place is a hole on the page, and what stands in it.
type place struct {
	hole holes.Hole
	leaf *leaf
	done bool // filled, or gone with what stood around it
}

func (p *paper) innermost() *leaf {
	if n := len(p.at); n > 0 {
		return p.at[n-1]
	}
	return &p.root
}

func (p *paper) Write(b []byte) (int, error) { return p.WriteString(string(b)) }

func (p *paper) WriteString(text string) (int, error) {
	in := p.innermost()
	in.parts = append(in.parts, text)
	return len(text), nil
}

func (p *paper) Open(h holes.Hole) {
	one, in := &place{hole: h, leaf: new(leaf)}, p.innermost()
	in.parts = append(in.parts, one)
	p.places = append(p.places, one)
	p.at = append(p.at, one.leaf)
}

func (p *paper) Close() { p.at = p.at[:len(p.at)-1] }

func (p *paper) Failed(err error) { p.told = append(p.told, err.Error()) }

func (p *paper) Script() { p.WriteString("[script]") }
func (p *paper) Status() { p.WriteString("[status]") }

func (l *leaf) write(b *strings.Builder) {
	for _, part := range l.parts {
		switch part := part.(type) {
		case string:
			b.WriteString(part)
		case *place:
			part.leaf.write(b)
		}
	}
}

func (p *paper) String() string {
	var b strings.Builder
	p.root.write(&b)
	return b.String()
}

// abandon closes the places in what is shown no more.
func (l *leaf) abandon() {
	for _, part := range l.parts {
		if inner, ok := part.(*place); ok {
			inner.done = true
			inner.leaf.abandon()
		}
	}
}

func (p *paper) open() (n int) {
	for _, one := range p.places {
		if !one.done {
			n++
		}
	}
	return n
}

// openPage is a page whose response is open.
type openPage struct {
	paper
	t        *testing.T
	wakes    holes.Wakes
	response holes.Response
	looks    int
}

func respond(t *testing.T, s *Set, data any) *openPage {
	t.Helper()
	p := &openPage{t: t}
	p.response = s.Respond(p, &p.wakes)
	if err := p.response.Execute("page", data); err != nil {
		t.Fatal(err)
	}
	return p
}

// take fills what has come since the last time.
func (p *openPage) take() (filled int) {
	p.t.Helper()
	for _, key := range p.wakes.Take() {
		waiting := slices.DeleteFunc(slices.Clone(p.places), func(one *place) bool { return one.done || one.hole.Key() != key })
		if len(waiting) == 0 {
			continue
		}
		if p.looks++; !key.Look() {
			continue
		}
		for _, one := range waiting {
			if !one.done {
				p.fill(one)
				filled++
			}
		}
	}
	return filled
}

func (p *openPage) fill(one *place) {
	p.t.Helper()
	one.done = true
	one.leaf.abandon()
	one.leaf = new(leaf)
	p.at = append(p.at, one.leaf)
	if err := one.hole.Fill(); err != nil {
		p.t.Errorf("Fill: %v", err)
	}
	p.Close()
	if len(p.at) > 0 {
		p.t.Errorf("after Fill %d places are still being written", len(p.at))
	}
}

// settle takes until nothing comes any more at this instant.
func (p *openPage) settle() (filled int) {
	p.t.Helper()
	for range 1000 {
		synctest.Wait()
		n := p.take()
		filled += n
		if n == 0 && !p.raised() {
			return filled
		}
	}
	p.t.Fatal("the page does not come to rest")
	return 0
}

// raised says whether there is something to take.
func (p *openPage) raised() bool {
	synctest.Wait()
	select {
	case <-p.wakes.Ready():
		return true
	default:
		return false
	}
}

// shows compares the page, and how many places of it are open.
func (p *openPage) shows(want string, open int) {
	p.t.Helper()
	if got := p.String(); got != want {
		p.t.Errorf("page shows %q\n       want %q", got, want)
	}
	if got := p.open(); got != open {
		p.t.Errorf("%d places are open, want %d", got, open)
	}
}

// watchesOf counts the watches in all fragments of a group.
func watchesOf(g *Group) (n int) {
	for _, f := range fragmentsOf(g) {
		for i := range f.shards {
			s := &f.shards[i]
			s.mu.Lock()
			for _, w := range s.watches {
				for ; w != nil; w = w.next {
					n++
				}
			}
			s.mu.Unlock()
		}
	}
	return n
}

func fragmentsOf(g *Group) (all []*fragment) {
	g.mu.Lock()
	defer g.mu.Unlock()
	for _, f := range g.fragments {
		all = append(all, f)
	}
	for _, p := range g.ofSets {
		if f := p.Value(); f != nil {
			all = append(all, f)
		}
	}
	return all
}

// end ends the page and the group; nothing of the page may be left.
func (p *openPage) end(g *Group) {
	p.t.Helper()
	p.response.End()
	if n := watchesOf(g); n != 0 {
		p.t.Errorf("%d watches are left", n)
	}
	closeGroup(p.t, g)
}
