package page_test

import (
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/infill-go/infill/async/page"
)

// TestModeOf: who can show a page while it comes.
func TestModeOf(t *testing.T) {
	tests := []struct {
		who     string
		headers []string // name, value
		want    page.Mode
	}{
		{"curl", nil, page.Stream},
		{"a browser over TLS", []string{"Sec-Fetch-Dest", "document", "Sec-Fetch-Mode", "navigate"}, page.Stream},
		{"a frame", []string{"Sec-Fetch-Dest", "iframe"}, page.Stream},
		{"fetch", []string{"Sec-Fetch-Dest", "empty"}, page.AtOnce},
		{"Turbo Drive over TLS", []string{"Sec-Fetch-Dest", "empty", "X-Turbo-Request-Id", "1"}, page.AtOnce},
		{"Turbo Drive without", []string{"X-Turbo-Request-Id", "1"}, page.AtOnce},
		{"a Turbo frame", []string{"Turbo-Frame", "f"}, page.Whole},
		{"htmx", []string{"HX-Request", "true"}, page.Whole},
		{"htmx boost", []string{"HX-Request", "true", "HX-Boosted", "true"}, page.AtOnce},
		{"a part by Unpoly", []string{"X-Up-Version", "3", "X-Up-Target", ".list"}, page.Whole},
		{"a page by Unpoly", []string{"X-Up-Version", "3", "X-Up-Target", "body"}, page.AtOnce},
		{"jQuery", []string{"X-Requested-With", "XMLHttpRequest"}, page.AtOnce},
		{"a browser that shows what htmx had in its history", []string{"Sec-Fetch-Dest", "document", "HX-Request", "true"}, page.Stream},
		{"a picture", []string{"Sec-Fetch-Dest", "image"}, page.AtOnce},
	}
	for _, tt := range tests {
		r, err := http.NewRequest(http.MethodGet, "/", nil)
		if err != nil {
			t.Fatal(err)
		}
		for i := 0; i < len(tt.headers); i += 2 {
			r.Header.Set(tt.headers[i], tt.headers[i+1])
		}
		if got := page.ModeOf(r); got != tt.want {
			t.Errorf("%s: %v, want %v", tt.who, got, tt.want)
		}
	}
}

func TestModeNames(t *testing.T) {
	for mode, want := range map[page.Mode]string{page.Stream: "stream", page.Whole: "whole", page.AtOnce: "at once", page.Plain: "plain", 4: "Mode(4)", -1: "Mode(-1)"} {
		if got := mode.String(); got != want {
			t.Errorf("%d is %q, want %q", mode, got, want)
		}
	}
}

// modesPage has a fragment that is ready, one that comes within the budget and one that comes after a second.
const modesPage = `<html><head>{{asyncscript}}</head><body>
<p>{{async "f" 0 "-"}}</p>
<p>{{async "f" 1 "-"}}</p>
<p>{{async "f" 1000 "…"}}</p>
{{asyncstatus}}
</body></html>`

// TestModes to the byte.
func TestModes(t *testing.T) {
	for mode, file := range map[page.Mode]string{page.Stream: "stream", page.Whole: "whole", page.AtOnce: "at-once", page.Plain: "plain"} {
		synctest.Test(t, func(t *testing.T) {
			g := quietGroup(t)
			all := timed(t, g, "f")
			if _, err := all["f"].Wait(t.Context(), 0); err != nil {
				t.Fatal(err)
			}
			v := get(t, bind(t, g, modesPage, page.Options{Mode: func(*http.Request) page.Mode { return mode }}), nil)
			pass(3 * time.Second)
			golden(t, "mode-"+file+".txt", hashes.ReplaceAllString(v.script(), "fill-HASH.js"))
		})
	}
}

// TestOthersArePlain: who has said, or shows when asked, that a stream does not reach them.
func TestOthersArePlain(t *testing.T) {
	tests := []struct {
		name   string
		edit   func(r *http.Request)
		hide   bool // that the writer can flush
		option page.Mode
	}{
		{"HEAD", func(r *http.Request) { r.Method = http.MethodHead }, false, page.Stream},
		{"HTTP/1.0", func(r *http.Request) { r.Proto, r.ProtoMajor, r.ProtoMinor = "HTTP/1.0", 1, 0 }, false, page.Stream},
		{"a writer that cannot flush", nil, true, page.Stream},
		{"a mode that there is not", nil, false, 17},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				g := quietGroup(t)
				register(t, g, "f")
				pages := bind(t, g, `<p>{{async "f" 1 "default"}}</p>`, page.Options{Mode: func(*http.Request) page.Mode { return tt.option }})
				v := ask(t, func(w http.ResponseWriter, r *http.Request) {
					if tt.hide {
						w = struct{ http.ResponseWriter }{w}
					}
					pages.Render(w, r, "page", nil)
				}, tt.edit)
				pass(20 * time.Millisecond)
				if got := strings.Join(v.texts("write"), "|"); !v.over() || got != "<p>default</p>" {
					t.Errorf("over %v: %s", v.over(), got)
				}
				if h := v.header; h.Get("Refresh") != "2" || h.Get("Cache-Control") != "no-store" || h["X-Accel-Buffering"] != nil {
					t.Errorf("%v", h)
				}
			})
		})
	}
}

// refusing claims to flush, and answers that it cannot when it is asked to.
type refusing struct{ http.ResponseWriter }

func (refusing) FlushError() error { return http.ErrNotSupported }

// TestAWriterThatCannotFlushAfterAll does not hold its page back.
func TestAWriterThatCannotFlushAfterAll(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := quietGroup(t)
		register(t, g, "f")
		pages := bind(t, g, `<p>{{async "f" 1 "default"}}</p>`, page.Options{})
		v := ask(t, func(w http.ResponseWriter, r *http.Request) { pages.Render(refusing{w}, r, "page", nil) }, nil)
		pass(20 * time.Millisecond)
		if b := browse(v.body()); !v.over() || !b.ended || !b.again || !strings.Contains(b.String(), "default") {
			t.Errorf("over %v: %s", v.over(), v.script())
		}
	})
}

// TestWholeHasALimit, and then shows its defaults. It does not ask to be loaded anew: who wants it whole does not do that.
func TestWholeHasALimit(t *testing.T) {
	for _, tt := range []struct{ set, want time.Duration }{{0, 10 * time.Second}, {time.Second, time.Second}} {
		synctest.Test(t, func(t *testing.T) {
			g := quietGroup(t)
			all := register(t, g, "f", "other")
			o := page.Options{Limit: tt.set, Mode: func(*http.Request) page.Mode { return page.Whole }}
			v := get(t, bind(t, g, `<p>{{async "f" 1 "default"}}{{async "other" 1}}</p>`, o), nil)
			pass(tt.want / 2)
			all.open("other", " and more")
			pass(tt.want/2 - 1)
			if v.over() {
				t.Error("it is over before its time")
			}
			pass(1)
			if !v.over() || v.body() != "<p>default and more</p>" || v.header.Get("Cache-Control") != "no-store" {
				t.Errorf("over %v: %s", v.over(), v.script())
			}
		})
	}
}
