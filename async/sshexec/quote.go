package sshexec

import (
	"fmt"
	"strings"
)

// quote returns the word as a POSIX shell reads it back byte for byte (XCU 2.2.2). Every word is
// quoted, also a plain one: then none can be an alias, a reserved word or an assignment, and
// there is no list of harmless characters to get wrong.
func quote(word string) string {
	return "'" + strings.ReplaceAll(word, "'", `'\''`) + "'"
}

// remoteCommand is the one line that the login shell of the far side gets. Newlines are refused
// because not every shell takes them inside quotes (csh does not).
func remoteCommand(argv []string) (string, error) {
	words := make([]string, len(argv))
	for i, word := range argv {
		if strings.Contains(word, "\n") {
			return "", fmt.Errorf("sshexec: %s: argument %d holds a newline, which cannot be sent to the far shell; split the argument or send a file", label(argv[0]), i)
		}
		words[i] = quote(word)
	}
	return strings.Join(words, " "), nil
}

// checkArgv refuses what cannot be executed. A NUL would end an argument early.
func checkArgv(argv []string) error {
	if len(argv) == 0 || argv[0] == "" {
		return fmt.Errorf("sshexec: no program: argv is empty or begins with an empty word; give the program first, then its arguments")
	}
	for i, word := range argv {
		if strings.Contains(word, "\x00") {
			return fmt.Errorf("sshexec: %s: argument %d holds a NUL byte, which no program can be given", label(argv[0]), i)
		}
	}
	return nil
}
