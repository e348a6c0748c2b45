package sshd

import (
	"slices"
	"strings"
	"testing"
)

func TestWords(t *testing.T) {
	for _, test := range []struct {
		line string
		want []string
	}{
		{"", nil},
		{"  ", nil},
		{"cat /proc/loadavg", []string{"cat", "/proc/loadavg"}},
		{" 'cat'  '/proc/loadavg' ", []string{"cat", "/proc/loadavg"}},
		{"'a b'c", []string{"a bc"}},
		{"''", []string{""}},
		{`'it'\''s'`, []string{"it's"}},
		{`a\;b`, []string{"a;b"}},
		{"'$(id);\n`id`|>*'", []string{"$(id);\n`id`|>*"}},
		{"ps --sort=-pcpu -eo pid,user", []string{"ps", "--sort=-pcpu", "-eo", "pid,user"}},
	} {
		got, err := words(test.line)
		if err != nil || !slices.Equal(got, test.want) {
			t.Errorf("%q: %q, %v; want %q", test.line, got, err, test.want)
		}
	}
	for _, line := range []string{
		"a;b", "a&b", "a|b", "a>b", "a<b", "$a", "`a`", "a*", "a?", "[a]", "~", "#a", "!a", "{a,b}", "(a)", `"a"`,
		"'a", "a\nb", "a\tb", "a\x00b", "é", `\`, "a\\\nb", `a\ b`,
	} {
		if got, err := words(line); err == nil {
			t.Errorf("%q is accepted as %q", line, got)
		}
	}
}

func FuzzWords(f *testing.F) {
	f.Add("a", "b'c")
	f.Add("", "$(id)\n")
	f.Fuzz(func(t *testing.T, one, two string) {
		quote := func(s string) string { return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'" }
		got, err := words(quote(one) + " " + quote(two))
		if err != nil || !slices.Equal(got, []string{one, two}) {
			t.Errorf("%q, %q come back as %q, %v", one, two, got, err)
		}
		if _, err := words(one); err == nil && strings.ContainsAny(one, ";|&$`<>*\n") && !strings.ContainsAny(one, `'\`) {
			t.Errorf("%q is accepted", one)
		}
	})
}
