package bind

import "strings"

// inSVG is what is told of a hole in an <svg>.
func inSVG(hole, opened string) string {
	return "x.html:" + hole + `: async "ps" stands inside <svg> (opened at x.html:` + opened +
		`), where browsers read what fills a hole as HTML and do not draw it; put the whole <svg> into the fragment, or use asyncvalue`
}

// inMath is the same of one in a <math>.
func inMath(hole, opened string) string {
	return strings.ReplaceAll(inSVG(hole, opened), "<svg>", "<math>")
}

// wrongForeign are like wrong.
var wrongForeign = []struct {
	name, text string
	errs       []string
}{
	{"in svg", `<svg>{{async "ps" .}}</svg>`, []string{inSVG("1:8", "1:1")}},
	{"in svg, upper case, with attributes", "<p>\n<SVG viewBox=\"0 0 1 1\"\n/fill=a/>{{async \"ps\" .}}", []string{inSVG("3:12", "2:1")}},
	{"in a group in svg", `<p><svg><g class="x"><path d="M0"/>{{async "ps" .}}</g></svg>`, []string{inSVG("1:38", "1:4")}},
	{"in text in svg", `<svg><text>{{async "ps" .}}</text></svg>`, []string{inSVG("1:14", "1:1")}},
	{"in as many svgs as are followed", strings.Repeat("<svg>", deepestForeign) + `{{async "ps" .}}`, []string{inSVG("1:43", "1:1")}},
	{"in svg in svg", `<svg><svg></svg>{{async "ps" .}}</svg>`, []string{inSVG("1:19", "1:1")}},
	{"behind a closed svg in svg", `<svg><svg/>{{async "ps" .}}</svg>`, []string{inSVG("1:14", "1:1")}},
	{"behind foreignObject", `<svg><foreignObject><p>x</p></foreignObject>{{async "ps" .}}</svg>`, []string{inSVG("1:47", "1:1")}},
	{"behind a closed foreignObject", `<svg><foreignObject/>{{async "ps" .}}</svg>`, []string{inSVG("1:24", "1:1")}},
	{"behind the title of an svg", `<svg><title>x</title>{{async "ps" .}}</svg>`, []string{inSVG("1:24", "1:1")}},
	{"in svg in HTML in svg", `<svg><foreignObject><div><svg>{{async "ps" .}}</svg></div></foreignObject></svg>`, []string{inSVG("1:33", "1:1")}},
	{"in svg where a gap is behind the slash", `<svg / >{{async "ps" .}}`, []string{inSVG("1:11", "1:1")}},
	{"in svg whose slash is of a value", `<svg x=y/>{{async "ps" .}}`, []string{inSVG("1:13", "1:1")}},
	{"in svg, an action behind the slash", `<svg /{{if .}}x{{end}}>{{async "ps" .}}`, []string{inSVG("1:26", "1:1")}},
	{"in svg, a printed attribute behind the slash", `<svg /{{.}}>{{async "ps" .}}`, []string{inSVG("1:15", "1:1")}},
	{"in svg around HTML around a template element", `<svg><desc><template></svg></template></desc>{{async "ps" .}}`, []string{inSVG("1:48", "1:1")}},
	{"desc of svg is none in math", `<math><desc>{{async "ps" .}}</math>`, []string{inMath("1:15", "1:1")}},
	{"mi of math is none in svg", `<svg><mi>{{async "ps" .}}</svg>`, []string{inSVG("1:12", "1:1")}},
	{"in math", `<math><mrow>{{async "ps" .}}</mrow></math>`, []string{inMath("1:15", "1:1")}},
	{"behind text in math", `<math><mi>x</mi>{{async "ps" .}}</math>`, []string{inMath("1:19", "1:1")}},
	{"in svg in math", `<math><annotation-xml><svg>{{async "ps" .}}`, []string{inMath("1:30", "1:1")}},
	{"in a conditional svg", `{{if .}}<svg>{{end}}{{async "ps" .}}`, []string{inSVG("1:23", "1:9")}},
	{"in one of two svgs", `{{if .}}<svg class="a">{{else}}<svg>{{end}}{{async "ps" .}}</svg>{{async "cpu" .}}`, []string{inSVG("1:46", "1:9")}},
	{"in svg on the second round", `{{range .}}{{async "ps" .}}<svg>{{end}}`, []string{inSVG("1:14", "1:28")}},
	{"in svg opened by a template", `{{define "open"}}<svg>{{end}}{{template "open"}}{{async "ps" .}}</svg>`, []string{inSVG("1:51", "1:18")}},
	{"in a template called in svg", `{{define "q"}}{{async "ps" .}}{{end}}{{template "q"}}<svg>{{template "q" .}}</svg>`, []string{inSVG("1:17", "1:54")}},
	{"in a view", `{{define "cpu:view"}}<svg>{{async "ps" .}}</svg>{{end}}{{async "cpu" .}}`, []string{inSVG("1:29", "1:22")}},
	{
		"text and a hole by one template", `{{define "q"}}{{async "ps" .}}{{end}}<svg><path d="{{template "q" .}}"/>{{template "q" .}}</svg>`,
		[]string{inSVG("1:17", "1:38")},
	},
	{
		"in template in svg", `<svg><template>{{async "ps" .}}</template></svg>`,
		[]string{`x.html:1:18: async "ps" stands inside <template> (opened at x.html:1:6), whose content is not part of the page; move it out, or use asyncvalue`},
	},
}

