package patch

import (
	"fmt"
	"slices"
	"strings"
)

// Apply returns the text with every hunk applied. The error says which hunk does
// not fit, fits more than once (and where), or overlaps another.
func (f *File) Apply(text string) (string, error) {
	lines := strings.Split(text, "\n")
	var found []fit
	for _, h := range f.Hunks {
		at, err := h.find(lines)
		if err != nil {
			return "", fmt.Errorf("%s: hunk at line %d: %w", f.Path, h.Line, err)
		}
		found = append(found, fit{at, h})
	}
	slices.SortFunc(found, func(a, b fit) int { return a.at - b.at })
	var out []string
	done := 0
	for _, x := range found {
		if x.at < done {
			return "", fmt.Errorf("%s: hunk at line %d: it overlaps another; make one of them", f.Path, x.hunk.Line)
		}
		out = append(out, lines[done:x.at]...)
		out = append(out, x.hunk.New...)
		done = x.at + len(x.hunk.Old)
	}
	return strings.Join(append(out, lines[done:]...), "\n"), nil
}

// fit is a hunk and the index of the line where it begins.
type fit struct {
	at   int
	hunk Hunk
}

// find returns the one index at which the hunk's old lines stand.
func (h *Hunk) find(lines []string) (int, error) {
	var at []int
	for i := 0; i+len(h.Old) <= len(lines); i++ {
		if slices.Equal(lines[i:i+len(h.Old)], h.Old) {
			at = append(at, i)
		}
	}
	switch len(at) {
	case 1:
		return at[0], nil
	case 0:
		return 0, h.misfit(lines)
	}
	for i := range at {
		at[i]++ // as editors count
	}
	return 0, fmt.Errorf("its lines stand in the file %d times, at lines %v; add context until they stand there once", len(at), at)
}

// misfit names the first line of the hunk that breaks its longest beginning, since
// that is the one that was edited.
func (h *Hunk) misfit(lines []string) error {
	best := 0
	for i := range lines {
		n := 0
		for n < len(h.Old) && i+n < len(lines) && lines[i+n] == h.Old[n] {
			n++
		}
		best = max(best, n)
	}
	return fmt.Errorf("it does not apply: the file has not, or not in this place, the line %q; make the patch again", h.Old[best])
}
