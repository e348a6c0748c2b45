package browser_test

import (
	"bytes"
	"image/png"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/infill-go/infill/e2e/internal/browser"
	"github.com/infill-go/infill/e2e/internal/browsertest"
)

// serve answers every address with the body, but for those that end in /missing.
func serve(t *testing.T, policy, body string) string {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasSuffix(r.URL.Path, "/missing") {
			http.NotFound(w, r)
			return
		}
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		if policy != "" {
			w.Header().Set("Content-Security-Policy", policy)
		}
		_, _ = w.Write([]byte("<!doctype html><meta charset=utf-8>" + body))
	}))
	t.Cleanup(server.Close)
	return server.URL
}

func TestProblemsAreSeen(t *testing.T) {
	b := browsertest.Launch(t, browser.Options{})
	tests := []struct {
		name, policy, body string
		noScripts          bool
		want               string // in one of the problems; empty means none at all
	}{
		{name: "nothing wrong", policy: "default-src 'self'", body: `<p>fine</p>`},
		{name: "nothing wrong without scripts", body: `<script>throw "not run"</script>`, noScripts: true},
		{name: "inline style refused", policy: "default-src 'self'", body: `<p style="color:red">x</p>`, noScripts: true, want: "content security policy: style-src"},
		{name: "inline script refused", policy: "default-src 'self'", body: `<script>1</script>`, want: "content security policy: script-src"},
		{name: "console error", body: `<script>console.error("gone", 7)</script>`, want: `console.error: "gone" 7`},
		{name: "exception", body: `<script>throw new Error("fell")</script>`, want: "Error: fell"},
		{name: "missing resource", body: `<img src="/missing" alt="">`, noScripts: true, want: "404"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			p := browsertest.Open(t, b, serve(t, tt.policy, tt.body), browser.View{NoScripts: tt.noScripts})
			if err := p.WaitFor(`document.readyState === "complete"`, 10*time.Second); err != nil {
				t.Fatal(err)
			}
			problems := p.Problems()
			if tt.want == "" && len(problems) > 0 {
				t.Errorf("problems of a page without any: %q", problems)
			}
			if !strings.Contains(strings.Join(problems, "\n"), tt.want) {
				t.Errorf("no problem has %q: %q", tt.want, problems)
			}
		})
	}
}

func TestView(t *testing.T) {
	b := browsertest.Launch(t, browser.Options{})
	url := serve(t, "", `<meta name=viewport content="width=device-width"><script>document.documentElement.id="ran"</script>
		<p>narrow</p>`)
	wide := serve(t, "", `<meta name=viewport content="width=device-width"><div style="width:700px">wide</div>`)
	tests := []struct {
		name      string
		url       string
		view      browser.View
		condition string
	}{
		{"scripts run", url, browser.View{}, `document.documentElement.id === "ran"`},
		{"scripts are off", url, browser.View{NoScripts: true}, `document.documentElement.id === ""`},
		{"light", url, browser.View{}, `!matchMedia("(prefers-color-scheme: dark)").matches`},
		{"dark", url, browser.View{Dark: true}, `matchMedia("(prefers-color-scheme: dark)").matches`},
		{"phone", url, browser.View{Width: 360, Height: 640}, `innerWidth === 360 && document.scrollingElement.scrollWidth === 360`},
		{"too wide for a phone", wide, browser.View{Width: 360, Height: 640}, `document.scrollingElement.scrollWidth > 360`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			p := browsertest.Open(t, b, tt.url, tt.view)
			if err := p.WaitFor(`document.readyState === "complete"`, 10*time.Second); err != nil {
				t.Fatal(err)
			}
			if !browsertest.Eval[bool](t, p, tt.condition) {
				t.Errorf("not so: %s", tt.condition)
			}
		})
	}
}

func TestWaitForTellsWhatWasNotMet(t *testing.T) {
	b := browsertest.Launch(t, browser.Options{})
	p := browsertest.Open(t, b, serve(t, "", `<p>x</p>`), browser.View{})
	for _, tt := range []struct{ condition, want string }{
		{`1 === 2`, "it was false"},
		{`nowhere.at.all`, "nowhere is not defined"},
	} {
		err := p.WaitFor(tt.condition, 200*time.Millisecond)
		if err == nil || !strings.Contains(err.Error(), tt.condition) || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("WaitFor(%s) = %v, want an error with the condition and %q", tt.condition, err, tt.want)
		}
	}
}

func TestContrasts(t *testing.T) {
	b := browsertest.Launch(t, browser.Options{})
	tests := []struct {
		name, body string
		dark       bool
		min, max   float64 // of the worst text
		readable   bool
	}{
		{name: "black on white", body: `<p>x`, min: 21, max: 21, readable: true},
		{name: "grey on white", body: `<p style="color:#777">x`, min: 4.47, max: 4.49},
		{name: "large grey on white", body: `<p style="color:#777;font-size:24px">x`, min: 4.47, max: 4.49, readable: true},
		{name: "faded", body: `<div style="opacity:.3"><p>x</div>`, min: 2, max: 2.2},
		{name: "modern notation", body: `<body style="background:oklch(0 0 0)"><p style="color:color(srgb 1 1 1)">x`, min: 21, max: 21, readable: true},
		{name: "dark ground of the browser", body: `<style>:root{color-scheme:dark}</style><p>x`, dark: true, min: 15, max: 21, readable: true},
		{name: "black on that ground", body: `<style>:root{color-scheme:dark}</style><p style="color:#000">x`, dark: true, min: 1, max: 1.3},
		{name: "hidden text does not count", body: `<p>x<p hidden style="color:#fff">y<p style="visibility:hidden;color:#fff">z`, min: 21, max: 21, readable: true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			p := browsertest.Open(t, b, serve(t, "", tt.body), browser.View{Dark: tt.dark})
			if err := p.WaitFor(`document.readyState === "complete"`, 10*time.Second); err != nil {
				t.Fatal(err)
			}
			all, err := p.Contrasts()
			if err != nil {
				t.Fatal(err)
			}
			if len(all) == 0 {
				t.Fatal("no text seen")
			}
			if worst := all[0]; worst.Ratio < tt.min-0.005 || worst.Ratio > tt.max+0.005 || worst.Readable() != tt.readable {
				t.Errorf("%v, readable %v; want %v to %v, %v", worst, worst.Readable(), tt.min, tt.max, tt.readable)
			}
		})
	}
}

func TestScreenshotShowsTheWholeDocument(t *testing.T) {
	b := browsertest.Launch(t, browser.Options{})
	p := browsertest.Open(t, b, serve(t, "", `<body style="margin:0"><div style="height:1500px;background:#0a0"></div>`), browser.View{Width: 700, Height: 300})
	if err := p.WaitFor(`document.readyState === "complete"`, 10*time.Second); err != nil {
		t.Fatal(err)
	}
	data, err := p.Screenshot()
	if err != nil {
		t.Fatal(err)
	}
	picture, err := png.Decode(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	if size := picture.Bounds().Size(); size.X != 700 || size.Y != 1500 {
		t.Errorf("picture is %v, want 700x1500", size)
	}
	if r, g, b, _ := picture.At(350, 1400).RGBA(); r>>8 != 0 || g>>8 != 0xaa || b>>8 != 0 {
		t.Errorf("colour below the fold is %d,%d,%d, want 0,170,0", r>>8, g>>8, b>>8)
	}
}
