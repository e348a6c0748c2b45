// Package metrics knows the commands that the dashboard asks a Linux host to run, and reads their output.
//
// A command is an argv: there is no shell on this side, and none is needed on the other. Files under /proc are
// preferred to the programs that print them (free, uptime): they are there on every Linux, with or without procps,
// and no locale changes them. Only ps and df are run as such: /proc has no list of processes in one file, and
// no sizes of file systems at all.
//
// The parsers never panic. What they cannot read is an error that names the file or program, the line and the text.
package metrics

import (
	"fmt"
	"strconv"
	"strings"
	"unicode"
)

// Bytes is an amount of memory or disk, in bytes.
type Bytes uint64

// String prints the amount with three significant digits and a binary unit: "980 B", "23.5 GiB".
func (b Bytes) String() string {
	const units = "KMGTPE"
	if b < 1024 {
		return strconv.FormatUint(uint64(b), 10) + " B"
	}
	value, unit := float64(b)/1024, 0
	// 1023.5 would be printed as 1024 of the smaller unit.
	for value >= 1023.5 && unit < len(units)-1 {
		value, unit = value/1024, unit+1
	}
	decimals := 0
	switch {
	case value < 9.995:
		decimals = 2
	case value < 99.95:
		decimals = 1
	}
	return strconv.FormatFloat(value, 'f', decimals, 64) + " " + units[unit:unit+1] + "iB"
}

// percent is how much of total part is, from 0 to 100; 0 where there is nothing to have a share of.
func percent(part, total Bytes) float64 {
	if total == 0 {
		return 0
	}
	return 100 * float64(part) / float64(total)
}

// lines splits the output of a command, without the line break at the end of the last line.
func lines(output string) []string {
	return strings.Split(strings.TrimRight(printable(output), "\n"), "\n")
}

// printable replaces what is not text: bytes that are not UTF-8, control characters, and those that turn the direction
// of the writing round. A process or a folder may be called anything.
func printable(output string) string {
	return strings.Map(func(r rune) rune {
		if r == '\n' || r == '\t' || unicode.IsPrint(r) {
			return r
		}
		return unicode.ReplacementChar
	}, output)
}

// malformed reports text that is not what the command is documented to print. The text is cut:
// a host may answer with anything, of any length.
func malformed(source string, line int, text, want string) error {
	const limit = 80
	if len(text) > limit {
		text = text[:limit] + "…"
	}
	return fmt.Errorf("metrics: %s, line %d: %q is not %s", source, line, text, want)
}

// missing reports that the output ended before the thing that is needed.
func missing(source, want string) error {
	return fmt.Errorf("metrics: %s: no %s in the output", source, want)
}
