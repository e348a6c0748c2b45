package bind

// rightPageParts are like right.
var rightPageParts = []struct {
	name, text string
	sites      []string
	prints     string
}{
	{
		"script and status",
		`<html><head><title>t</title>{{asyncscript}}</head><body>{{async "ps" .}}{{asyncstatus}}</body></html>`,
		[]string{"x.html:1:59 async ps element", "x.html:1:31 asyncscript", "x.html:1:75 asyncstatus"},
		`<html><head><title>t</title><i>script0</i></head><body><i>hole0 k</i><i>status1</i></body></html>`,
	},
	{
		"script and status without fragments", `{{asyncscript}}<p>{{asyncstatus}}</p>`,
		[]string{"x.html:1:3 asyncscript", "x.html:1:21 asyncstatus"},
		`<i>script0</i><p><i>status1</i></p>`,
	},
	{
		"script and status twice", `{{asyncscript}}{{asyncscript}}{{range 2}}{{asyncstatus}}{{end}}{{asyncstatus}}`,
		[]string{"x.html:1:3 asyncscript", "x.html:1:18 asyncscript", "x.html:1:44 asyncstatus", "x.html:1:66 asyncstatus"},
		`<i>script0</i><i>script1</i><i>status2</i><i>status2</i><i>status3</i>`,
	},
	{
		"script and status in parentheses, trimmed", "<p> {{- (asyncscript) -}} \n {{((asyncstatus))}}</p>",
		[]string{"x.html:1:10 asyncscript", "x.html:2:6 asyncstatus"},
		`<p><i>script0</i><i>status1</i></p>`,
	},
	{
		"script and status in branches", `{{if .}}{{asyncscript}}{{else}}no{{end}}{{with .}}{{asyncstatus}}{{end}}`,
		[]string{"x.html:1:11 asyncscript", "x.html:1:53 asyncstatus"},
		`<i>script0</i><i>status1</i>`,
	},
	{
		"script in the head by a template", `{{define "head"}}<meta charset="utf-8">{{asyncscript}}{{end}}<head>{{template "head"}}</head>{{async "ps" .}}`,
		[]string{"x.html:1:96 async ps element", "x.html:1:42 asyncscript"},
		`<head><meta charset="utf-8"><i>script0</i></head><i>hole0 k</i>`,
	},
	{
		"status in a template with text in an attribute",
		`{{define "q"}}<p title="{{template "r" .}}">{{template "r" .}}{{asyncstatus}}</p>{{end}}{{define "r"}}{{async "ps" .}}{{end}}{{template "q" .}}`,
		[]string{"x.html:1:105 async ps element", "x.html:1:105 async ps text", "x.html:1:65 asyncstatus"},
		`<p title="text1 k"><i>hole0 k</i><i>status0</i></p>`,
	},
	{
		"status in what two pages share, beside a fragment",
		`{{define "frame"}}{{asyncstatus}}{{end}}{{define "t"}}x{{end}}{{define "t:default"}}wait{{end}}{{template "frame"}}{{async "t" .}}`,
		[]string{"x.html:1:118 async t element", "x.html:1:21 asyncstatus"},
		`<i>status0</i><i>hole0 k</i>`,
	},
	{
		"status in the view of a fragment that the set does not use", `{{define "ps:view"}}{{asyncstatus}}{{end}}x`,
		[]string{"x.html:1:23 asyncstatus"},
		`x`,
	},
	{
		"status behind a head without its end tag, ended by body", `<head><title>t</title><body>{{asyncstatus}}`,
		[]string{"x.html:1:31 asyncstatus"},
		`<head><title>t</title><body><i>status0</i>`,
	},
	{
		"status behind a head without its end tag, ended by an element", `<HEAD><link rel="x"><p>{{asyncstatus}}`,
		[]string{"x.html:1:26 asyncstatus"},
		`<HEAD><link rel="x"><p><i>status0</i>`,
	},
	{
		"status behind a head without its end tag, ended by text", "<head>\n text {{asyncstatus}}",
		[]string{"x.html:2:9 asyncstatus"},
		"<head>\n text <i>status0</i>",
	},
	{
		"status behind a head without its end tag, maybe ended", `<head><h{{len .}}>{{asyncstatus}}`,
		[]string{"x.html:1:21 asyncstatus"},
		`<head><h1><i>status0</i>`,
	},
	{
		"status behind a tag of the head with a computed name", `<head><link{{len .}}>{{asyncstatus}}`,
		[]string{"x.html:1:24 asyncstatus"},
		`<head><link1><i>status0</i>`,
	},
	{
		"status in header", `<header>{{asyncstatus}}</header>`,
		[]string{"x.html:1:11 asyncstatus"},
		`<header><i>status0</i></header>`,
	},
	{
		"status behind a closed head with raw text", `<head><style>a</style><script>b</script><noscript><p></noscript><template><p></template></head >{{asyncstatus}}`,
		[]string{"x.html:1:99 asyncstatus"},
		`<head><style>a</style><script>b</script><noscript><p></noscript><template><p></template></head ><i>status0</i>`,
	},
}

