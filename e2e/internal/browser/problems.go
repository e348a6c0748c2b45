package browser

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/chromedp/cdproto/audits"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/runtime"
)

// Problems returns what the browser has complained of since the page was opened: console errors and warnings,
// uncaught exceptions, resources that failed to load, and violations of the content security policy.
// The list is complete up to the last command that was answered.
func (p *Page) Problems() []string {
	p.problems.mu.Lock()
	defer p.problems.mu.Unlock()
	return slices.Clone(p.problems.texts)
}

// problemList collects problems on the goroutine that reads the browser's messages.
type problemList struct {
	mu    sync.Mutex
	texts []string
}

func (l *problemList) note(event any) {
	text := problem(event)
	if text == "" {
		return
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.texts = append(l.texts, text)
}

// problem puts an event into words, or returns nothing for an event that is none.
func problem(event any) string {
	switch event := event.(type) {
	case *log.EventEntryAdded:
		if entry := event.Entry; entry.Level == log.EntryLevelError || entry.Level == log.EntryLevelWarning {
			return fmt.Sprintf("log %s (%s): %s %s:%d", entry.Level, entry.Source, entry.Text, entry.URL, entry.LineNumber)
		}
	case *runtime.EventConsoleAPICalled:
		switch event.Type {
		case runtime.ConsoleAPICalledTypeError, runtime.ConsoleAPICalledTypeWarning, runtime.ConsoleAPICalledTypeAssert:
			return fmt.Sprintf("console.%s: %s", event.Type, consoleText(event.Args))
		}
	case *runtime.EventExceptionThrown:
		return "exception: " + exceptionText(event.ExceptionDetails)
	case *audits.EventIssueAdded:
		// The log tells of most violations, but not of those in a page whose console was cleared or never shown.
		if csp := event.Issue.Details.ContentSecurityPolicyIssueDetails; csp != nil {
			return fmt.Sprintf("content security policy: %s violated (%s) %s",
				csp.ViolatedDirective, csp.ContentSecurityPolicyViolationType, csp.BlockedURL)
		}
	}
	return ""
}

func consoleText(args []*runtime.RemoteObject) string {
	texts := make([]string, len(args))
	for i, arg := range args {
		// Objects and errors describe themselves; strings and numbers have a value only.
		texts[i] = cmp.Or(arg.Description, string(arg.Value))
	}
	return strings.Join(texts, " ")
}

func exceptionText(details *runtime.ExceptionDetails) string {
	if details.Exception == nil {
		return details.Text
	}
	return details.Text + " " + consoleText([]*runtime.RemoteObject{details.Exception})
}
