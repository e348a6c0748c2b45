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
	late      []string  // and of those that it may: they were wanted only after it had begun
}

func (c *closing) lose(f *flight) {
	switch {
	case c.ended:
	case f.late:
		c.late = append(c.late, f.record.key)
	default:
		c.lost = append(c.lost, f.record.key)
	}
}

// beginClose refuses what has not begun.
func (m *model) beginClose() {
	m.close.begun = true
	for _, r := range m.all() {
		if f := r.run; f != nil && !f.begun() {
			r.run = nil
			m.close.lose(f)
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
			m.close.lose(f)
			if next := f.next; next != nil {
				f.next = nil
				m.close.lose(next)
				m.refuse(next, closed)
			}
		case !f.dead && !f.good:
			m.close.lose(f)
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
	if !between(named, m.close.lost, m.close.late) {
		m.fatalf("Close has lost runs of %q, want %q and perhaps %q: %v", named, m.close.lost, m.close.late, err)
	}
}

// between says whether got has all of must, and beside that nothing but of may.
func between(got, must, may []string) bool {
	left := slices.Clone(got)
	for _, key := range must {
		i := slices.Index(left, key)
		if i < 0 {
			return false
		}
		left = slices.Delete(left, i, i+1)
	}
	may = slices.Clone(may)
	for _, key := range left {
		i := slices.Index(may, key)
		if i < 0 {
			return false
		}
		may = slices.Delete(may, i, i+1)
	}
	return true
}
