package e2e_test

import (
	"fmt"

	"github.com/infill-go/infill/async/page"
)

// spot is one fragment of board.html.
type spot struct {
	key    string
	value  string // nothing: it fails
	before string // is true while the default stands in its place
	after  string // is true when the fragment stands there
}

func (p spot) releaseIn(s *site) {
	if p.value == "" {
		s.fail(p.key)
	} else {
		s.release(p.key, p.value)
	}
}

// texts is true when the elements have these texts, and there are no others.
func texts(elements, want string) string {
	return fmt.Sprintf(`[...document.querySelectorAll(%q)].map((e) => e.textContent).join() === %q`, elements, want)
}

// inside is true when the element has nothing in it but one child with this text.
func inside(element, child, text string) string {
	return fmt.Sprintf(`((e) => e?.children.length === 1 && e.textContent === %[3]q && e.firstElementChild.matches(%[2]q) && e.firstElementChild.textContent === %[3]q)(document.querySelector(%[1]q))`,
		element, child, text)
}

// text is a place of the fragment of that name, which has nothing but it in its element.
func text(element, key, value string) spot {
	return spot{key, value, inside(element, "span[aria-busy=true]", "waiting for "+key), inside(element, "b", value)}
}

// These are all kinds of places, in the order of the page. The inner one is on the page when the outer one is.
var (
	title  = spot{"title", "a title", `document.title === "waiting"`, `document.title === "a title" && document.head.querySelectorAll("title").length === 1`}
	first  = text("#first", "first", "a < b")
	second = text("#second", "second", "two")
	own    = spot{"own", "three", shows("#own", "the caller's own default"), inside("#own", "b", "three")}
	rows   = spot{"rows", "row", texts("#rows > tr > *", "above,waiting,below"), texts("#rows > tr > *", "above,row,and another,below")}
	option = spot{"options", "option",
		texts("#choice > option", "above,waiting,below") + ` && document.querySelector("#choice").value === "above"`,
		texts("#choice > option", "above,option,another,below") + ` && document.querySelector("#choice").value === "another"`}
	drawing = spot{"drawing", "a circle", inside("#drawing", "span", "waiting"),
		`((e) => e?.namespaceURI === "http://www.w3.org/2000/svg" && e.getBoundingClientRect().width === 10)(document.querySelector("#drawing > svg > circle"))`}
	outer = spot{"outer", "heading", inside("#outer", "p[aria-busy=true]", "waiting"), shows("#outer > h2", "heading")}
	inner = text("#outer > #inner", "inner", "four")
	twice = spot{"twice", "five", texts("li > span", "waiting for twice,waiting for twice"), texts("li > b", "five,five") + ` && document.querySelectorAll("li > *").length === 2`}
	fails = spot{"failing", "", text("#failing", "failing", "").before, inside("#failing", "em", "no answer for failing")}
)

var spots = []spot{title, first, second, own, rows, option, drawing, outer, twice, fails}

func testInOrder(v *viewer) {
	v.fillBoard([][]spot{{title}, {first}, {second}, {own}, {rows}, {option}, {drawing}, {outer}, {inner}, {twice}, {fails}})
}

// testOutOfOrder releases what is inside before what is around it, too.
func testOutOfOrder(v *viewer) {
	v.fillBoard([][]spot{{fails}, {twice, own}, {inner, outer}, {drawing}, {option}, {rows}, {second}, {first}, {title}})
}

// fillBoard opens the page with all kinds of places, and fills them in so many steps.
func (v *viewer) fillBoard(steps [][]spot) {
	s := startSite(v.T, page.Options{})
	s.releaseScript()
	v.visit(s.URL + "/board")
	v.see(`!!document.querySelector("#last")`)
	for _, one := range spots {
		v.check(one.before)
	}
	v.check(shows("[role=status]", "11 sections are loading"))
	for _, step := range steps {
		for _, one := range step {
			one.releaseIn(s)
		}
		for _, one := range step {
			if v.Fills() {
				v.see(one.after)
			}
		}
	}
	v.see(loaded)
	v.checkBoard()
	v.checkVisits(s, 1)
	v.checkQuiet(s)
	v.loadAgain(s)
}

// checkBoard looks at the page when all was sent.
func (v *viewer) checkBoard() {
	v.Helper()
	for _, one := range spots {
		if v.Fills() {
			v.check(one.after)
		} else {
			v.check(one.before)
		}
	}
	if v.Fills() {
		v.check(inner.after)
		v.check(`document.querySelector("[role=status]").textContent.startsWith("All sections are loaded")`)
		v.check(`!document.querySelector("[aria-busy]")`)
	}
	v.check(`document.querySelectorAll("[role=status], [aria-live]").length === 1`)
	// It was printed in an attribute, where nothing is filled later.
	v.check(`document.querySelector("#second").title === "none yet"`)
	// What was sent beside the page must not be seen by who reads it.
	v.check(`document.body.innerText.trim().endsWith("The end of the page.")`)
	v.check(`!document.querySelector("meta[http-equiv=refresh i]")`)
	v.checkTidy()
}

// loadAgain: now everything is there at once, for every visitor.
func (v *viewer) loadAgain(s *site) {
	v.Helper()
	v.visit(s.URL + "/board?again")
	v.see(loaded)
	for _, one := range append(spots, inner) {
		v.check(one.after)
	}
	v.check(shows("[role=status]", ""))
	v.check(`document.querySelector("#second").title === "two"`)
	v.check(`!` + markers + ` && !document.querySelector("template, async-fill, meta[http-equiv=refresh i]")`)
	v.checkVisits(s, 2)
	v.checkQuiet(s)
}
