package bind

import (
	"fmt"
	"strings"
)

// pagePartRemedy is where asyncscript and asyncstatus are to stand. A script is allowed in the body as well, but loads later.
var pagePartRemedy = map[string]string{
	asyncscriptFunc: "move it into <head>",
	asyncstatusFunc: "move it into <body>",
}

func (c call) isPagePart() bool { return pagePartRemedy[c.fn] != "" }

// title is what refusals of the call's place begin with.
func (c call) title() string {
	if c.isPagePart() {
		return c.fn
	}
	return fmt.Sprintf("%s %q", c.fn, c.name)
}

// checkPagePart refuses asyncscript and asyncstatus with arguments, and where their result goes anywhere but to the page: what
// they return there is no value.
func checkPagePart(u use) error {
	fn := u.ident.Ident
	switch {
	case u.action == nil:
		return fmt.Errorf("%s is part of %s; write {{%s}}, alone in its action", fn, u.part, fn)
	case u.piped:
		return fmt.Errorf("%s gets an argument through a pipe and takes none; write {{%s}}", fn, fn)
	case len(u.call.Args) > 1:
		return fmt.Errorf("%s gets an argument and takes none; write {{%s}}", fn, fn)
	}
	return nil
}

// standing is what the context means for the call. Page parts are elements, which cannot stand in place of text.
func (c call) standing(in htmlContext) (standing, error) {
	st, err := in.standing()
	if err != nil || st.refused != nil || st.place == Element || !c.isPagePart() {
		return st, err
	}
	where := "in an attribute"
	if element, ok := strings.CutPrefix(in.element, "element"); ok && in.state == "stateRCDATA" {
		where = "in <" + strings.ToLower(element) + ">"
	}
	return refuse(where+", where only text can stand", ""), nil
}

// refusedInHead returns why asyncstatus cannot stand in the state, or nil: browsers end the head where a <span> begins, and
// take what follows it in the head for a part of the body.
func (s *set) refusedInHead(fn string, state scanState) *misplacement {
	if fn != asyncstatusFunc || state.head == (origin{}) {
		return nil
	}
	return &misplacement{why: "stands inside <head>" + s.tagAt("opened", state.head) + ", where nothing is shown"}
}

// checkPageParts refuses asyncscript and asyncstatus in what fragments show. That is executed apart from any page, kept, and
// shown on many pages, also on those that have been sent already; what these two print is about one page and is printed once.
func (s *set) checkPageParts(out *seen, fragments []Fragment, bad *refusals) {
	told := make(map[position]bool)
	for _, f := range fragments {
		for _, look := range s.looks(f) {
			root := pair{template: look}
			for _, p := range append([]pair{root}, out.below(root)...) {
				if s.templates[p.template] == nil {
					continue // html/template has refused it, unless it is never reached
				}
				for _, c := range s.templates[p.template].calls {
					if !c.isPagePart() || c.broken || told[c.at] {
						continue
					}
					told[c.at] = true
					bad.add(c.at, "%s stands in what the fragment %q shows (%s), which is executed apart from the page; "+
						"%s of the page itself", c.fn, f.Name, calledBy(p.template, look), pagePartRemedy[c.fn])
				}
			}
		}
	}
}

// looks names the templates of the set that show something for the fragment.
func (s *set) looks(f Fragment) []string {
	var names []string
	if !f.Registered && s.has(f.Name) {
		names = append(names, f.Name)
	}
	for _, suffix := range suffixes {
		if name := f.Name + ":" + suffix; s.has(name) {
			names = append(names, name)
		}
	}
	return names
}

func calledBy(name, look string) string {
	if name == look {
		return fmt.Sprintf("template %q", name)
	}
	return fmt.Sprintf("template %q, called from %q", name, look)
}
