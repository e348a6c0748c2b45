// Package e2e_test looks at the programs of this repository as a visitor does, in a real browser.
package e2e_test

import (
	"fmt"
	"net/http"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/infill-go/infill/e2e/internal/browser"
	"github.com/infill-go/infill/e2e/internal/browsertest"
	"github.com/infill-go/infill/e2e/internal/dashboard"
)

const (
	phone = 360 // CSS pixels: the narrowest phones in common use
	// fillTimeout is ample: the slowest command of the dashboard takes seconds, and the machine may be busy.
	fillTimeout = 60 * time.Second
	endTimeout  = 20 * time.Second
)

// startDashboard runs the real program, built with the race detector: a data race in it is an exit code that is not 0.
func startDashboard(t *testing.T) *dashboard.Program {
	t.Helper()
	path, err := dashboard.Build(t.TempDir(), "-race")
	if err != nil {
		t.Fatal(err)
	}
	t.Setenv("TMPDIR", t.TempDir()) // the program's own, so that checkEnd sees what is left in it
	program, err := dashboard.Start(path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := program.Kill(); err != nil {
			t.Error(err)
		}
		if t.Failed() {
			t.Logf("the dashboard printed:\n%s", program.Output())
		}
	})
	return program
}

// TestDashboardWithoutScripts follows one visitor who has scripts turned off, from the first view to the filled page, and
// then ends the program.
func TestDashboardWithoutScripts(t *testing.T) {
	b := browsertest.Launch(t, browser.Options{})
	program := startDashboard(t)

	p := browsertest.Open(t, b, program.URL, browser.View{NoScripts: true})
	if err := p.WaitFor(dashboard.Blocks("default")+" === 15 && "+dashboard.AllBlocks+" === 15", 10*time.Second); err != nil {
		t.Fatalf("the first view does not show its 15 defaults: %v", err)
	}
	for _, host := range []string{"alpha", "beta", "gamma"} {
		for _, block := range []string{"load", "memory", "disk", "ps", "uptime"} {
			id := host + "-" + block
			if !browsertest.Eval[bool](t, p, fmt.Sprintf(`document.getElementById(%q)?.matches("section.block")`, id)) {
				t.Errorf("the first view has no block %s", id)
			}
		}
	}
	if status := browsertest.Eval[string](t, p, `document.querySelector("[role=status]").textContent`); status != "15 sections are loading" {
		t.Errorf("the status says %q", status)
	}
	first := browsertest.Eval[float64](t, p, `performance.timeOrigin`)
	other := browsertest.Open(t, b, program.URL+"?mode=reload", browser.View{NoScripts: true})
	otherFirst := browsertest.Eval[float64](t, other, `performance.timeOrigin`)

	if err := p.WaitFor(dashboard.Filled, fillTimeout); err != nil {
		t.Fatalf("not filled within the response: %v", err)
	}
	if err := other.WaitFor(fmt.Sprintf("%s && performance.timeOrigin > %v", dashboard.Filled, otherFirst), fillTimeout); err != nil {
		t.Errorf("not filled by loading it again: %v", err)
	}
	if browsertest.Eval[float64](t, p, `performance.timeOrigin`) != first {
		t.Error("filled by a new load, and not within the response")
	}
	if status := browsertest.Eval[string](t, p, `document.querySelector("[role=status]").textContent`); status != "All sections are loaded" {
		t.Errorf("the status says %q", status)
	}
	for _, page := range []*browser.Page{p, other} {
		if problems := page.Problems(); len(problems) > 0 {
			t.Errorf("the browser complains: %q", problems)
		}
	}

	t.Run("headers", func(t *testing.T) { checkHeaders(t, program.URL) })
	for name, view := range map[string]browser.View{
		"light":       {NoScripts: true},
		"dark":        {NoScripts: true, Dark: true},
		"light phone": {NoScripts: true, Width: phone, Height: 780},
		"dark phone":  {NoScripts: true, Width: phone, Height: 780, Dark: true},
	} {
		t.Run(name, func(t *testing.T) { checkLooks(t, b, program.URL, view) })
	}
	t.Run("end", func(t *testing.T) { checkEnd(t, program) })
}

// checkHeaders makes sure that the policy whose violations are looked for is there at all, and that the loading ends.
func checkHeaders(t *testing.T, url string) {
	response, err := http.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK || !strings.HasPrefix(response.Header.Get("Content-Type"), "text/html") {
		t.Errorf("%s %s", response.Status, response.Header.Get("Content-Type"))
	}
	policy := response.Header.Get("Content-Security-Policy")
	if policy == "" || strings.Contains(policy, "unsafe") {
		t.Errorf("content security policy is %q, want one that allows nothing inline", policy)
	}
	// The page is filled by now: whoever reads it must not have it loaded anew under the eyes.
	if refresh := response.Header.Get("Refresh"); refresh != "" {
		t.Errorf("a filled page has the header Refresh: %s", refresh)
	}
}

func checkLooks(t *testing.T, b *browser.Browser, url string, view browser.View) {
	p := browsertest.Open(t, b, url, view)
	if err := p.WaitFor(dashboard.Filled, fillTimeout); err != nil {
		t.Fatal(err)
	}
	contrasts, err := p.Contrasts()
	if err != nil {
		t.Fatal(err)
	}
	if len(contrasts) < 15 {
		t.Errorf("only %d texts are visible", len(contrasts))
	}
	told := map[string]bool{} // one text for each pair of colours is enough
	for _, c := range contrasts {
		if pair := c.Foreground + c.Background; !c.Readable() && !told[pair] {
			told[pair] = true
			t.Errorf("hard to read: %v", c)
		}
	}
	if view.Width > 0 {
		if width := browsertest.Eval[int](t, p, `document.scrollingElement.scrollWidth`); width > view.Width {
			t.Errorf("the document is %d px wide and scrolls sideways in %d px", width, view.Width)
		}
	}
	if problems := p.Problems(); len(problems) > 0 {
		t.Errorf("the browser complains: %q", problems)
	}
}

func checkEnd(t *testing.T, program *dashboard.Program) {
	if code, err := program.Interrupt(endTimeout); code != 0 || err != nil {
		t.Errorf("SIGINT: exit code %d, %v; want 0", code, err)
	}
	left, err := program.Leftovers(2 * time.Second)
	if err != nil {
		t.Fatal(err)
	}
	if len(left) > 0 {
		t.Errorf("the program ended and left behind: %v", left)
	}
	files, err := os.ReadDir(os.Getenv("TMPDIR"))
	if err != nil {
		t.Fatal(err)
	}
	if len(files) > 0 {
		t.Errorf("the program ended and left behind: %v", files)
	}
}
