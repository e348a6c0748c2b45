package sshexec

import (
	"errors"
	"os"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// ErrTruncated is wrapped by the error of a run that printed more than MaxStdout or MaxStderr.
// The output up to the limit is returned together with it.
var ErrTruncated = errors.New("output truncated")

// ExitError is the error of a command that was started and did not end well: a non-zero exit
// status, a signal, or an end that Run made because of a limit. Get it with errors.As.
// A command that was not started (bad host, missing program) has an error of another type.
type ExitError struct {
	Program string // the first word of argv; the other arguments may be secret and are not kept
	Host    string // the host's String, empty for a local command

	// Code is the exit status, -1 if there is none because a signal ended the command. Over
	// ssh, 255 is ssh's own failure, or the far command's if it exits so or dies by a signal.
	Code   int
	Signal os.Signal // the signal that ended the local process, nil if none did

	Duration time.Duration

	// Stderr is the end of standard error, about 1 KiB of it, in valid UTF-8 with every
	// character that is not printable replaced, but for newlines and tabs. Output has it raw.
	Stderr string

	// Err is the reason if it is known, else nil. It wraps context.DeadlineExceeded when a
	// time limit was hit and names that limit, context.Canceled, ErrTruncated, or
	// exec.ErrWaitDelay when a process that left the group kept the output open.
	Err error
}

// Error implements error, in one line.
func (e *ExitError) Error() string {
	var b strings.Builder
	b.WriteString("sshexec: " + label(e.Program))
	if e.Host != "" {
		b.WriteString(" on " + e.Host)
	}
	b.WriteString(": " + e.status() + " after " + e.Duration.Round(time.Millisecond).String())
	if e.Err != nil {
		b.WriteString(": " + e.Err.Error())
	}
	if e.Stderr != "" {
		b.WriteString("; stderr: " + strings.ReplaceAll(e.Stderr, "\n", " | "))
	}
	return b.String()
}

// Unwrap returns Err.
func (e *ExitError) Unwrap() error { return e.Err }

func (e *ExitError) status() string {
	switch {
	case e.Signal != nil:
		return "signal: " + e.Signal.String()
	case e.Code < 0:
		return "no end"
	case e.Host != "" && e.Code == sshFailed && e.Err == nil:
		return "exit status 255 (ssh's own, or the command's)"
	}
	return "exit status " + strconv.Itoa(e.Code)
}

const tailBytes = 1024

// tail makes the end of a command's standard error fit for logs and terminals: a far host
// must not be able to send escape sequences, forge log lines or turn the writing direction.
func tail(stderr []byte) string {
	text := stderr[max(0, len(stderr)-tailBytes):]
	start := ""
	if len(text) < len(stderr) {
		start = "…"
		for len(text) > 0 && !utf8.RuneStart(text[0]) {
			text = text[1:]
		}
	}
	lines := strings.ReplaceAll(strings.ToValidUTF8(string(text), "\uFFFD"), "\r\n", "\n")
	return start + strings.TrimSpace(strings.Map(harmless, lines))
}

func harmless(r rune) rune {
	if r == '\n' || r == '\t' || unicode.IsPrint(r) {
		return r
	}
	return '\uFFFD'
}

const labelBytes = 60

// label quotes a word for a message, unless it is a plain one, and shortens it.
func label(word string) string {
	if len(word) > labelBytes {
		return strconv.QuoteToASCII(word[:labelBytes]) + "… (" + strconv.Itoa(len(word)) + " bytes)"
	}
	if word == "" || strings.ContainsFunc(word, func(r rune) bool { return !isPlain(r) }) {
		return strconv.QuoteToASCII(word)
	}
	return word
}

func isPlain(r rune) bool {
	return isNameRune(r) || r == '/' || r == '+'
}