// wrongPageParts are like wrong.
var wrongPageParts = []struct {
	name, text string
	errs       []string
}{
	{
		"status in title", `<title>{{asyncstatus}}</title>`,
		[]string{`x.html:1:10: asyncstatus stands in <title>, where only text can stand; move it into <body>`},
	},
	{
		"script in title", `<head><title>{{asyncscript}}</title></head>`,
		[]string{`x.html:1:16: asyncscript stands in <title>, where only text can stand; move it into <head>`},
	},
	{
		"status in textarea", `<textarea>{{asyncstatus}}</textarea>`,
		[]string{`x.html:1:13: asyncstatus stands in <textarea>, where only text can stand; move it into <body>`},
	},
	{
		"status in an attribute", `<p title="{{asyncstatus}}">`,
		[]string{`x.html:1:13: asyncstatus stands in an attribute, where only text can stand; move it into <body>`},
	},
	{
		"script in an attribute without quotes", `<p title={{asyncscript}}>`,
		[]string{`x.html:1:12: asyncscript stands in an attribute, where only text can stand; move it into <head>`},
	},
	{
		"script in a URL", `<a href="/{{asyncscript}}">`,
		[]string{`x.html:1:13: asyncscript stands in an attribute, where only text can stand; move it into <head>`},
	},
	{
		"status in an attribute by a template", `{{define "q"}}{{asyncstatus}}{{end}}{{template "q"}}<p title="{{template "q"}}">`,
		[]string{`x.html:1:17: asyncstatus stands in an attribute, where only text can stand; move it into <body> (template "q" is called there at x.html:1:74)`},
	},
	{
		"status in a tag", `<p {{asyncstatus}}>`,
		[]string{`x.html:1:6: asyncstatus stands inside a tag; move it into <body>`},
	},
	{
		"script in script", `<script>{{asyncscript}}</script>`,
		[]string{`x.html:1:11: asyncscript stands in <script>; move it into <head>`},
	},
	{
		"script in a script of another type", `<script type="text/x">{{asyncscript}}</script>`,
		[]string{`x.html:1:25: asyncscript stands inside <script> (opened at x.html:1:1), whose content is not read as elements; move it into <head>`},
	},
	{
		"status in an event handler", `<p onclick="{{asyncstatus}}">`,
		[]string{`x.html:1:15: asyncstatus stands in an event handler attribute; move it into <body>`},
	},
	{
		"status in style", `<style>{{asyncstatus}}</style>`,
		[]string{`x.html:1:10: asyncstatus stands in <style>; move it into <body>`},
	},
	{
		"script in a comment", `<!-- {{asyncscript}} -->`,
		[]string{`x.html:1:8: asyncscript stands in an HTML comment, which html/template drops; move it into <head>`},
	},
	{
		"script in the doctype", `<!DOCTYPE {{asyncscript}}>`,
		[]string{`x.html:1:13: asyncscript stands in the doctype; move it into <head>`},
	},
	{
		"status in noscript", `<noscript>{{asyncstatus}}</noscript>`,
		[]string{`x.html:1:13: asyncstatus stands inside <noscript> (opened at x.html:1:1), whose content is not on a page with scripts; move it into <body>`},
	},
	{
		"script in noscript, by a template", `{{define "q"}}{{asyncscript}}{{end}}<noscript>{{template "q"}}</noscript>`,
		[]string{`x.html:1:17: asyncscript stands inside <noscript> (opened at x.html:1:37), whose content is not on a page with scripts; move it into <head>`},
	},
	{
		"script in template", `<template>{{asyncscript}}</template>`,
		[]string{`x.html:1:13: asyncscript stands inside <template> (opened at x.html:1:1), whose content is not part of the page; move it into <head>`},
	},
	{
		"status in iframe", `<iframe>{{asyncstatus}}</iframe>`,
		[]string{`x.html:1:11: asyncstatus stands inside <iframe> (opened at x.html:1:1), whose content is not read as elements; move it into <body>`},
	},
	{
		"status in svg", `<svg>{{asyncstatus}}</svg>`,
		[]string{`x.html:1:8: asyncstatus stands inside <svg> (opened at x.html:1:1), where no HTML can stand; move it into <body>`},
	},
	{
		"script in math", `<math>{{asyncscript}}</math>`,
		[]string{`x.html:1:9: asyncscript stands inside <math> (opened at x.html:1:1), where no HTML can stand; move it into <head>`},
	},
	{
		"status behind a computed tag name", `<t{{.}}>{{asyncstatus}}`,
		[]string{`x.html:1:11: asyncstatus stands behind a tag whose name is computed, which may be one with raw text (opened at x.html:1:1); write that tag's name out`},
	},
	{
		"script where tags are not certain", `{{if .}}<script>var x = "</script><p title='"</script>{{end}}{{asyncscript}}`,
		[]string{`x.html:1:64: asyncscript stands where html/template and browsers may read the tags around it differently; write these tags out in one piece`},
	},
	{
		"status never reached", `{{range .}}{{break}}{{asyncstatus}}{{end}}`,
		[]string{`x.html:1:23: asyncstatus is never reached: a {{break}} or {{continue}} stands before it; remove it`},
	},
	{
		"status in the head", "<html>\n<head><meta charset=\"utf-8\"><title>t</title>\n{{.}}{{asyncscript}}{{asyncstatus}}</head>",
		[]string{`x.html:3:23: asyncstatus stands inside <head> (opened at x.html:2:1), where nothing is shown; move it into <body>`},
	},
	{
		"status in the head, by a template", `{{define "q"}}{{asyncscript}}{{asyncstatus}}{{end}}<head class="x"><style>p</style><noscript><p></noscript>{{template "q"}}</head>`,
		[]string{`x.html:1:32: asyncstatus stands inside <head> (opened at x.html:1:52), where nothing is shown; move it into <body>`},
	},
	{
		"script with an argument", `{{asyncscript .}}`,
		[]string{`x.html:1:3: asyncscript gets an argument and takes none; write {{asyncscript}}`},
	},
	{
		"status with an argument through a pipe", `{{. | asyncstatus}}`,
		[]string{`x.html:1:7: asyncstatus gets an argument through a pipe and takes none; write {{asyncstatus}}`},
	},
	{
		"status in if", `{{if asyncstatus}}x{{end}}`,
		[]string{`x.html:1:6: asyncstatus is part of {{if}}; write {{asyncstatus}}, alone in its action`},
	},
	{
		"script assigned", `{{$x := asyncscript}}{{$x}}`,
		[]string{`x.html:1:9: asyncscript is part of an assignment; write {{asyncscript}}, alone in its action`},
	},
	{
		"script before a pipe", `{{asyncscript | print}}`,
		[]string{`x.html:1:3: asyncscript is part of a longer expression; write {{asyncscript}}, alone in its action`},
	},
	{
		"script as an argument", `{{print asyncscript}}{{print (asyncstatus)}}`,
		[]string{
			`x.html:1:9: asyncscript is part of a longer expression; write {{asyncscript}}, alone in its action`,
			`x.html:1:31: asyncstatus is part of a longer expression; write {{asyncstatus}}, alone in its action`,
		},
	},
	{
		"script before a field", `{{asyncscript.Name}}`,
		[]string{`x.html:1:3: asyncscript is part of a longer expression; write {{asyncscript}}, alone in its action`},
	},
	{
		"status for template", `{{define "q"}}{{end}}{{template "q" asyncstatus}}`,
		[]string{`x.html:1:37: asyncstatus is part of {{template}}; write {{asyncstatus}}, alone in its action`},
	},
	{
		"status as DEFAULT and as key", `{{async "ps" . asyncstatus}}{{async "ps" asyncscript}}`,
		[]string{
			`x.html:1:16: asyncstatus is part of a longer expression; write {{asyncstatus}}, alone in its action`,
			`x.html:1:42: asyncscript is part of a longer expression; write {{asyncscript}}, alone in its action`,
		},
	},
	{
		"status in a template fragment", `{{define "t"}}<p>{{asyncstatus}}</p>{{end}}{{async "t" .}}`,
		[]string{`x.html:1:20: asyncstatus stands in what the fragment "t" shows (template "t"), which is executed apart from the page; move it into <body> of the page itself`},
	},
	{
		"script in every look",
		`{{define "ps:view"}}{{asyncscript}}{{end}}{{define "ps:default"}}{{asyncscript}}{{end}}{{define "ps:error"}}{{asyncscript}}{{end}}{{define "ps:stale"}}{{asyncscript}}{{end}}{{async "ps" .}}`,
		[]string{
			`x.html:1:23: asyncscript stands in what the fragment "ps" shows (template "ps:view"), which is executed apart from the page; move it into <head> of the page itself`,
			`x.html:1:68: asyncscript stands in what the fragment "ps" shows (template "ps:default"), which is executed apart from the page; move it into <head> of the page itself`,
			`x.html:1:111: asyncscript stands in what the fragment "ps" shows (template "ps:error"), which is executed apart from the page; move it into <head> of the page itself`,
			`x.html:1:154: asyncscript stands in what the fragment "ps" shows (template "ps:stale"), which is executed apart from the page; move it into <head> of the page itself`,
		},
	},
	{
		"status in the default of a template fragment whose value alone is used", `{{define "t"}}x{{end}}{{define "t:default"}}{{asyncstatus}}{{end}}{{asyncvalue "t" .}}`,
		[]string{`x.html:1:47: asyncstatus stands in what the fragment "t" shows (template "t:default"), which is executed apart from the page; move it into <body> of the page itself`},
	},
	{
		"status in a template that the page and a view call",
		`{{define "q"}}{{asyncstatus}}{{end}}{{define "r"}}{{if .}}{{template "r"}}{{end}}{{template "q"}}{{end}}{{define "ps:view"}}{{template "r"}}{{end}}{{define "cpu:view"}}{{template "q"}}{{end}}{{template "q"}}{{async "ps" .}}{{async "cpu" .}}`,
		[]string{`x.html:1:17: asyncstatus stands in what the fragment "cpu" shows (template "q", called from "cpu:view"), which is executed apart from the page; move it into <body> of the page itself`},
	},
	{
		"script in a template that a view calls twice removed", `{{define "q"}}{{asyncscript}}{{end}}{{define "r"}}{{template "q"}}{{end}}{{define "ps:view"}}{{template "r"}}{{end}}{{async "ps" .}}`,
		[]string{`x.html:1:17: asyncscript stands in what the fragment "ps" shows (template "q", called from "ps:view"), which is executed apart from the page; move it into <head> of the page itself`},
	},
	{
		"status in recursion that ends elsewhere", `{{define "q"}}{{if .}}{{template "q"}}</title>{{else}}{{asyncstatus}}</title>{{end}}<title>{{end}}{{template "q" .}}</title>`,
		[]string{`x.html:1:15: template "q" calls itself and ends in another context than it begins in, so that the places in it are not certain; close in it what it opens`},
	},
}
