package bind

import (
	"fmt"
	"strings"
	"text/template/parse"
)

// What html/template keeps for itself, as of Go 1.26. A template called from any context but plain element content is called
// under a name with the context behind this mark (context.mangle in html/template/context.go); the result of an action goes
// through the escapers of its context (escaper.escapeAction in html/template/escape.go). The one is read, the other confirms
// it, and a disagreement fails loudly: then this package does not know the html/template it runs with.
const (
	mangleMark     = "$htmltemplate_"
	textEscaper    = "_html_template_htmlescaper"
	rcdataEscaper  = "_html_template_rcdataescaper"
	attrEscaper    = "_html_template_attrescaper"
	nospaceEscaper = "_html_template_nospaceescaper"
)

// htmlContext is a context of html/template as it stands in a mangled name: state, delimiter, attribute type and element. The
// zero value is element content.
type htmlContext struct {
	state, delim, attr, element string
}

// parseContext reads what stands behind a template's own name in a mangled name.
func parseContext(mangled string) htmlContext {
	var c htmlContext
	for part := range strings.SplitSeq(strings.TrimPrefix(mangled, mangleMark), "_") {
		switch {
		case strings.HasPrefix(part, "state"):
			c.state = part
		case strings.HasPrefix(part, "delim"):
			c.delim = part
		case strings.HasPrefix(part, "attr"):
			c.attr = part
		case strings.HasPrefix(part, "element"):
			c.element = part
		}
	}
	return c
}

// standing is what a context means for an async: its kind of place, or why and how it is refused.
type standing struct {
	place    Place
	refused  *misplacement // nil if it is allowed
	escapers []string      // one of these ends the action's pipeline, if it is allowed
}

// standing classifies the context. It fails for a state that is not known.
func (c htmlContext) standing() (standing, error) {
	switch c.state {
	case "":
		return standing{place: Element, escapers: []string{textEscaper}}, nil
	case "stateRCDATA":
		return standing{place: Text, escapers: []string{rcdataEscaper}}, nil
	case "stateAttr", "stateURL", "stateSrcset", "stateMetaContent", "stateMetaContentURL", "stateBeforeValue":
		return c.attribute(), nil
	case "stateTag", "stateAttrName", "stateAfterName":
		return refuse("inside a tag", "put it into the quoted value of an attribute, or choose the attribute with {{if asyncvalue …}}"), nil
	case "stateHTMLCmt":
		return refuse("in an HTML comment, which html/template drops", "remove it or put it outside"), nil
	}
	switch {
	case strings.HasPrefix(c.state, "stateJS"):
		return refuse(c.language("<script>", "an event handler attribute", "JavaScript")), nil
	case strings.HasPrefix(c.state, "stateCSS"):
		return refuse(c.language("<style>", "a style attribute", "CSS")), nil
	}
	return standing{}, fmt.Errorf("html/template of this Go version has a state %q, which is not known here", c.state)
}

func refuse(where, instead string) standing {
	return standing{refused: &misplacement{why: "stands " + where, instead: instead}}
}

// attribute classifies the value of an attribute. A value without quotes may not have begun yet.
func (c htmlContext) attribute() standing {
	switch c.attr {
	case "attrScript", "attrStyle":
		if c.state == "stateBeforeValue" {
			c.state = map[string]string{"attrScript": "stateJS", "attrStyle": "stateCSS"}[c.attr]
			c.delim = "delimSpaceOrTagEnd"
			s, _ := c.standing()
			return s
		}
	case "attrScriptType":
		return refuse("in the type of a <script>, which decides how the rest is read", "write the type out, or use asyncvalue")
	}
	return standing{place: Text, escapers: []string{attrEscaper, nospaceEscaper}}
}

func (c htmlContext) language(element, attribute, name string) (where, instead string) {
	where = element
	if c.delim != "" {
		where = attribute
	}
	return "in " + where, "use asyncvalue, whose value html/template escapes as " + name
}

// confirm checks that html/template has put an escaper of this standing behind the action.
func (s standing) confirm(escaper string) error {
	for _, known := range s.escapers {
		if escaper == known {
			return nil
		}
	}
	return fmt.Errorf("html/template of this Go version escapes with %q where %q was expected; "+
		"it is not known here, and guessing could put HTML where text belongs", escaper, s.escapers[0])
}

// escaperOf returns the last function of an action's pipeline: after escaping, html/template's.
func escaperOf(a *parse.ActionNode) string {
	last := a.Pipe.Cmds[len(a.Pipe.Cmds)-1]
	if ident, ok := last.Args[0].(*parse.IdentifierNode); ok {
		return ident.Ident
	}
	return ""
}