// rightForeign are like right.
var rightForeign = []struct {
	name, text string
	sites      []string
	prints     string
}{
	{
		"behind svg", `<svg><g><path d="M0"/></g></svg>{{async "ps" .}}`,
		[]string{"x.html:1:35 async ps element"},
		`<svg><g><path d="M0"/></g></svg><i>hole0 k</i>`,
	},
	{
		"behind svg that closes itself", `<svg/>{{async "ps" .}}<svg a="b"/>{{async "ps" .}}<svg a />{{async "ps" .}}`,
		[]string{"x.html:1:9 async ps element", "x.html:1:37 async ps element", "x.html:1:62 async ps element"},
		`<svg/><i>hole0 k</i><svg a="b"/><i>hole1 k</i><svg a /><i>hole2 k</i>`,
	},
	{
		"behind svg in svg", `<svg><svg></svg></SVG >{{async "ps" .}}`,
		[]string{"x.html:1:26 async ps element"},
		`<svg><svg></svg></SVG ><i>hole0 k</i>`,
	},
	{
		"behind svg whose groups are open", `<svg><foreignObject></svg>{{async "ps" .}}`,
		[]string{"x.html:1:29 async ps element"},
		`<svg><foreignObject></svg><i>hole0 k</i>`,
	},
	{
		"attributes in svg", `<svg class="{{async "ps" .}}"><path d="{{async "ps" .}}"/></svg>`,
		[]string{"x.html:1:15 async ps text", "x.html:1:42 async ps text"},
		`<svg class="text0 k"><path d="text1 k"/></svg>`,
	},
	{
		"title of svg", `<svg><title>{{async "ps" .}}</title></svg>`,
		[]string{"x.html:1:15 async ps text"},
		`<svg><title>text0 k</title></svg>`,
	},
	{
		"value in svg", `<svg><text>{{asyncvalue "ps" .}}</text></svg>`,
		[]string{"x.html:1:14 asyncvalue ps text"},
		`<svg><text>value0 k</text></svg>`,
	},
	{
		"HTML in svg", `<svg><foreignObject x="1"><div>{{async "ps" .}}</div></foreignObject><desc>{{async "ps" .}}</desc></svg>`,
		[]string{"x.html:1:34 async ps element", "x.html:1:78 async ps element"},
		`<svg><foreignObject x="1"><div><i>hole0 k</i></div></foreignObject><desc><i>hole1 k</i></desc></svg>`,
	},
	{
		"text in math", `<math><mi>{{async "ps" .}}</mi><mo>{{async "ps" .}}</mo><mn>{{async "ps" .}}</mn><ms>{{async "ps" .}}</ms><mtext>{{async "ps" .}}</mtext></math>`,
		[]string{"x.html:1:13 async ps element", "x.html:1:38 async ps element", "x.html:1:63 async ps element", "x.html:1:88 async ps element", "x.html:1:116 async ps element"},
		`<math><mi><i>hole0 k</i></mi><mo><i>hole1 k</i></mo><mn><i>hole2 k</i></mn><ms><i>hole3 k</i></ms><mtext><i>hole4 k</i></mtext></math>`,
	},
	{
		"HTML in math", `<math><annotation-xml encoding="text/html"><p>{{async "ps" .}}</p></annotation-xml></math>`,
		[]string{"x.html:1:49 async ps element"},
		`<math><annotation-xml encoding="text/html"><p><i>hole0 k</i></p></annotation-xml></math>`,
	},
	{
		"behind an svg that HTML ends", `<svg><g><p>x</p>{{async "ps" .}}</g></svg>`,
		[]string{"x.html:1:19 async ps element"},
		`<svg><g><p>x</p><i>hole0 k</i></g></svg>`,
	},
	{
		"behind an svg in an svg that HTML ends", `<svg><desc><svg><p></p></svg></desc>{{async "ps" .}}</svg>`,
		[]string{"x.html:1:39 async ps element"},
		`<svg><desc><svg><p></p></svg></desc><i>hole0 k</i></svg>`,
	},
	{
		"behind an svg that the end of its parent ends", `<div><svg><g></div>{{async "ps" .}}`,
		[]string{"x.html:1:22 async ps element"},
		`<div><svg><g></div><i>hole0 k</i>`,
	},
	{
		"behind a computed tag name in svg", `<svg><h{{len .}}>{{async "ps" .}}`,
		[]string{"x.html:1:20 async ps element"},
		`<svg><h1><i>hole0 k</i>`,
	},
	{
		"computed tag name that begins with svg", `<svg{{len .}}>{{async "ps" .}}`,
		[]string{"x.html:1:17 async ps element"},
		`<svg1><i>hole0 k</i>`,
	},
	{
		"behind svg that a template element in it does not keep open", `<svg><template></svg></template>{{async "ps" .}}`,
		[]string{"x.html:1:35 async ps element"},
		`<svg><template></svg></template><i>hole0 k</i>`,
	},
	{
		"computed tag name that is not svg's", `<sv{{len .}}>{{async "ps" .}}`,
		[]string{"x.html:1:16 async ps element"},
		`<sv1><i>hole0 k</i>`,
	},
	{
		"longer names than those of svg and foreignObject", `<svgs>{{async "ps" .}}<svg><foreignObject><svg><g></foreignObjects></svg>{{async "ps" .}}`,
		[]string{"x.html:1:9 async ps element", "x.html:1:76 async ps element"},
		`<svgs><i>hole0 k</i><svg><foreignObject><svg><g></foreignObjects></svg><i>hole1 k</i>`,
	},
	{
		"svg in noscript, template, title, a comment and a value",
		`<noscript><svg></noscript><template><svg></template><title><svg></title><!-- <svg> --><p title="<svg>">{{async "ps" .}}</p>`,
		[]string{"x.html:1:106 async ps element"},
		`<noscript><svg></noscript><template><svg></template><title>&lt;svg></title><p title="<svg>"><i>hole0 k</i></p>`,
	},
	{
		"a conditional svg, closed", `{{if .}}<svg></svg>{{end}}{{async "ps" .}}`,
		[]string{"x.html:1:29 async ps element"},
		`<svg></svg><i>hole0 k</i>`,
	},
	{
		"an svg in a loop", `{{range 2}}{{async "ps" .}}<svg><path/></svg>{{end}}`,
		[]string{"x.html:1:14 async ps element"},
		`<i>hole0 0</i><svg><path/></svg><i>hole0 1</i><svg><path/></svg>`,
	},
	{
		"in more svgs than are followed", strings.Repeat("<svg>", deepestForeign+1) + `{{async "ps" .}}`,
		[]string{"x.html:1:48 async ps element"},
		strings.Repeat("<svg>", deepestForeign+1) + `<i>hole0 k</i>`,
	},
	{
		"HTML that has the name of an SVG element, in svg", `<svg><desc><desc></desc>{{async "ps" .}}</desc></svg>`,
		[]string{"x.html:1:27 async ps element"},
		`<svg><desc><desc></desc><i>hole0 k</i></desc></svg>`,
	},
	{
		"a fragment that has the whole svg", `{{define "t"}}<svg><circle r="1"/></svg>{{end}}{{async "t" .}}`,
		[]string{"x.html:1:50 async t element"},
		`<i>hole0 k</i>`,
	},
}
