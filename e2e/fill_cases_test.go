package e2e_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/infill-go/infill/e2e/internal/wire"
)

// fillCase is one page and what arrives for it.
type fillCase struct {
	name       string
	head, body string
	steps      []fillStep
	onlyScript bool   // browsers do not fill it by themselves, nor is it to be expected of them
	always     string // is true when all was sent, for every visitor
	scripts    string // the same where scripts run
}

// fillStep is one fragment.
type fillStep struct {
	send   string
	filled string // is true when the fragment stands in its place, and false while its default does
}

// play sends one fragment after the other, each when the one before is seen.
func (c fillCase) play(t *testing.T, s *sight) {
	s.painted()
	fills := s.visitor.Fills() && !c.onlyScript || s.visitor.Scripts
	for _, step := range c.steps {
		if step.filled != "" && s.is(step.filled) {
			t.Fatalf("true before anything was sent: %s", step.filled)
		}
		s.send(step.send)
		if fills && step.filled != "" {
			s.see(step.filled)
		}
	}
	s.end(wire.End)
	s.see(`document.readyState === "complete"`)
	for _, step := range c.steps {
		if step.filled != "" && s.is(step.filled) != fills {
			t.Errorf("at the end %v: %s", !fills, step.filled)
		}
	}
	if c.always != "" && !s.is(c.always) {
		t.Errorf("at the end not so: %s", c.always)
	}
	if c.scripts != "" && s.visitor.Scripts {
		s.see(c.scripts)
	}
	s.checkClean(!c.onlyScript)
	s.checkVisits(1)
	s.checkQuiet()
}

// shows is true when the element has exactly this text.
func shows(selector, text string) string {
	return fmt.Sprintf(`document.querySelector(%q)?.textContent === %q`, selector, text)
}

// place is a paragraph with a default, step what fills it.
func place(name string) string { return `<p id=` + name + `>` + wire.Start(name, "wait") + `</p>` }

func step(name string) fillStep {
	return fillStep{wire.Fragment(name, `<b>done</b>`), shows("#"+name, "done")}
}

func many(n int) (body string, one fillStep) {
	var all []string
	for i := range n {
		s := step(fmt.Sprint("m", i))
		body += place(fmt.Sprint("m", i))
		one.send += s.send
		all = append(all, s.filled)
	}
	one.filled = strings.Join(all, " && ")
	return body, one
}

var fillCases = append(placeCases, oddCases...)

// placeCases are pages as they should be.
var placeCases = []fillCase{
	{name: "in order", body: place("a") + place("b"), steps: []fillStep{step("a"), step("b")}},
	{name: "out of order", body: place("a") + place("b") + place("c"), steps: []fillStep{step("c"), step("a"), step("b")}},
	{name: "fifty in one write", body: manyBody, steps: []fillStep{manyStep}},
	{
		name: "nested",
		body: `<section id=s>` + wire.Start("a", "wait") + `</section>`,
		steps: []fillStep{
			{wire.Fragment("a", `<p id=outer>outer `+wire.Start("b", "wait")+`</p>`), `document.querySelector("#s > #outer")?.textContent.startsWith("outer ")`},
			{wire.Fragment("b", `<i>inner</i>`), shows("#outer", "outer inner")},
		},
	},
	{
		name:  "a range within a default goes with it",
		body:  `<p id=a>` + wire.Start("a", "w"+wire.Start("b", "x")+"y"+wire.Start("c", "z")) + ` stays</p>`,
		steps: []fillStep{{wire.Fragment("a", "done"), shows("#a", "done stays")}, {send: wire.Fragment("b", "late")}},
	},
	{
		name:  "table rows",
		body:  `<table><tbody id=t><tr><td>first</td></tr>` + wire.Start("a", `<tr><td>wait</td></tr>`) + `<tr><td>last</td></tr></table>`,
		steps: []fillStep{{wire.Fragment("a", `<tr><td>1</td></tr><tr><td>2</td></tr>`), `[...document.querySelectorAll("#t > tr > td")].map((e) => e.textContent).join() === "first,1,2,last"`}},
	},
	{
		name:  "options",
		body:  `<select id=s><option>first</option>` + wire.Start("a", `<option>wait</option>`) + `</select>`,
		steps: []fillStep{{wire.Fragment("a", `<option>x</option><option selected>y</option>`), `document.querySelector("#s").length === 3 && document.querySelector("#s").value === "y"`}},
	},
	{
		name:  "svg",
		body:  `<p id=a>` + wire.Start("a", "wait") + `</p>`,
		steps: []fillStep{{wire.Fragment("a", `<svg><circle r="1"/><linearGradient/></svg>`), `document.querySelector("#a > svg > lineargradient, #a > svg > linearGradient")?.namespaceURI === "http://www.w3.org/2000/svg"`}},
	},
	{
		name:  "title",
		head:  wire.Start("a", `<title>wait</title>`),
		steps: []fillStep{{wire.Fragment("a", `<title>done</title>`), `document.title === "done"`}},
	},
	{
		name:  "status",
		body:  `<span role=status>` + wire.Start("as", "1 section is loading") + `</span>` + place("a"),
		steps: []fillStep{step("a"), {wire.Fragment("as", "All sections are loaded"), shows("[role=status]", "All sections are loaded")}},
	},
	{name: "one key in two places", body: place("a") + place("b"), steps: []fillStep{step("a"), step("b")}},
	{
		name: "one name in two places",
		body: `<p id=x>` + wire.Start("a", "wait") + `</p><p id=y>` + wire.Start("a", "wait") + `</p>`,
		steps: []fillStep{
			{wire.Fragment("a", "1"), shows("#x", "1")},
			{wire.Fragment("a", "2"), shows("#y", "2")},
		},
	},
	{
		name:  "one fails",
		body:  place("a") + place("b"),
		steps: []fillStep{{wire.Fragment("a", `<em>no answer</em>`), shows("#a > em", "no answer")}, step("b")},
	},
	{
		name:    "script in a fragment",
		body:    place("a"),
		steps:   []fillStep{{wire.Fragment("a", `<b>done</b><script src="/ran.js"></script>`), shows("#a > b", "done")}},
		scripts: `self.ran === 1 && (document.querySelector("#a > script").remove(), true)`,
	},
}

var manyBody, manyStep = many(50)
