// Package drivertest is the contract of the drivers of browsers.
package drivertest

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

// Tab is what the drivers have in common.
type Tab interface {
	Goto(url string) error
	Eval(expression string, into any) error
	WaitFor(expression string, deadline time.Duration) error
	Problems() []string
	Close() error
}

// Driver is one way of starting one browser.
type Driver struct {
	Scripts       bool // it runs the page's scripts
	TellsProblems bool // Problems is not always nil
	TellsRefusal  bool // Goto fails where nobody listens
	// Open opens a tab that is closed with the test.
	Open func(t *testing.T) Tab
}

// seeTimeout is ample: what is waited for is there within milliseconds, unless the machine is busy.
const seeTimeout = 20 * time.Second

// Run tests the contract.
func Run(t *testing.T, d Driver) {
	for name, test := range map[string]func(*testing.T){
		"streaming":     d.streaming,
		"evaluating":    d.evaluating,
		"leaving":       d.leaving,
		"problems":      d.problems,
		"nobody there":  d.nobody,
		"not in vain":   d.unmet,
		"one at a time": d.again,
	} {
		t.Run(name, test)
	}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func see(t *testing.T, tab Tab, expression string) {
	t.Helper()
	must(t, tab.WaitFor(expression, seeTimeout))
}

func eval[T any](t *testing.T, tab Tab, expression string) (value T) {
	t.Helper()
	must(t, tab.Eval(expression, &value))
	return value
}

// The first part is seen while the second is held back: the test would hang in Goto or in WaitFor if anything waited for the end.
func (d Driver) streaming(t *testing.T) {
	s, tab := serve(t, nil), d.Open(t)
	must(t, tab.Goto(s.URL+"/held"))
	see(t, tab, `document.querySelector("#first")?.innerText.includes("more words")`)
	if got := eval[string](t, tab, `document.visibilityState + " " + document.readyState`); got != "visible loading" {
		t.Errorf("the page is %s, want visible loading", got)
	}
	if eval[bool](t, tab, `!!document.querySelector("#second")`) {
		t.Error("the second part is there before it was sent")
	}
	if d.Scripts {
		see(t, tab, `document.documentElement.id === "ran"`)
	}
	s.release()
	see(t, tab, `document.querySelector("#second") && document.readyState === "complete"`)
	// By now an asynchronous script has run too, and what is in a noscript is elements only where scripts are off.
	if got := eval[bool](t, tab, `document.documentElement.id === "ran"`); got != d.Scripts {
		t.Errorf("that the page's script has run is %v, want %v", got, d.Scripts)
	}
	if got := eval[bool](t, tab, `document.querySelector("#none") === null`); got != d.Scripts {
		t.Errorf("that noscript is text is %v, want %v", got, d.Scripts)
	}
	if problems := tab.Problems(); len(problems) > 0 {
		t.Errorf("the browser complains of a page without fault: %q", problems)
	}
}

// All of it on a page that is still streaming, under a policy that allows no evaluation to the page itself.
func (d Driver) evaluating(t *testing.T) {
	s, tab := serve(t, nil), d.Open(t)
	must(t, tab.Goto(s.URL+"/held"))
	see(t, tab, `document.querySelector("#first")`)
	if got := eval[struct{ A []int }](t, tab, `{a: [1, 2]}`); fmt.Sprint(got.A) != "[1 2]" {
		t.Errorf("an object literal is %v", got)
	}
	kept := "kept"
	must(t, tab.Eval(`undefined`, &kept))
	must(t, tab.Eval(`"thrown away" // a comment`, nil))
	if kept != "kept" {
		t.Errorf("undefined is %q", kept)
	}
	if got := eval[string](t, tab, "`ä\"\n`"); got != "ä\"\n" {
		t.Errorf("a string is %q", got)
	}
	for _, bad := range []string{`nowhere.at.all`, `(() => { throw new TypeError("nowhere") })()`} {
		if err := tab.Eval(bad, nil); err == nil || !strings.Contains(err.Error(), "nowhere") || !strings.Contains(err.Error(), bad) {
			t.Errorf("Eval(%s) = %v, want the expression and the text of the exception", bad, err)
		}
	}
	if err := tab.Eval(`(`, nil); err == nil {
		t.Error("half an expression is no error")
	}
	if d.Scripts {
		see(t, tab, `self.mine?.a === 1`)
	}
}

// A page that streams is left for another, and come back to.
func (d Driver) leaving(t *testing.T) {
	s := serve(t, map[string]page{"/other": {body: `<p id="other">` + strings.Repeat("some other words ", 40)}})
	tab := d.Open(t)
	for range 2 { // the second time the page is the same and its document another
		must(t, tab.Goto(s.URL+"/held"))
		see(t, tab, `document.querySelector("#first") && !document.querySelector("#second")`)
		if got := eval[string](t, tab, `performance.getEntriesByType("navigation")[0].type`); got != "navigate" {
			t.Errorf("the navigation is a %s", got)
		}
	}
	must(t, tab.Goto(s.URL+"/other"))
	see(t, tab, `document.querySelector("#other")`)
	must(t, tab.Eval(`history.back()`, nil))
	see(t, tab, `document.querySelector("#first")`)
}

func (d Driver) problems(t *testing.T) {
	words := `<p id="seen">` + strings.Repeat("some words more ", 40) + `</p>`
	tests := []struct {
		name  string
		page  page
		wants string
		does  bool // that it happens to this visitor
	}{
		{"inline script", page{strict, `<script>1</script>` + words}, "script-src", d.Scripts},
		{"inline style", page{strict, `<p style="color: red">red` + words}, "style-src", true},
		{"image", page{strict, `<img src="/missing" alt="">` + words}, "img-src", true},
		{"trusted types", page{"require-trusted-types-for 'script'", `<script>try { document.createElement("p").innerHTML = "x" } catch {}</script>` + words}, "require-trusted-types-for", d.Scripts},
		{"console error", page{"", `<script>console.error("gone", 7)</script>` + words}, "gone 7", d.Scripts},
		{"exception", page{"", `<script>throw new Error("fell")</script>` + words}, "Error: fell", d.Scripts},
		{"nothing wrong", page{"default-src 'self'", words}, "", true},
	}
	for _, tt := range tests {
		if !tt.does {
			continue
		}
		t.Run(tt.name, func(t *testing.T) {
			s, tab := serve(t, map[string]page{"/page": tt.page}), d.Open(t)
			must(t, tab.Goto(s.URL+"/page"))
			see(t, tab, `document.querySelector("#seen") && document.readyState === "complete"`)
			if tt.page.policy == strict && tt.wants != "" {
				if report := <-s.reports; !strings.Contains(report, tt.wants) {
					t.Errorf("the server is told of %s, want %s", report, tt.wants)
				}
			}
			problems := tab.Problems()
			if !d.TellsProblems {
				if problems != nil {
					t.Errorf("problems: %q, want nil", problems)
				}
				return
			}
			if tt.wants == "" && len(problems) > 0 {
				t.Errorf("problems of a page without any: %q", problems)
			}
			if !strings.Contains(strings.Join(problems, "\n"), tt.wants) {
				t.Errorf("no problem has %q: %q", tt.wants, problems)
			}
		})
	}
}

func (d Driver) nobody(t *testing.T) {
	url, tab := refusing(t), d.Open(t)
	if err := tab.Goto(url); d.TellsRefusal && (err == nil || !strings.Contains(err.Error(), url)) {
		t.Errorf("Goto = %v, want an error with the address", err)
	}
}

func (d Driver) unmet(t *testing.T) {
	tab := d.Open(t)
	for _, tt := range []struct{ expression, want string }{
		{`1 === 2`, "it was false"},
		{`nowhere.at.all`, "nowhere"},
	} {
		err := tab.WaitFor(tt.expression, 200*time.Millisecond)
		if err == nil || !strings.Contains(err.Error(), tt.expression) || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("WaitFor(%s) = %v, want an error with the expression and %q", tt.expression, err, tt.want)
		}
	}
}

// A second tab knows nothing of the first.
func (d Driver) again(t *testing.T) {
	s := serve(t, map[string]page{"/page": {"", `<p style="color: red">` + strings.Repeat("some words ", 60)}})
	for range 2 {
		t.Run("tab", func(t *testing.T) {
			tab := d.Open(t)
			if got := eval[string](t, tab, `location.href + " " + history.length`); got != "about:blank 1" {
				t.Errorf("a new tab is at %s", got)
			}
			must(t, tab.Goto(s.URL+"/page"))
			see(t, tab, `document.querySelector("p")`)
		})
	}
}
