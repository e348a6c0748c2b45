package sshexec

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"
	"unicode/utf8"
)

func TestTail(t *testing.T) {
	long := strings.Repeat("é", 1000)
	for in, want := range map[string]string{
		"":                        "",
		" \r\n\t":                 "",
		"a\r\nb\n":                "a\nb",
		"a\x00\x1b[31m\x7f\u009b": "a\uFFFD\uFFFD[31m\uFFFD\uFFFD",
		"x\u202ey\u2028z\u200b":   "x\uFFFDy\uFFFDz\uFFFD",
		"bad \xff\xfe utf":        "bad \uFFFD utf",
		"tab\tkept":               "tab\tkept",
		long:                      "…" + strings.Repeat("é", 512),
		"a" + long:                "…" + strings.Repeat("é", 512),
		long + "a":                "…" + strings.Repeat("é", 511) + "a",
	} {
		if got := tail([]byte(in)); got != want || !utf8.ValidString(got) {
			t.Errorf("tail(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestLabel(t *testing.T) {
	for in, want := range map[string]string{
		"/usr/bin/ps":           "/usr/bin/ps",
		"":                      `""`,
		"a b":                   `"a b"`,
		"\x1b[2J\u202e":         `"\x1b[2J\u202e"`,
		strings.Repeat("a", 61): `"` + strings.Repeat("a", 60) + `"… (61 bytes)`,
	} {
		if got := label(in); got != want {
			t.Errorf("label(%q) = %s, want %s", in, got, want)
		}
	}
}

func TestExitErrorOfAStuckProcess(t *testing.T) {
	err := &ExitError{Program: "df", Code: -1, Duration: 11 * time.Second, Err: context.DeadlineExceeded}
	if want := "sshexec: df: no end after 11s: context deadline exceeded"; err.Error() != want {
		t.Errorf("got %q, want %q", err, want)
	}
}

// Whatever stopped the run first, truncated output comes with ErrTruncated.
func TestTruncatedIsAlwaysSaid(t *testing.T) {
	cut := (&capture{stream: "standard output", setting: "Local.MaxStdout", limit: 1}).fault()
	for _, reason := range []error{nil, cut, context.Canceled} {
		err := withCut(reason, nil, cut)
		if !errors.Is(err, ErrTruncated) || !errors.Is(err, context.Canceled) && reason == context.Canceled || strings.Count(err.Error(), "truncated") != 1 {
			t.Errorf("reason %v: got %v", reason, err)
		}
	}
}

// After take, the copying goroutine of a process that was given up may still write.
func TestCaptureIsShutAfterTake(t *testing.T) {
	c := &capture{limit: 10, overflow: func(error) { t.Error("overflow after take") }}
	if _, err := c.Write([]byte("kept")); err != nil {
		t.Fatal(err)
	}
	kept, cut := c.take()
	if n, err := c.Write([]byte("late and far too long")); n != 0 || err == nil || string(kept) != "kept" || cut != nil {
		t.Errorf("wrote %d, %v; kept %q, cut %v", n, err, kept, cut)
	}
}
