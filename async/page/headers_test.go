package page_test

import (
	"net/http"
	"regexp"
	"testing"
	"testing/synctest"
	"time"

	"github.com/infill-go/infill/async/page"
)

// hashes is what changes in a golden file with each change of the script.
var hashes = regexp.MustCompile(`fill-[0-9a-f]{16}\.js`)

// TestServerTiming: ready, waited and late, in a header that may hold others.
func TestServerTiming(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := quietGroup(t)
		all := timed(t, g, "f")
		if _, err := all["f"].Wait(t.Context(), 0); err != nil {
			t.Fatal(err)
		}
		text := `{{sleep}}{{async "f" 0}}{{async "f" 7}}{{async "f" 8}}{{async "f" 900}}{{async "f" 900}}{{async "f" 901}}`
		pages := bindWith(t, g, map[string]any{"sleep": func() string { sleep(1500 * time.Microsecond); return "" }}, text, page.Options{})
		v := ask(t, func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Server-Timing", "db;dur=1")
			pages.Render(w, r, "page", nil)
		}, nil)
		pass(3 * time.Second)
		got := v.header["Server-Timing"]
		want := "shell;dur=1.5, ready;desc=1, waited;dur=18.5;desc=2, late;desc=3"
		if len(got) != 2 || got[0] != "db;dur=1" || got[1] != want {
			t.Errorf("%q\nwant %q", got, want)
		}
	})
}

// TestHeadersOfThePage stay, but for Cache-Control while something is pending.
func TestHeadersOfThePage(t *testing.T) {
	for _, pending := range []bool{false, true} {
		synctest.Test(t, func(t *testing.T) {
			g := quietGroup(t)
			all := register(t, g, "f")
			if !pending {
				all.open("f", "value")
			}
			pages := bind(t, g, `<p>{{async "f" 1}}</p>`, page.Options{})
			v := ask(t, func(w http.ResponseWriter, r *http.Request) {
				w.Header().Set("Cache-Control", "public, max-age=60")
				w.Header().Set("Content-Type", "application/xhtml+xml")
				w.Header().Set("X-Mine", "1")
				pages.Render(w, r, "page", nil)
			}, nil)
			pass(3 * time.Second)
			want := map[bool]string{false: "public, max-age=60", true: "no-store"}[pending]
			if h := v.header; h.Get("Cache-Control") != want || h.Get("Content-Type") != "application/xhtml+xml" || h.Get("X-Mine") != "1" {
				t.Errorf("pending %v: %v", pending, h)
			}
		})
	}
}
