package report

import (
	"errors"
	"fmt"
	"os"
	"strings"
)

// What stands between the markers is replaced; all around it is written by hand.
const (
	beginMarker = "<!-- the table: written by make bench WRITE=1 -->\n"
	endMarker   = "<!-- the end of the table -->\n"
)

// Write puts the text between the markers of the document.
func Write(path, text string) error {
	old, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	changed, err := replaced(string(old), text)
	if err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	return os.WriteFile(path, []byte(changed), 0o644)
}

func replaced(document, text string) (string, error) {
	before, rest, begins := strings.Cut(document, beginMarker)
	_, after, ends := strings.Cut(rest, endMarker)
	if !begins || !ends {
		return "", errors.New("no place for the table: it goes between the lines " +
			strings.TrimSpace(beginMarker) + " and " + strings.TrimSpace(endMarker))
	}
	return before + beginMarker + "\n" + strings.TrimSpace(text) + "\n\n" + endMarker + after, nil
}
