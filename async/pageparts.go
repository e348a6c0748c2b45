package async

import (
	"html/template"

	"github.com/infill-go/infill/async/internal/bind"
)

// callKind tells what stands where a token is printed.
type callKind uint8

const (
	holeCall   callKind = iota // async
	scriptCall                 // asyncscript
	statusCall                 // asyncstatus
)

// addPartFuncs adds the functions of asyncscript and asyncstatus. As that of a hole,
// they return a token: what they print is the response's business.
func (s *Set) addPartFuncs(funcs template.FuncMap, parts []bind.PagePart) {
	kinds := map[string]callKind{"asyncscript": scriptCall, "asyncstatus": statusCall}
	for _, part := range parts {
		kind := kinds[part.Func]
		funcs[part.Call] = func() string { return s.tokens.issue(call{kind: kind}) }
	}
}

// printPart prints what is no hole. It is apart from Write, so that holes do not pay
// for it.
func (r *response) printPart(kind callKind) error {
	if kind == scriptCall {
		return r.printScript()
	}
	return r.printStatus()
}

// printScript prints where asyncscript stands. Without a page that fills in while it
// is open there is no script to load.
func (r *response) printScript() error { return nil }

// printStatus prints where asyncstatus stands. Without a page that fills in while it
// is open there is nothing to tell.
func (r *response) printStatus() error { return nil }
