package main

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"time"
)

// verdict is what became of a seed. Its zero run means that it could not be tried.
type verdict struct {
	seed *seed
	run  *testRun
	err  error
}

func (v verdict) failed(err error) verdict {
	v.err = err
	return v
}

func (v verdict) word() string {
	switch {
	case v.err != nil:
		return "ERROR"
	case v.run.passed:
		return "SURVIVED"
	}
	return "killed"
}

// killer says which test has seen the seed, and how if not by failing.
func (v verdict) killer() string {
	r := v.run
	switch {
	case r == nil || r.passed || v.err != nil:
		return "-"
	case r.hangs && r.hanging != "":
		return "hang in " + r.hanging
	case r.hangs:
		return "hang"
	case r.races:
		return "data race in " + r.failed
	case r.crash != "":
		return r.failed + " crashed: " + shortened(r.crash)
	}
	return shortened(r.failed)
}

// shortened keeps a line a line: names of subtests may be long.
func shortened(text string) string {
	const most = 70
	if runes := []rune(text); len(runes) > most {
		return string(runes[:most]) + "…"
	}
	return text
}

// print writes the line of the seed, and what else must be known of it.
func (v verdict) print(out io.Writer, verbose bool) {
	var took time.Duration
	if v.run != nil {
		took = v.run.took
	}
	fmt.Fprintf(out, "%-8s %5.1fs  %-28s %s  (%s)\n", v.word(), took.Seconds(), v.seed.name, v.seed.breaks, v.killer())
	switch {
	case v.err != nil:
		fmt.Fprintln(out, indented(v.err.Error()))
	case verbose && !v.run.passed:
		fmt.Fprintln(out, indented(v.run.text()))
	}
}

func indented(text string) string {
	return "    " + strings.ReplaceAll(strings.TrimSpace(text), "\n", "\n    ")
}

// summary counts verdicts.
type summary struct {
	killed            int
	survivors, errors []string
}

func (s *summary) add(v verdict) {
	switch {
	case v.err != nil:
		s.errors = append(s.errors, v.seed.name)
	case v.run.passed:
		s.survivors = append(s.survivors, v.seed.name+": "+v.seed.breaks+" (not seen by "+v.seed.suite.String()+")")
	default:
		s.killed++
	}
}

func (s *summary) status() int {
	if len(s.survivors)+len(s.errors) > 0 {
		return notAll
	}
	return allKilled
}

func (s *summary) print(out io.Writer, took time.Duration) {
	all := s.killed + len(s.survivors) + len(s.errors)
	fmt.Fprintf(out, "%d of %d seeds killed in %v\n", s.killed, all, took.Round(time.Second))
	list(out, "survived, so a test is missing:", s.survivors)
	list(out, "could not be tried; make the patch again, or delete it with what it was about:", s.errors)
}

func list(out io.Writer, what string, lines []string) {
	if len(lines) == 0 {
		return
	}
	slices.Sort(lines)
	fmt.Fprintln(out, what)
	for _, line := range lines {
		fmt.Fprintln(out, "    "+line)
	}
}
