package model

import (
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/infill-go/infill/async"
)

// grace is how long Close waits for functions after it has cancelled their contexts.
const grace = time.Second

// closing is what the model knows of Group.Close.
type closing struct {
	begun bool
	cut   bool // its context has ended, and those of the runs
	ended bool

	at        instant   // when it ended
	graceEnds instant   // after the cut
	flights   []*flight // that were under way at the cut
	lost      []string  // the keys of the runs that Close must name
}

func (c *closing) lose(r *record) {
	if !c.ended {
		c.lost = append(c.lost, r.key)
	}
}

// beginClose refuses what has not begun.
func (m *model) beginClose() {
	m.close.begun = true
	for _, r := range m.all() {
		if f := r.run; f != nil && !f.begun() {
			r.run = nil
			m.close.lose(r)
			m.refuse(f, closed)
		}
	}
	m.endClose()
}

// cut is when the context of Close ends.
func (m *model) cut() {
	if m.close.ended {
		return
	}
	m.close.cut = true
	m.close.graceEnds = m.now + grace
	for _, r := range m.all() {
		if r.run != nil {
			m.close.flights = append(m.close.flights, r.run)
		}
	}
	for _, f := range m.close.flights {
		m.obey(f)
	}
	m.endClose()
}

// ties says whether a run has its deadline, or returns after it, in just so long.
func (m *model) ties(in time.Duration) bool {
	return slices.ContainsFunc(m.all(), func(r *record) bool {
		f := r.run
		return f.begun() && (f.call.deadline == m.now+in || f.call.deadline+moment == m.now+in)
	})
}

// endClose ends it if nothing is left to wait for.
func (m *model) endClose() {
	if !m.close.begun || m.close.ended {
		return
	}
	waiting := slices.ContainsFunc(m.all(), func(r *record) bool { return r.run != nil })
	if waiting && !(m.close.cut && m.now >= m.close.graceEnds) {
		return
	}
	for _, f := range m.close.flights {
		switch {
		case !f.returned:
			m.close.lose(f.record)
			if next := f.next; next != nil {
				f.next = nil
				m.close.lose(f.record)
				m.refuse(next, closed)
			}
		case !f.dead && !f.good:
			m.close.lose(f.record)
		}
	}
	m.close.ended, m.close.at = true, m.now
}

// judgeClose compares the error of Close with the runs that were lost.
func (m *model) judgeClose(at instant, err error) {
	if !m.close.ended {
		m.fatalf("%v: Close has returned %v, and runs are under way", m.now, err)
	}
	if at != m.close.at {
		m.fatalf("Close returned at %v, want %v", at, m.close.at)
	}
	var named []string
	var lost *async.LostError
	if errors.As(err, &lost) {
		for _, text := range lost.Runs {
			key, found := strings.CutPrefix(text, `f("`)
			if !found {
				m.fatalf("Close names a run %s", text)
			}
			key, _, _ = strings.Cut(key, `"): `)
			named = append(named, key)
		}
	} else if err != nil {
		m.fatalf("Close answered %v", err)
	}
	slices.Sort(named)
	slices.Sort(m.close.lost)
	if !slices.Equal(named, m.close.lost) {
		m.fatalf("Close has lost runs of %q, want %q: %v", named, m.close.lost, err)
	}
}
