package e2e_test

import "github.com/infill-go/infill/e2e/internal/wire"

// oddCases are pages with something wrong in them, and what belongs to others.
var oddCases = []fillCase{
	{name: "open p at the end", body: place("a") + `<p>text`, steps: []fillStep{step("a")}},
	{name: "open div at the end", body: place("a") + place("b") + `<div>text`, steps: []fillStep{step("a"), step("b")}, onlyScript: true},
	{name: "open div around the place", body: `<div>` + place("a"), steps: []fillStep{step("a")}},
	{name: "open list at the end", body: place("a") + `<ul><li>text`, steps: []fillStep{step("a")}, onlyScript: true},
	{name: "open b at the end", body: place("a") + place("b") + `<b>text`, steps: []fillStep{step("a"), step("b")}, onlyScript: true},
	{
		// The parser opens the b again around what follows.
		name:       "open b in a p at the end",
		body:       place("a") + place("b") + `<p><b>text`,
		steps:      []fillStep{{send: wire.Fragment("a", "<b>done</b>")}, step("b")},
		onlyScript: true,
		scripts:    shows("#a", "done"),
	},
	{
		name:   "nothing is there to fill",
		body:   place("a"),
		steps:  []fillStep{{send: wire.Fragment("gone", "lost")}, step("a")},
		always: `!document.body.textContent.includes("lost")`,
		// Where the browser fills by itself such a template stays in the document.
		scripts: `!document.querySelector("template")`,
	},
	{
		// The namespace is the same in browsers that fill by themselves: it is the template's parser that gives it.
		name:  "children of an svg become html",
		body:  `<svg id=a>` + wire.Start("a", `<text>wait</text>`) + `</svg>`,
		steps: []fillStep{{wire.Fragment("a", `<circle r="1"></circle>`), `document.querySelector("#a > circle")?.namespaceURI === "http://www.w3.org/1999/xhtml"`}},
	},
	{
		name:   "a default without its end tag takes what follows in its parent",
		body:   `<section id=a>` + wire.Start("a", `<p>wait`) + `<div>after</div></section><p id=b>stays</p>`,
		steps:  []fillStep{{wire.Fragment("a", "done"), shows("#a", "done")}},
		always: shows("#b", "stays"),
	},
	{
		name:  "text and comments that look like markers",
		body:  `<p id=a>` + wire.Start("a", `?end<!-- ?end --> &lt;?end&gt;`) + ` stays</p>`,
		steps: []fillStep{{wire.Fragment("a", "done"), shows("#a", "done stays")}},
	},
	{
		// What a visitor has written, if a sanitiser lets it through, stays where it is and does nothing.
		name: "templates of others",
		body: `<div id=evil><!--?start name="x"-->kept<!--?end--><template for=x><b>evil</b></template></div>` + place("a") +
			`<!--?start name="y"-->kept<!--?end--><template for=y><b>own</b></template>`,
		steps:  []fillStep{step("a"), {send: wire.Fragment("gone", "lost")}},
		always: shows("#evil", "kept") + ` && document.querySelectorAll("template[for=x], template[for=y]").length === 2`,
	},
}
