package bind

import (
	"slices"
	"strings"
	"testing"
)

// wrong are templates that are refused, with the whole of the error, one line for each refusal.
var wrong = []struct {
	name, text string
	errs       []string
}{
	{
		"in script", `<script>var x = {{async "ps" .}}</script>`,
		[]string{
			`x.html:1:19: async "ps" stands in <script>; use asyncvalue, whose value html/template escapes as JavaScript`,
		},
	},
	{
		"in a script string", `<script>var x = "{{async "ps" .}}"</script>`,
		[]string{
			`x.html:1:20: async "ps" stands in <script>; use asyncvalue, whose value html/template escapes as JavaScript`,
		},
	},
	{
		"in a script template literal", "<script>var x = `{{async \"ps\" .}}`</script>",
		[]string{
			`x.html:1:20: async "ps" stands in <script>; use asyncvalue, whose value html/template escapes as JavaScript`,
		},
	},
	{
		"in a script comment", "<script>// {{async \"ps\" .}}\n</script>",
		[]string{
			`x.html:1:14: async "ps" stands in <script>; use asyncvalue, whose value html/template escapes as JavaScript`,
		},
	},
	{
		"in an event handler", `<p onclick="f({{async "ps" .}})">`,
		[]string{
			`x.html:1:17: async "ps" stands in an event handler attribute; use asyncvalue, whose value html/template escapes as JavaScript`,
		},
	},
	{
		"in an event handler without quotes", `<p onclick={{async "ps" .}}>`,
		[]string{
			`x.html:1:14: async "ps" stands in an event handler attribute; use asyncvalue, whose value html/template escapes as JavaScript`,
		},
	},
	{
		"in style", `<style>p { color: {{async "ps" .}} }</style>`,
		[]string{
			`x.html:1:21: async "ps" stands in <style>; use asyncvalue, whose value html/template escapes as CSS`,
		},
	},
	{
		"in a style string", `<style>p { content: "{{async "ps" .}}" }</style>`,
		[]string{
			`x.html:1:24: async "ps" stands in <style>; use asyncvalue, whose value html/template escapes as CSS`,
		},
	},
	{
		"in a style URL", `<style>p { background: url({{async "ps" .}}) }</style>`,
		[]string{
			`x.html:1:30: async "ps" stands in <style>; use asyncvalue, whose value html/template escapes as CSS`,
		},
	},
	{
		"in a style attribute", `<p style="color: {{async "ps" .}}">`,
		[]string{
			`x.html:1:20: async "ps" stands in a style attribute; use asyncvalue, whose value html/template escapes as CSS`,
		},
	},
	{
		"in a style attribute without quotes", `<p style={{async "ps" .}}>`,
		[]string{
			`x.html:1:12: async "ps" stands in a style attribute; use asyncvalue, whose value html/template escapes as CSS`,
		},
	},
	{
		"in srcdoc", `<iframe srcdoc="{{async "ps" .}}"></iframe>`,
		[]string{
			`x.html:1:19: async "ps" stands in a srcdoc attribute (of the tag at x.html:1:1), whose value is a document of its own; load it with src, or use asyncvalue`,
		},
	},
	{
		"in srcdoc without quotes", `<iframe srcdoc={{async "ps" .}}></iframe>`,
		[]string{
			`x.html:1:18: async "ps" stands in a srcdoc attribute (of the tag at x.html:1:1), whose value is a document of its own; load it with src, or use asyncvalue`,
		},
	},
	{
		"in srcdoc, upper case, later", "<iframe class=\"a\"\nSrcDoc = '<p>{{async \"ps\" .}}'></iframe>",
		[]string{
			`x.html:2:16: async "ps" stands in a srcdoc attribute (of the tag at x.html:1:1), whose value is a document of its own; load it with src, or use asyncvalue`,
		},
	},
	{
		"in srcdoc behind a slash", `<iframe class="a"/srcdoc="{{async "ps" .}}"></iframe>`,
		[]string{
			`x.html:1:29: async "ps" stands in a srcdoc attribute (of the tag at x.html:1:1), whose value is a document of its own; load it with src, or use asyncvalue`,
		},
	},
	{
		"in an event handler behind a slash", `<p/onclick="{{async "ps" .}}">`,
		[]string{
			`x.html:1:15: async "ps" stands in an attribute (of the tag at x.html:1:1) that browsers read as on… because a slash ends a name; put a space in place of the slash, or use asyncvalue`,
		},
	},
	{
		"in srcdoc put together", `<iframe src{{if .}}doc{{end}}="{{async "ps" .}}"></iframe>`,
		[]string{
			`x.html:1:34: async "ps" stands in a srcdoc attribute (of the tag at x.html:1:1), whose value is a document of its own; load it with src, or use asyncvalue`,
		},
	},
	{
		"in srcdoc of a calling template", `{{define "q"}}{{async "ps" .}}{{end}}<iframe srcdoc="{{template "q" .}}"></iframe>`,
		[]string{
			`x.html:1:17: async "ps" stands in a srcdoc attribute (of the tag at x.html:1:38), whose value is a document of its own; load it with src, or use asyncvalue`,
		},
	},
	{
		"in an attribute with a computed name", `<p {{.}}="{{async "ps" .}}">`,
		[]string{
			`x.html:1:13: async "ps" stands in an attribute (of the tag at x.html:1:1) whose name is computed and may be srcdoc or an event handler's; write the name out, or use asyncvalue`,
		},
	},
	{
		"in an attribute name that begins with an equals sign", `<p a/="{{async "ps" .}}">`,
		[]string{
			`x.html:1:10: async "ps" stands in an attribute (of the tag at x.html:1:1) whose name is computed and may be srcdoc or an event handler's; write the name out, or use asyncvalue`,
		},
	},
	{
		"in the type of a script", `<script type="{{async "ps" .}}"></script>`,
		[]string{
			`x.html:1:17: async "ps" stands in the type of a <script>, which decides how the rest is read; write the type out, or use asyncvalue`,
		},
	},
	{
		"in a tag", `<p {{async "ps" .}}>`,
		[]string{
			`x.html:1:6: async "ps" stands inside a tag; put it into the quoted value of an attribute, or choose the attribute with {{if asyncvalue …}}`,
		},
	},
	{
		"in an attribute name", `<p data-{{async "ps" .}}="x">`,
		[]string{
			`x.html:1:11: async "ps" stands inside a tag; put it into the quoted value of an attribute, or choose the attribute with {{if asyncvalue …}}`,
		},
	},
	{
		"behind an attribute name", `<p a {{async "ps" .}}>`,
		[]string{
			`x.html:1:8: async "ps" stands inside a tag; put it into the quoted value of an attribute, or choose the attribute with {{if asyncvalue …}}`,
		},
	},
	{
		"in a comment", `<!-- {{async "ps" .}} -->`,
		[]string{
			`x.html:1:8: async "ps" stands in an HTML comment, which html/template drops; remove it or put it outside`,
		},
	},
	{
		"in the doctype", `<!DOCTYPE html {{async "ps" .}}>`,
		[]string{
			`x.html:1:18: async "ps" stands in the doctype; move it out`,
		},
	},
	{
		"in iframe", `<iframe>{{async "ps" .}}</iframe>`,
		[]string{
			`x.html:1:11: async "ps" stands inside <iframe> (opened at x.html:1:1), whose content is not read as elements; move it out, or use asyncvalue`,
		},
	},
	{
		"in xmp", `<xmp><b>{{async "ps" .}}</xmp>`,
		[]string{
			`x.html:1:11: async "ps" stands inside <xmp> (opened at x.html:1:1), whose content is not read as elements; move it out, or use asyncvalue`,
		},
	},
	{
		"in an attribute in xmp", `<xmp><b title="{{async "ps" .}}"></xmp>`,
		[]string{
			`x.html:1:18: async "ps" stands inside <xmp> (opened at x.html:1:1), whose content is not read as elements; move it out, or use asyncvalue`,
		},
	},
	{
		"in noembed", `<noembed>{{async "ps" .}}</noembed>`,
		[]string{
			`x.html:1:12: async "ps" stands inside <noembed> (opened at x.html:1:1), whose content is not read as elements; move it out, or use asyncvalue`,
		},
	},
	{
		"in noframes", `<noframes>{{async "ps" .}}</noframes>`,
		[]string{
			`x.html:1:13: async "ps" stands inside <noframes> (opened at x.html:1:1), whose content is not read as elements; move it out, or use asyncvalue`,
		},
	},
	{
		"in plaintext", `<plaintext></plaintext>{{async "ps" .}}`,
		[]string{
			`x.html:1:26: async "ps" stands inside <plaintext> (opened at x.html:1:1), whose content is not read as elements; move it out, or use asyncvalue`,
		},
	},
	{
		"in noscript", `<noscript><p>{{async "ps" .}}</p></noscript>`,
		[]string{
			`x.html:1:16: async "ps" stands inside <noscript> (opened at x.html:1:1), whose content is not on a page with scripts; move it out, or use asyncvalue`,
		},
	},
	{
		"in template", `<template><p>{{async "ps" .}}</p></template>`,
		[]string{
			`x.html:1:16: async "ps" stands inside <template> (opened at x.html:1:1), whose content is not part of the page; move it out, or use asyncvalue`,
		},
	},
	{
		"in nested template elements", `<template><template></template>{{async "ps" .}}</template>`,
		[]string{
			`x.html:1:34: async "ps" stands inside <template> (opened at x.html:1:1), whose content is not part of the page; move it out, or use asyncvalue`,
		},
	},
	{
		"in noscript in template", `<template><noscript></noscript>{{async "ps" .}}</template>`,
		[]string{
			`x.html:1:34: async "ps" stands inside <template> (opened at x.html:1:1), whose content is not part of the page; move it out, or use asyncvalue`,
		},
	},
	{
		"in a script of another type", `<script type="text/template">{{async "ps" .}}</script>`,
		[]string{
			`x.html:1:32: async "ps" stands inside <script> (opened at x.html:1:1), whose content is not read as elements; move it out, or use asyncvalue`,
		},
	},
	{
		"in a conditional noscript", `{{if .}}<noscript>{{end}}{{async "ps" .}}`,
		[]string{
			`x.html:1:28: async "ps" stands inside <noscript> (opened at x.html:1:9), whose content is not on a page with scripts; move it out, or use asyncvalue`,
		},
	},
	{
		"in noscript on another line", "<p>\n  <noscript>\n{{async \"ps\" .}}",
		[]string{
			`x.html:3:3: async "ps" stands inside <noscript> (opened at x.html:2:3), whose content is not on a page with scripts; move it out, or use asyncvalue`,
		},
	},
	{
		"in noscript that the template itself opens", `{{define "q"}}{{if .}}<noscript>{{else}}{{template "q" 1}}{{async "ps" .}}{{end}}{{end}}{{template "q"}}`,
		[]string{
			`x.html:1:61: async "ps" stands inside <noscript> (opened at x.html:1:23), whose content is not on a page with scripts; move it out, or use asyncvalue`,
		},
	},
	{
		"in noscript on the second round", `{{range .}}{{async "ps" .}}<noscript>{{end}}`,
		[]string{
			`x.html:1:14: async "ps" stands inside <noscript> (opened at x.html:1:28), whose content is not on a page with scripts; move it out, or use asyncvalue`,
		},
	},
	{
		"in noscript on the second round, by continue", `{{range .}}{{async "ps" .}}<noscript>{{if .}}{{continue}}{{end}}</noscript>{{end}}`,
		[]string{
			`x.html:1:14: async "ps" stands inside <noscript> (opened at x.html:1:28), whose content is not on a page with scripts; move it out, or use asyncvalue`,
		},
	},
	{
		"in noscript behind break", `{{range .}}<noscript>{{if .}}{{break}}{{end}}</noscript>{{end}}{{async "ps" .}}`,
		[]string{
			`x.html:1:66: async "ps" stands inside <noscript> (opened at x.html:1:12), whose content is not on a page with scripts; move it out, or use asyncvalue`,
		},
	},
	{
		"in noscript opened by a template", "{{define \"open\"}}<noscript>{{end}}{{template \"open\"}}\n{{async \"ps\" .}}",
		[]string{
			`x.html:2:3: async "ps" stands inside <noscript> (opened at x.html:1:18), whose content is not on a page with scripts; move it out, or use asyncvalue`,
		},
	},
	{
		"in a template called in noscript", `{{define "q"}}{{async "ps" .}}{{end}}{{template "q"}}<noscript>{{template "q" .}}</noscript>`,
		[]string{
			`x.html:1:17: async "ps" stands inside <noscript> (opened at x.html:1:54), whose content is not on a page with scripts; move it out, or use asyncvalue`,
		},
	},
	{
		"in a raw element not closed", `<iframe></iframex>{{async "ps" .}}`,
		[]string{
			`x.html:1:21: async "ps" stands inside <iframe> (opened at x.html:1:1), whose content is not read as elements; move it out, or use asyncvalue`,
		},
	},
	{
		"behind a computed tag name", `<t{{.}}>{{async "ps" .}}`,
		[]string{
			`x.html:1:11: async "ps" stands behind a tag whose name is computed, which may be one with raw text (opened at x.html:1:1); write that tag's name out, or use asyncvalue`,
		},
	},
	{
		"behind a computed tag name and its end", `<t{{.}}></?>{{async "ps" .}}`,
		[]string{
			`x.html:1:15: async "ps" stands behind a tag whose name is computed, which may be one with raw text (opened at x.html:1:1); write that tag's name out, or use asyncvalue`,
		},
	},
	{
		"in script, by a template", "{{define \"q\"}}{{async \"ps\" .}}{{end}}<p>{{template \"q\" .}}</p>\n<script>{{template \"q\" .}}</script>",
		[]string{
			`x.html:1:17: async "ps" stands in <script>; use asyncvalue, whose value html/template escapes as JavaScript (template "q" is called there at x.html:2:20)`,
		},
	},
	{
		"in script, by two templates", `{{define "q"}}{{async "ps" .}}{{end}}{{define "r"}}{{template "q" .}}{{end}}<script>{{template "r" .}}</script>`,
		[]string{
			`x.html:1:17: async "ps" stands in <script>; use asyncvalue, whose value html/template escapes as JavaScript (template "q" is called there at x.html:1:63)`,
		},
	},
	{
		"never reached", `{{range .}}{{break}}{{async "ps" .}}{{end}}`,
		[]string{
			`x.html:1:23: async "ps" is never reached: a {{break}} or {{continue}} stands before it; remove it`,
		},
	},
	{
		"script string with an end tag", `<script>var x = "</script><p title='"</script>{{async "ps" .}}`,
		[]string{
			`x.html:1:49: async "ps" stands where html/template and browsers may read the tags around it differently; write these tags out in one piece, or use asyncvalue`,
		},
	},
	{
		"script of another type whose tags do not end", `<script type="text/template"><p title="</script>{{async "ps" .}}">`,
		[]string{
			`x.html:1:51: async "ps" stands where html/template and browsers may read the tags around it differently; write these tags out in one piece, or use asyncvalue`,
		},
	},
	{
		"template called in a script of another type", `{{define "q"}}{{async "ps" .}}{{end}}<script type="text/template"><p title="</script>{{template "q" .}}">`,
		[]string{
			`x.html:1:17: async "ps" stands where html/template and browsers may read the tags around it differently; write these tags out in one piece, or use asyncvalue`,
		},
	},
	{
		"script string with an end tag, maybe", `{{if .}}<script>var x = "</script><p title='"</script>{{end}}{{async "ps" .}}`,
		[]string{
			`x.html:1:64: async "ps" stands where html/template and browsers may read the tags around it differently; write these tags out in one piece, or use asyncvalue`,
		},
	},
	{
		"recursion that ends elsewhere for its caller only", `{{define "q"}}{{if .}}{{template "q"}}{{end}}{{async "ps" .}}<script>{{end}}<title>{{template "q" .}}</title>{{template "q" .}}</script>`,
		[]string{
			`x.html:1:48: async "ps" stands inside <script> (opened at x.html:1:62), whose content is not read as elements; move it out, or use asyncvalue`,
			`html/template:x.html:1:19: {{if}} branches end in different contexts: {stateJS delimNone urlPartNone jsCtxRegexp [] attrNone elementScript <nil>}, {stateText delimNone urlPartNone jsCtxRegexp [] attrNone elementNone <nil>}`,
		},
	},
	{
		"recursion that ends elsewhere", `{{define "q"}}{{async "ps" .}}{{if .}}{{template "q"}}</title>{{else}}</title>{{end}}<title>{{end}}{{template "q" .}}</title>`,
		[]string{
			`x.html:1:15: template "q" calls itself and ends in another context than it begins in, so that the places in it are not certain; close in it what it opens`,
		},
	},
	{
		"tags from very many branches", "{{define \"q\"}}<p {{range .}}{{if 1}}a{{else if 2}}b{{else if 3}}c{{else if 4}}d{{else}}e{{end}}{{end}}=\"x\">{{async \"ps\" .}}{{end}}\n{{template \"q\" .}}",
		[]string{
			`x.html:1:15: template "q": its tags are put together from so many branches that they cannot be followed; write each tag out in one piece`,
		},
	},
	{
		"default of a fragment whose only use is wrong", `{{define "t"}}x{{end}}{{define "t:default"}}d{{end}}{{if async "t" .}}{{end}}`,
		[]string{
			`x.html:1:58: async "t" is part of {{if}}; async must be alone in its action, use asyncvalue here`,
		},
	},
	{
		"assigned", `{{$x := async "ps" .}}{{$x}}`,
		[]string{
			`x.html:1:9: async "ps" is part of an assignment; async must be alone in its action, use asyncvalue here`,
		},
	},
	{
		"assigned again", `{{$x := 1}}{{$x = async "ps" .}}`,
		[]string{
			`x.html:1:19: async "ps" is part of an assignment; async must be alone in its action, use asyncvalue here`,
		},
	},
	{
		"in with", `{{with async "ps" .}}{{.}}{{end}}`,
		[]string{
			`x.html:1:8: async "ps" is part of {{with}}; async must be alone in its action, use asyncvalue here`,
		},
	},
	{
		"in if", `{{if async "ps" .}}yes{{end}}`,
		[]string{
			`x.html:1:6: async "ps" is part of {{if}}; async must be alone in its action, use asyncvalue here`,
		},
	},
	{
		"in else if", `{{if .}}{{else if async "ps" .}}yes{{end}}`,
		[]string{
			`x.html:1:19: async "ps" is part of {{if}}; async must be alone in its action, use asyncvalue here`,
		},
	},
	{
		"in a condition", `{{if eq (async "ps" .) "x"}}yes{{end}}`,
		[]string{
			`x.html:1:10: async "ps" is part of {{if}}; async must be alone in its action, use asyncvalue here`,
		},
	},
	{
		"in range", `{{range async "ps" .}}{{.}}{{end}}`,
		[]string{
			`x.html:1:9: async "ps" is part of {{range}}; async must be alone in its action, use asyncvalue here`,
		},
	},
	{
		"for template", `{{define "q"}}{{.}}{{end}}{{template "q" async "ps" .}}`,
		[]string{
			`x.html:1:42: async "ps" is part of {{template}}; async must be alone in its action, use asyncvalue here`,
		},
	},
	{
		"for template in parentheses", `{{define "q"}}{{.}}{{end}}{{template "q" (async "ps" .)}}`,
		[]string{
			`x.html:1:43: async "ps" is part of {{template}}; async must be alone in its action, use asyncvalue here`,
		},
	},
	{
		"for block", `{{block "q" async "ps" .}}{{end}}`,
		[]string{
			`x.html:1:13: async "ps" is part of {{template}}; async must be alone in its action, use asyncvalue here`,
		},
	},
	{
		"behind a pipe in parentheses", `{{. | (async "ps" .)}}`,
		[]string{
			`x.html:1:8: async "ps" is part of a longer expression; async must be alone in its action, use asyncvalue here`,
		},
	},
	{
		"before a pipe", `{{async "ps" . | printf "%s"}}`,
		[]string{
			`x.html:1:3: async "ps" is part of a longer expression; async must be alone in its action, use asyncvalue here`,
		},
	},
	{
		"before a pipe to html", `{{async "ps" . | html}}`,
		[]string{
			`x.html:1:3: async "ps" is part of a longer expression; async must be alone in its action, use asyncvalue here`,
		},
	},
	{
		"as an argument", `{{len (async "ps" .)}}`,
		[]string{
			`x.html:1:8: async "ps" is part of a longer expression; async must be alone in its action, use asyncvalue here`,
		},
	},
	{
		"as an argument of printf", `{{printf "%s" (async "ps" .)}}`,
		[]string{
			`x.html:1:16: async "ps" is part of a longer expression; async must be alone in its action, use asyncvalue here`,
		},
	},
	{
		"as a key", `{{async "ps" (async "cpu" .)}}`,
		[]string{
			`x.html:1:15: async "cpu" is part of a longer expression; async must be alone in its action, use asyncvalue here`,
		},
	},
	{
		"before a field", `{{(async "ps" .).Name}}`,
		[]string{
			`x.html:1:4: async "ps" is part of a longer expression; async must be alone in its action, use asyncvalue here`,
		},
	},
	{
		"without parentheses", `{{print async}}`,
		[]string{
			`x.html:1:9: async without the name of a fragment; write async "name" KEY, in parentheses where it is an argument`,
		},
	},
	{
		"value without parentheses", `{{print asyncvalue "ps" .}}`,
		[]string{
			`x.html:1:9: asyncvalue without the name of a fragment; write asyncvalue "name" KEY, in parentheses where it is an argument`,
		},
	},
	{
		"word before a field", `{{async.Name}}`,
		[]string{
			`x.html:1:3: async without the name of a fragment; write async "name" KEY, in parentheses where it is an argument`,
		},
	},
	{
		"nothing behind it", `{{async}}`,
		[]string{
			`x.html:1:3: async without the name of a fragment; write async "name" KEY, in parentheses where it is an argument`,
		},
	},
	{
		"name computed", `{{async .Name .}}`,
		[]string{
			`x.html:1:3: async with the name .Name, which is known only at run time; write the name as a string literal`,
		},
	},
	{
		"name a variable", `{{$n := "ps"}}{{async $n .}}`,
		[]string{
			`x.html:1:17: async with the name $n, which is known only at run time; write the name as a string literal`,
		},
	},
	{
		"name in parentheses", `{{async ("ps") .}}`,
		[]string{
			`x.html:1:3: async with the name "ps", which is known only at run time; write the name as a string literal`,
		},
	},
	{
		"name a number", `{{asyncvalue 7 .}}`,
		[]string{
			`x.html:1:3: asyncvalue with the name 7, which is known only at run time; write the name as a string literal`,
		},
	},
	{
		"name through a pipe", `{{"ps" | async}}`,
		[]string{
			`x.html:1:10: async without the name of a fragment; write async "name" KEY, in parentheses where it is an argument`,
		},
	},
	{
		"name empty", `{{async "" .}}`,
		[]string{
			`x.html:1:3: async with an empty name; name a fragment`,
		},
	},
	{
		"name of a view", `{{async "ps:view" .}}`,
		[]string{
			`x.html:1:3: async "ps:view": a name with a colon is a view's; use the part before the colon`,
		},
	},
	{
		"name unknown", `{{async "psx" .}}`,
		[]string{
			`x.html:1:3: async "psx": no fragment of this name is registered and no template of this name is defined; did you mean "ps"?`,
		},
	},
	{
		"name unknown, letters swapped", `{{async "cup" .}}`,
		[]string{
			`x.html:1:3: async "cup": no fragment of this name is registered and no template of this name is defined; did you mean "cpu"?`,
		},
	},
	{
		"name unknown, other case", `{{async "PS" .}}`,
		[]string{
			`x.html:1:3: async "PS": no fragment of this name is registered and no template of this name is defined; did you mean "ps"?`,
		},
	},
	{
		"name unknown, two are near", `{{async "p" .}}{{async "twe" .}}{{define "tws"}}x{{end}}`,
		[]string{
			`x.html:1:3: async "p": no fragment of this name is registered and no template of this name is defined; register it (in the group of Options.Group), define it, or correct the name`,
			`x.html:1:18: async "twe": no fragment of this name is registered and no template of this name is defined; register it (in the group of Options.Group), define it, or correct the name`,
		},
	},
	{
		"name unknown, near a template", `{{define "sidebar"}}x{{end}}{{asyncvalue "sidbar" .}}`,
		[]string{
			`x.html:1:31: asyncvalue "sidbar": no fragment of this name is registered and no template of this name is defined; did you mean "sidebar"?`,
		},
	},
	{
		"name of an empty template", `{{define "blank"}} {{/* x */}} {{end}}{{async "blank" .}}`,
		[]string{
			`x.html:1:41: async "blank": no fragment of this name is registered and no template of this name is defined; register it (in the group of Options.Group), define it, or correct the name`,
		},
	},
	{
		"name registered and defined", `{{define "ps"}}x{{end}}{{async "ps" .}}`,
		[]string{
			`x.html:1:26: async "ps": the fragment "ps" is registered, and the set defines a template of the same name; rename one of them (a template that shows the value is called "ps:view")`,
		},
	},
	{
		"no key", `{{async "ps"}}`,
		[]string{
			`x.html:1:3: async "ps" without a key; write async "ps" KEY, where KEY may be the dot`,
		},
	},
	{
		"no key for a value", `{{if asyncvalue "ps"}}{{end}}`,
		[]string{
			`x.html:1:6: asyncvalue "ps" without a key; write asyncvalue "ps" KEY, where KEY may be the dot`,
		},
	},
	{
		"too many arguments", `{{async "ps" . 1 2}}`,
		[]string{
			`x.html:1:3: async "ps" with 3 arguments behind the name; write async "ps" KEY DEFAULT, with parentheses around what belongs together`,
		},
	},
	{
		"two arguments and a pipe", `{{. | async "ps" "d"}}`,
		[]string{
			`x.html:1:7: async "ps" gets an argument and another one through a pipe, so that it is hard to see which of them is the key; write async "ps" KEY DEFAULT without a pipe`,
		},
	},
	{
		"key nil", `{{async "ps" nil}}`,
		[]string{
			`x.html:1:3: async "ps" with the key nil; give a key, such as "" for a fragment that needs none`,
		},
	},
	{
		"key nil for a value", `{{$x := asyncvalue "ps" nil}}`,
		[]string{
			`x.html:1:9: asyncvalue "ps" with the key nil; give a key, such as "" for a fragment that needs none`,
		},
	},
	{
		"view of nothing", `{{define "pss:view"}}x{{end}}{{async "ps" .}}`,
		[]string{
			`x.html:1:22: template "pss:view": no fragment "pss" is registered or used by the set; did you mean "ps"?`,
		},
	},
	{
		"default of nothing", `{{define "other:default"}}{{end}}{{async "ps" .}}`,
		[]string{
			`x.html:1:27: template "other:default": no fragment "other" is registered or used by the set; register it (in the group of Options.Group), define it, or correct the name`,
		},
	},
	{
		"unknown suffix", `{{define "ps:views"}}x{{end}}{{async "ps" .}}`,
		[]string{
			`x.html:1:22: template "ps:views": the templates of a fragment are "ps:view", "ps:default", "ps:error", "ps:stale"; rename this one`,
		},
	},
	{
		"two colons", `{{define "ps:view:x"}}x{{end}}{{async "ps" .}}`,
		[]string{
			`x.html:1:23: template "ps:view:x": the templates of a fragment are "ps:view", "ps:default", "ps:error", "ps:stale"; rename this one`,
		},
	},
	{
		"view of a template fragment", `{{define "t"}}x{{end}}{{define "t:view"}}x{{end}}{{async "t" .}}`,
		[]string{
			`x.html:1:42: template "t:view": the fragment "t" is a template itself, which is its look; put this into it, or register a fragment "t"`,
		},
	},
	{
		"value of itself", `{{define "ps:view"}}{{asyncvalue "ps" .}}{{end}}{{async "ps" .}}`,
		[]string{
			`x.html:1:23: the values of fragments form a cycle, "ps" -> "ps": it would wait for itself; put one of them in element content, as async alone`,
		},
	},
	{
		"text of itself", `{{define "t"}}<p title="{{async "t" .}}">x</p>{{end}}{{async "t" .}}`,
		[]string{
			`x.html:1:27: the values of fragments form a cycle, "t" -> "t": it would wait for itself; put one of them in element content, as async alone`,
		},
	},
	{
		"cycle of two", `{{define "one:view"}}{{asyncvalue "two" .}}{{end}}{{define "two:view"}}<p title="{{async "one" .}}">{{end}}{{async "one" .}}`,
		[]string{
			`x.html:1:24: the values of fragments form a cycle, "one" -> "two" -> "one": each would wait for the next; put one of them in element content, as async alone`,
		},
	},
	{
		"cycle through templates", `{{define "t"}}{{template "q" .}}{{end}}{{define "q"}}<p title="{{template "r" .}}">{{end}}{{define "r"}}{{async "u" .}}{{end}}{{define "u"}}{{if asyncvalue "t" .}}x{{end}}{{end}}{{async "t" .}}`,
		[]string{
			`x.html:1:107: the values of fragments form a cycle, "t" -> "u" -> "t": each would wait for the next; put one of them in element content, as async alone`,
		},
	},
	{
		"cycle through what is nested in a value", `{{define "t"}}{{asyncvalue "u" .}}{{end}}{{define "u"}}{{async "v" .}}{{end}}{{define "v"}}{{async "t" .}}{{end}}{{async "t" .}}`,
		[]string{
			`x.html:1:17: the values of fragments form a cycle, "t" -> "u" -> "v" -> "t": each would wait for the next; put one of them in element content, as async alone`,
		},
	},
	{
		"cycle through the look of an old value", `{{define "ps:stale"}}old {{asyncvalue "ps" .Key}}{{end}}{{async "ps" .}}`,
		[]string{
			`x.html:1:28: the values of fragments form a cycle, "ps" -> "ps": it would wait for itself; put one of them in element content, as async alone`,
		},
	},
	{
		"cycle that another leads to", `{{define "one:view"}}{{asyncvalue "two" .}}{{end}}{{define "two:view"}}{{asyncvalue "cpu" .}}{{end}}{{define "cpu:view"}}{{asyncvalue "two" .}}{{end}}{{async "one" .}}`,
		[]string{
			`x.html:1:124: the values of fragments form a cycle, "cpu" -> "two" -> "cpu": each would wait for the next; put one of them in element content, as async alone`,
		},
	},
	{
		"all at once", "<script>{{async \"ps\" .}}</script>\n{{async \"px\" .}}{{define \"ps:vew\"}}{{end}}\n{{if async \"cpu\" .}}{{end}}<p {{async \"one\" .}}>",
		[]string{
			`x.html:1:11: async "ps" stands in <script>; use asyncvalue, whose value html/template escapes as JavaScript`,
			`x.html:2:3: async "px": no fragment of this name is registered and no template of this name is defined; did you mean "ps"?`,
			`x.html:2:36: template "ps:vew": the templates of a fragment are "ps:view", "ps:default", "ps:error", "ps:stale"; rename this one`,
			`x.html:3:6: async "cpu" is part of {{if}}; async must be alone in its action, use asyncvalue here`,
			`x.html:3:33: async "one" stands inside a tag; put it into the quoted value of an attribute, or choose the attribute with {{if asyncvalue …}}`,
		},
	},
	{
		"a name that html/template keeps", `{{define "q$htmltemplate_stateAttr"}}x{{end}}{{async "ps" .}}`,
		[]string{
			`x.html:1:38: template name "q$htmltemplate_stateAttr" contains "$htmltemplate_", which html/template keeps for itself; rename it`,
		},
	},
	{
		"html/template's error", `<a href="{{if .}}{{async "ps" .}}?{{end}}{{.}}">`,
		[]string{
			`html/template:x.html:1:43: {{.}} appears in an ambiguous context within a URL`,
		},
	},
	{
		"html/template's error in a template", `{{define "q"}}<p title='{{end}}{{async "ps" .}}`,
		[]string{
			`html/template:q: ends in a non-text context: {stateAttr delimSingleQuote urlPartNone jsCtxRegexp [] attrNone elementNone <nil>}`,
		},
	},
	{
		"one template ends what another begins", `{{define "a"}}<title>{{end}}{{define "b"}}{{async "ps" .}}</title>{{end}}x`,
		[]string{
			`html/template:a: ends in a non-text context: {stateRCDATA delimNone urlPartNone jsCtxRegexp [] attrNone elementTitle <nil>}`,
		},
	},
	{
		"html/template's error, no such template", `{{async "ps" .}}{{template "none"}}`,
		[]string{
			`html/template:x.html:1:27: no such template "none"`,
		},
	},
	{
		"view that ends in a tag", `{{define "ps:view"}}<p title="{{end}}{{async "ps" .}}{{template "ps:view" .}}">`,
		[]string{
			`html/template:ps:view: ends in a non-text context: {stateAttr delimDoubleQuote urlPartNone jsCtxRegexp [] attrNone elementNone <nil>}`,
		},
	},
	{
		"refusal and error", "<a href=\"{{if .}}?{{end}}{{.}}\">\n<script>{{async \"ps\" .}}</script>",
		[]string{
			`html/template:x.html:1:27: {{.}} appears in an ambiguous context within a URL`,
		},
	},
}

func TestWrong(t *testing.T) {
	for _, c := range slices.Concat(wrong, wrongPageParts, wrongForeign) {
		t.Run(c.name, func(t *testing.T) {
			_, err := Prepare(parseSet(t, c.text), registered)
			if err == nil {
				t.Fatalf("%s\nis accepted, want\n\t%s", c.text, strings.Join(c.errs, "\n\t"))
			}
			if got := lines(err); !slices.Equal(got, c.errs) {
				t.Errorf("%s\nis refused with\n\t%s\nwant\n\t%s", c.text, strings.Join(got, "\n\t"), strings.Join(c.errs, "\n\t"))
			}
		})
	}
}
