package sshd

import (
	"fmt"
	"strings"
)

// plain are the characters that mean themselves in every POSIX shell.
const plain = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-./=,:@%+"

// words splits a command line as a shell would that knows quotes and nothing else: words of plain characters,
// '…', and \ before one character. Whatever has a further meaning to a shell (; $ ` | > * ~ and so on) is an error,
// not a literal: nobody shall think that it works.
func words(line string) ([]string, error) {
	var argv []string
	var word strings.Builder
	inWord := false
	for i := 0; i < len(line); i++ {
		c := line[i]
		switch {
		case c == ' ':
			if inWord {
				argv = append(argv, word.String())
				word.Reset()
				inWord = false
			}
			continue
		case c == '\'':
			end := strings.IndexByte(line[i+1:], '\'')
			if end < 0 {
				return nil, fmt.Errorf("sshd: the quote at offset %d does not end", i)
			}
			word.WriteString(line[i+1 : i+1+end])
			i += end + 1
		case c == '\\' && i+1 < len(line) && line[i+1] > ' ' && line[i+1] < 0x7f:
			i++
			word.WriteByte(line[i])
		case strings.IndexByte(plain, c) >= 0:
			word.WriteByte(c)
		default:
			return nil, fmt.Errorf("sshd: %q at offset %d is not permitted outside quotes", c, i)
		}
		inWord = true
	}
	if inWord {
		argv = append(argv, word.String())
	}
	return argv, nil
}
