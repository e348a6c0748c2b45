package firefox

import "github.com/infill-go/infill/e2e/internal/expression"

// forget empties the list of what all pages have done wrong.
const forget = `Services.console.reset()`

// wrong are exceptions, and violations of the content security policy and of Trusted Types. What Firefox says of itself is
// left out, and so are hints (the info flag) and the warning that somebody looks at a page before its style sheets are there:
// that is us.
const wrong = `Services.console.getMessageArray()
	.filter(m => m instanceof Ci.nsIScriptError && !m.isFromChromeContext && !(m.flags & Ci.nsIScriptError.infoFlag))
	.filter(m => m.category !== "Layout")
	.map(m => m.category + ": " + m.errorMessage + " " + m.sourceName + ":" + m.lineNumber)`

// said is what the pages of this tab have said by console.error and the like.
const said = `Cc["@mozilla.org/consoleAPI-storage;1"].getService(Ci.nsIConsoleAPIStorage).getEvents()
	.filter(e => e.ID === window.windowGlobalChild.outerWindowId && ["error", "warn", "assert", "exception"].includes(e.level))
	.map(e => "console." + e.level + ": " + e.arguments.map(String).join(" "))`

// Problems returns what Firefox has complained of since the tab was opened: console errors and warnings of the tab; uncaught
// exceptions and violations of the content security policy, of other tabs as well. When it cannot be asked, that is the one problem.
func (t *Tab) Problems() []string {
	var inConsole, inStorage []string
	// The page's process first: what it has told by then is in the list of the browser's when that is read.
	err := t.focus()
	if err == nil {
		err = t.runIn("system", expression.Body(said), &inStorage)
	}
	if err == nil {
		err = t.inChrome(expression.Body(wrong), &inConsole)
	}
	problems := append(inConsole, inStorage...)
	if err != nil {
		problems = append(problems, "firefox: cannot tell its problems: "+err.Error())
	}
	return problems
}
