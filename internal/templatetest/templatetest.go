// Package templatetest tells which html/template sets a test had better not execute.
package templatetest

import (
	"html/template"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// Endless reports sets that html/template may never have escaped: in a template that
// calls itself inside ${ of a JavaScript template literal each call is in a new
// context, one brace deeper. Executing such a set hangs, bound or not, before
// anything is printed.
func Endless(set *template.Template) bool {
	return callsItself(set) && slices.ContainsFunc(bodies(set), func(text string) bool { return strings.Contains(text, "${") })
}

// Slow reports sets that may take too long to execute, or for ever: with templates that
// call themselves, with large numbers to range over or to pad with, or with many loops.
func Slow(set *template.Template) bool {
	loops := 0
	for _, text := range bodies(set) {
		loops += strings.Count(text, "{{range")
		if strings.Contains(text, "%") || largeNumber(text) {
			return true
		}
	}
	return loops > 3 || callsItself(set)
}

// Names are the templates of a set that have a body, sorted.
func Names(set *template.Template) []string {
	var all []string
	for _, t := range set.Templates() {
		if t.Tree != nil {
			all = append(all, t.Name())
		}
	}
	slices.Sort(all)
	return all
}

func bodies(set *template.Template) []string {
	var all []string
	for _, name := range Names(set) {
		all = append(all, set.Lookup(name).Tree.Root.String())
	}
	return all
}

// call finds the calls in a body as it is written out. It may find what is no call but
// looks like one in a text; that is only more careful.
var call = regexp.MustCompile(`\{\{template ("(?:[^"\\]|\\.)*")`)

// callsItself also reports calls that are nested deeper than any test needs.
func callsItself(set *template.Template) bool {
	calls := make(map[string][]string)
	for _, name := range Names(set) {
		for _, found := range call.FindAllStringSubmatch(set.Lookup(name).Tree.Root.String(), -1) {
			callee, _ := strconv.Unquote(found[1])
			calls[name] = append(calls[name], callee)
		}
	}
	var deep func(name string, depth int) bool
	deep = func(name string, depth int) bool {
		return depth > 8 || slices.ContainsFunc(calls[name], func(callee string) bool { return deep(callee, depth+1) })
	}
	return slices.ContainsFunc(Names(set), func(name string) bool { return deep(name, 0) })
}

// largeNumber reports whether a number of three digits or one in another notation may
// stand in the text.
func largeNumber(text string) bool {
	digits := 0
	for _, r := range text {
		if r >= '0' && r <= '9' || r == '_' || digits > 0 && strings.ContainsRune("xXbBoOeEpPabcdefABCDEF.", r) {
			digits++
		} else {
			digits = 0
		}
		if digits > 2 {
			return true
		}
	}
	return false
}
