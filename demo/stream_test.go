package main

import (
	"bufio"
	"io"
	"net/http"
	"strings"
	"testing"
)

// TestStreams reads the page as it comes: the defaults while no host answers, and every block in the same response.
func TestStreams(t *testing.T) {
	d := startDemo(t, steady, nil)
	response, err := http.Get(d.url())
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	body := bufio.NewReader(response.Body)
	shell := readUntil(t, body, `"></async-fill></div>`)
	blocks := len(played) * len(blockNames)
	if n := strings.Count(shell, `data-state="default"`); n != blocks {
		t.Errorf("%d defaults in the shell, want %d", n, blocks)
	}
	if !strings.Contains(shell, ">15 sections are loading<") {
		t.Error("the status does not say that 15 sections are loading")
	}
	d.open()
	rest, err := io.ReadAll(body)
	if err != nil {
		t.Fatal(err)
	}
	if n := strings.Count(string(rest), `data-state="value"`); n != blocks {
		t.Errorf("%d values came later, want %d", n, blocks)
	}
	if !strings.Contains(string(rest), ">All sections are loaded</template>") || !strings.HasSuffix(string(rest), "<async-fill end></async-fill>") {
		t.Errorf("the response ends with %q", rest[max(0, len(rest)-200):])
	}
}

// readUntil reads up to and with the text, which is there though the response has not ended.
func readUntil(t *testing.T, r *bufio.Reader, text string) string {
	t.Helper()
	var b strings.Builder
	for !strings.HasSuffix(b.String(), text) {
		one, err := r.ReadByte()
		if err != nil {
			t.Fatalf("%v after %q", err, b.String())
		}
		b.WriteByte(one)
	}
	return b.String()
}

// TestWhole waits for all blocks and has each in its place.
func TestWhole(t *testing.T) {
	d := startDemo(t, steady, nil)
	d.open()
	whole := request(t, "GET", d.url()+"?mode=whole")
	if got := whole.states(); got["value"] != len(played)*len(blockNames) || len(got) != 1 {
		t.Errorf("the blocks are %v", got)
	}
	if strings.Contains(whole.text, "<?start") || strings.Contains(whole.text, "async-fill") {
		t.Error("a whole page has marks of a stream")
	}
	checkMarkup(t, whole)
}
