package sshexec

import (
	"math/rand/v2"
	"os/exec"
	"strings"
	"testing"
)

// shellReads returns the words that sh makes of the quoted ones.
func shellReads(t *testing.T, words []string) []string {
	t.Helper()
	var line strings.Builder
	line.WriteString(`printf %s\\0`)
	for _, word := range words {
		line.WriteString(" " + quote(word))
	}
	out, err := exec.Command("sh", "-c", line.String()).Output()
	if err != nil {
		t.Fatalf("sh refuses %q: %v", line.String(), err)
	}
	return strings.Split(strings.TrimSuffix(string(out), "\x00"), "\x00")
}

func FuzzQuote(f *testing.F) {
	for _, word := range []string{"", "a", "'", "''", `\'`, "$(id)", "`id`", "a\nb", "\xff\xfe", "-n", "%s", `'\''`, "é", "!", "~", "a=b", "\x01\x7f\x80"} {
		f.Add(word)
	}
	f.Fuzz(func(t *testing.T, word string) {
		if strings.Contains(word, "\x00") {
			return // refused by checkArgv
		}
		if got := shellReads(t, []string{word}); len(got) != 1 || got[0] != word {
			t.Fatalf("sh reads %q as %q", word, got)
		}
	})
}

// TestQuoteRandom sends 20,000 random words through the shell, 100 at a time.
func TestQuoteRandom(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for range 200 {
		words := make([]string, 100)
		for i := range words {
			words[i] = randomWord(r)
		}
		for i, got := range shellReads(t, words) {
			if got != words[i] {
				t.Fatalf("sh reads %q as %q", words[i], got)
			}
		}
	}
}

func randomWord(r *rand.Rand) string {
	const special = "'\"\\$`!*?[]{}()<>|&;#~= \t\n-"
	word := make([]byte, r.IntN(20))
	for i := range word {
		if r.IntN(2) == 0 {
			word[i] = special[r.IntN(len(special))]
		} else {
			word[i] = byte(1 + r.IntN(255))
		}
	}
	return string(word)
}
