package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"

	"github.com/infill-go/infill/tools/internal/patch"
)

// seed is a bug that is put in on purpose.
type seed struct {
	name   string // of its file, without .patch
	breaks string // what is broken, for people
	suite  suite  // the tests that are to see it
	run    string // go test's -run
	files  []patch.File
}

// suite is a set of tests that go test runs with one command. It is comparable, for
// each is run without a seed once.
type suite struct {
	module   string // folder of the module whose tests they are
	packages string // separated by spaces
	race     bool
}

func (s suite) String() string {
	text := s.packages
	if s.module != "." {
		text += " in " + s.module
	}
	if s.race {
		text += " with -race"
	}
	return text
}

// readSeeds reads the seeds of a folder whose names match, in the order of their
// names. The error lists every one that cannot be read.
func readSeeds(folder string, match *regexp.Regexp) ([]seed, error) {
	paths, err := filepath.Glob(filepath.Join(folder, "*.patch"))
	if err != nil {
		return nil, err
	}
	var (
		seeds []seed
		errs  []error
	)
	for _, path := range paths {
		name := strings.TrimSuffix(filepath.Base(path), ".patch")
		if !match.MatchString(name) {
			continue
		}
		text, err := os.ReadFile(path)
		if err != nil {
			errs = append(errs, err)
			continue
		}
		s, err := readSeed(name, string(text))
		if err != nil {
			errs = append(errs, fmt.Errorf("%s: %w", path, err))
		}
		seeds = append(seeds, s)
	}
	if len(paths) == 0 {
		errs = append(errs, fmt.Errorf("no *.patch in %s", folder))
	} else if len(seeds) == 0 {
		errs = append(errs, fmt.Errorf("no seed in %s matches %q", folder, match))
	}
	return seeds, errors.Join(errs...)
}

// readSeed reads the header, up to the first line of the diff, and the diff.
func readSeed(name, text string) (seed, error) {
	s := seed{name: name, suite: suite{module: "."}}
	at := 0
	for line := range strings.Lines(text) {
		if strings.HasPrefix(line, "diff ") || strings.HasPrefix(line, "--- ") {
			break
		}
		at += len(line)
		if err := s.header(strings.TrimSpace(line)); err != nil {
			return s, err
		}
	}
	if s.breaks == "" || s.suite.packages == "" {
		return s, errors.New(`the header must have a line "Breaks: what is broken" and a line "Tests: ./package ..."`)
	}
	files, err := patch.Parse(text[at:])
	if err != nil {
		return s, fmt.Errorf("behind the header: %w", err)
	}
	s.files = files
	return s, nil
}

func (s *seed) header(line string) error {
	if line == "" {
		return nil
	}
	key, value, _ := strings.Cut(line, ":")
	value = strings.TrimSpace(value)
	if value == "" {
		return fmt.Errorf("%q is no line of a header: KEY: VALUE", line)
	}
	switch key {
	case "Breaks":
		s.breaks = value
	case "Tests":
		s.suite.packages = strings.Join(strings.Fields(value), " ")
	case "Module":
		s.suite.module = value
	case "Run":
		s.run = value
		if _, err := regexp.Compile(value); err != nil {
			return fmt.Errorf("the line Run: %w", err)
		}
	case "Race":
		if value != "yes" {
			return fmt.Errorf(`"Race: %s": it is yes, or the line is left out`, value)
		}
		s.suite.race = true
	default:
		return fmt.Errorf("the header has a line %q; known are Breaks, Tests, Run, Race and Module", key)
	}
	return nil
}

// overlay writes the patched files into the folder, with the list that go test's
// -overlay wants, and returns the list's path.
func (s *seed) overlay(root, folder string) (list string, err error) {
	replace := make(map[string]string)
	for i, f := range s.files {
		real, err := filepath.Abs(filepath.Join(root, filepath.FromSlash(f.Path)))
		if err != nil {
			return "", err
		}
		text, err := os.ReadFile(real)
		if err != nil {
			return "", err
		}
		patched, err := f.Apply(string(text))
		if err != nil {
			return "", err
		}
		changed := filepath.Join(folder, fmt.Sprintf("%d.go", i))
		if err := os.WriteFile(changed, []byte(patched), 0o600); err != nil {
			return "", err
		}
		replace[real] = changed
	}
	list = filepath.Join(folder, "overlay.json")
	return list, writeJSON(list, map[string]any{"Replace": replace})
}
