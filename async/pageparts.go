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

// printPart has the page print what is no hole. Without a page that fills in while it is
// open there is no script to load, and nothing to tell. It is apart from Write, so that
// holes do not pay for it.
func (r *response) printPart(kind callKind) {
	switch {
	case r.late == nil:
	case kind == scriptCall:
		r.late.page.Script()
	default:
		r.late.page.Status()
	}
}
