// Package patch reads unified diffs and applies them by their content.
//
// The numbers in a diff are not looked at: a hunk fits where its context and its
// removed lines stand, and must fit in one place only. So a patch survives every
// edit around the lines that it is about, and is refused, never misplaced, when
// these have changed.
package patch

import (
	"errors"
	"fmt"
	"strings"
)

// File is what a diff changes in one file.
type File struct {
	Path  string // slash-separated, without the diff's b/
	Hunks []Hunk
}

// Hunk is one change: the lines Old become New.
type Hunk struct {
	Line     int // of its @@ in the diff, counted from 1
	Old, New []string
}

// Parse reads a unified diff, such as `git diff` prints it. Lines in front of the
// first "--- " are not looked at. New, deleted and renamed files are refused.
func Parse(diff string) ([]File, error) {
	p := parser{}
	for i, line := range strings.Split(diff, "\n") {
		if err := p.line(i+1, line); err != nil {
			return nil, fmt.Errorf("line %d: %w", i+1, err)
		}
	}
	p.endHunk()
	if len(p.files) == 0 {
		return nil, errors.New(`no file: a diff has a line "--- a/PATH" and a line "+++ b/PATH"`)
	}
	for _, f := range p.files {
		if err := f.check(); err != nil {
			return nil, err
		}
	}
	return p.files, nil
}

func (f *File) check() error {
	if len(f.Hunks) == 0 {
		return fmt.Errorf("%s: no hunk: a hunk begins with a line @@", f.Path)
	}
	for _, h := range f.Hunks {
		switch {
		case len(h.Old) == 0:
			return fmt.Errorf("line %d: the hunk has neither context nor removed lines, so there is no telling where it belongs", h.Line)
		case strings.Join(h.Old, "\n") == strings.Join(h.New, "\n"):
			return fmt.Errorf("line %d: the hunk changes nothing", h.Line)
		}
	}
	return nil
}

type parser struct {
	files []File
	from  string // of the last "--- "
	hunk  *Hunk  // being read
}

func (p *parser) line(number int, line string) error {
	// A removed line may begin with "-- " and an added one with "++ ", so these are
	// told from headers by what is open: git writes "diff " before every file, and
	// where that was cut off, a "--- a/" ends the hunk.
	switch {
	case strings.HasPrefix(line, "diff "):
		p.endHunk()
	case strings.HasPrefix(line, "--- a/"), line == "--- /dev/null":
		p.endHunk()
		p.from = line
	case p.hunk == nil && strings.HasPrefix(line, "+++ "):
		return p.file(line)
	case strings.HasPrefix(line, "@@"):
		if len(p.files) == 0 {
			return errors.New("a hunk before the name of its file")
		}
		p.endHunk()
		p.hunk = &Hunk{Line: number}
	case p.hunk != nil:
		return p.hunk.add(line)
	}
	return nil
}

func (p *parser) file(line string) error {
	path, ok := strings.CutPrefix(line, "+++ b/")
	if !ok || p.from != "--- a/"+path {
		return errors.New("the patch must change a file that stays, under one name: --- a/PATH and +++ b/PATH")
	}
	p.files = append(p.files, File{Path: path})
	return nil
}

func (p *parser) endHunk() {
	if p.hunk == nil {
		return
	}
	p.hunk.trim()
	f := &p.files[len(p.files)-1]
	f.Hunks = append(f.Hunks, *p.hunk)
	p.hunk = nil
}

func (h *Hunk) add(line string) error {
	mark, text := byte(' '), ""
	if line != "" { // an editor may have cut the space that stands for an empty line
		mark, text = line[0], line[1:]
	}
	switch mark {
	case ' ':
		h.Old, h.New = append(h.Old, text), append(h.New, text)
	case '-':
		h.Old = append(h.Old, text)
	case '+':
		h.New = append(h.New, text)
	case '\\': // "\ No newline at end of file"
	default:
		return fmt.Errorf("%q begins with none of space, minus and plus", line)
	}
	return nil
}

// trim drops empty lines behind the hunk, which are the end of the diff's own file.
func (h *Hunk) trim() {
	for endsEmpty(h.Old) && endsEmpty(h.New) {
		h.Old, h.New = h.Old[:len(h.Old)-1], h.New[:len(h.New)-1]
	}
}

func endsEmpty(lines []string) bool { return len(lines) > 0 && lines[len(lines)-1] == "" }
