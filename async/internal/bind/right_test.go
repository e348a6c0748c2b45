package bind

import (
	"slices"
	"strings"
	"testing"
)

// right are templates that can be bound, with the sites that are found and what the rewritten set prints for dot "k".
var right = []struct {
	name, text string
	sites      []string
	prints     string
}{
	{
		"element content", `<p>{{async "ps" .}}</p>`,
		[]string{"x.html:1:6 async ps element"},
		`<p><i>hole0 k</i></p>`,
	},
	{
		"backquoted name", "<p>{{async `ps` .}}</p>",
		[]string{"x.html:1:6 async ps element"},
		`<p><i>hole0 k</i></p>`,
	},
	{
		"number as key", `{{async "ps" 7}}`,
		[]string{"x.html:1:3 async ps element"},
		`<i>hole0 7</i>`,
	},
	{
		"default", `{{async "ps" . "wait"}}`,
		[]string{"x.html:1:3 async ps element default"},
		`<i>hole0 k wait</i>`,
	},
	{
		"nil default", `{{async "ps" . nil}}`,
		[]string{"x.html:1:3 async ps element default"},
		`<i>hole0 k <nil></i>`,
	},
	{
		"empty string as key", `{{async "ps" ""}}`,
		[]string{"x.html:1:3 async ps element"},
		`<i>hole0</i>`,
	},
	{
		"key in parentheses", `{{async "ps" (print . "x")}}`,
		[]string{"x.html:1:3 async ps element"},
		`<i>hole0 kx</i>`,
	},
	{
		"call in parentheses", `{{(async "ps" .)}}`,
		[]string{"x.html:1:4 async ps element"},
		`<i>hole0 k</i>`,
	},
	{
		"call in two parentheses", `{{((async "ps" .))}}`,
		[]string{"x.html:1:5 async ps element"},
		`<i>hole0 k</i>`,
	},
	{
		"key through a pipe", `{{. | async "ps"}}`,
		[]string{"x.html:1:7 async ps element"},
		`<i>hole0 k</i>`,
	},
	{
		"key through two pipes", `{{. | print "a" | async "ps"}}`,
		[]string{"x.html:1:19 async ps element"},
		`<i>hole0 ak</i>`,
	},
	{
		"pipe in parentheses", `{{(. | async "ps")}}`,
		[]string{"x.html:1:8 async ps element"},
		`<i>hole0 k</i>`,
	},
	{
		"trim markers", "<p>\n  {{- async \"ps\" . -}}\n</p>",
		[]string{"x.html:2:7 async ps element"},
		`<p><i>hole0 k</i></p>`,
	},
	{
		"second line", "<p>\n<b>{{async \"ps\" .}}</b>",
		[]string{"x.html:2:6 async ps element"},
		"<p>\n<b><i>hole0 k</i></b>",
	},
	{
		"umlauts count in bytes", `<p>ä</p>{{async "ps" .}}`,
		[]string{"x.html:1:12 async ps element"},
		`<p>ä</p><i>hole0 k</i>`,
	},
	{
		"table row", `<table><tr>{{async "ps" .}}</tr></table>`,
		[]string{"x.html:1:14 async ps element"},
		`<table><tr><i>hole0 k</i></tr></table>`,
	},
	{
		"select", `<select>{{async "ps" .}}</select>`,
		[]string{"x.html:1:11 async ps element"},
		`<select><i>hole0 k</i></select>`,
	},
	{
		"text behind a lone less-than", `a < b {{async "ps" .}}`,
		[]string{"x.html:1:9 async ps element"},
		`a &lt; b <i>hole0 k</i>`,
	},
	{
		"text behind a closed comment", `<!-- x --><p>{{async "ps" .}}</p>`,
		[]string{"x.html:1:16 async ps element"},
		`<p><i>hole0 k</i></p>`,
	},
	{
		"doctype", `<!DOCTYPE html><html><body>{{async "ps" .}}</body></html>`,
		[]string{"x.html:1:30 async ps element"},
		`<!DOCTYPE html><html><body><i>hole0 k</i></body></html>`,
	},
	{
		"title", `<title>{{async "ps" .}}</title>{{async "ps" .}}`,
		[]string{"x.html:1:10 async ps text", "x.html:1:34 async ps element"},
		`<title>text0 k</title><i>hole1 k</i>`,
	},
	{
		"textarea", `<textarea>{{async "ps" .}}</textarea>`,
		[]string{"x.html:1:13 async ps text"},
		`<textarea>text0 k</textarea>`,
	},
	{
		"double quoted attribute", `<p title="{{async "ps" .}}">`,
		[]string{"x.html:1:13 async ps text"},
		`<p title="text0 k">`,
	},
	{
		"single quoted attribute", `<p title='a {{async "ps" .}}'>`,
		[]string{"x.html:1:15 async ps text"},
		`<p title='a text0 k'>`,
	},
	{
		"unquoted attribute", `<p title={{async "ps" .}}>`,
		[]string{"x.html:1:12 async ps text"},
		`<p title=text0&#32;k>`,
	},
	{
		"unquoted attribute in the middle", `<p title=a{{async "ps" .}}b>x</p>`,
		[]string{"x.html:1:13 async ps text"},
		`<p title=atext0&#32;kb>x</p>`,
	},
	{
		"URL", `<a href="{{async "ps" .}}">`,
		[]string{"x.html:1:12 async ps text"},
		`<a href="text0%20k">`,
	},
	{
		"URL path", `<a href="/x/{{async "ps" .}}">`,
		[]string{"x.html:1:15 async ps text"},
		`<a href="/x/text0%20k">`,
	},
	{
		"URL query", `<a href="/x?q={{async "ps" .}}">`,
		[]string{"x.html:1:17 async ps text"},
		`<a href="/x?q=text0%20k">`,
	},
	{
		"srcset", `<img srcset="{{async "ps" .}}">`,
		[]string{"x.html:1:16 async ps text"},
		`<img srcset="text0 k">`,
	},
	{
		"unquoted URL", `<a href={{async "ps" .}}>`,
		[]string{"x.html:1:11 async ps text"},
		`<a href=text0%20k>`,
	},
	{
		"meta content", `<meta name="x" content="{{async "ps" .}}">`,
		[]string{"x.html:1:27 async ps text"},
		`<meta name="x" content="text0 k">`,
	},
	{
		"meta refresh", `<meta http-equiv="refresh" content="1;url={{async "ps" .}}">`,
		[]string{"x.html:1:45 async ps text"},
		`<meta http-equiv="refresh" content="1;url=text0 k">`,
	},
	{
		"data attribute", `<p data-x="{{async "ps" .}}">`,
		[]string{"x.html:1:14 async ps text"},
		`<p data-x="text0 k">`,
	},
	{
		"two attributes", `<p title="{{async "ps" .}}" lang="{{async "cpu" .}}">{{async "one" .}}</p>`,
		[]string{"x.html:1:13 async ps text", "x.html:1:37 async cpu text", "x.html:1:56 async one element"},
		`<p title="text0 k" lang="text1 k"><i>hole2 k</i></p>`,
	},
	{
		"conditional attribute", `<p {{if .}}title="{{async "ps" .}}"{{end}}>x</p>`,
		[]string{"x.html:1:21 async ps text"},
		`<p title="text0 k">x</p>`,
	},
	{
		"range in an attribute", `<p class="{{range 2}}a{{async "ps" .}} {{end}}">`,
		[]string{"x.html:1:25 async ps text"},
		`<p class="atext0 0 atext0 1 ">`,
	},
	{
		"value in if", `{{if asyncvalue "ps" .}}yes{{end}}`,
		[]string{"x.html:1:6 asyncvalue ps text"},
		`yes`,
	},
	{
		"value in with", `{{with asyncvalue "ps" .}}[{{.}}]{{end}}`,
		[]string{"x.html:1:8 asyncvalue ps text"},
		`[value0 k]`,
	},
	{
		"value in a variable", `{{$x := asyncvalue "ps" .}}{{$x}}`,
		[]string{"x.html:1:9 asyncvalue ps text"},
		`value0 k`,
	},
	{
		"value as an argument", `{{len (asyncvalue "ps" .)}}`,
		[]string{"x.html:1:8 asyncvalue ps text"},
		`8`,
	},
	{
		"value before a pipe", `{{asyncvalue "ps" . | printf "%q"}}`,
		[]string{"x.html:1:3 asyncvalue ps text"},
		`&#34;value0 k&#34;`,
	},
	{
		"value behind a pipe", `{{. | asyncvalue "ps"}}`,
		[]string{"x.html:1:7 asyncvalue ps text"},
		`value0 k`,
	},
	{
		"value for template", `{{define "q"}}({{.}}){{end}}{{template "q" asyncvalue "ps" .}}`,
		[]string{"x.html:1:44 asyncvalue ps text"},
		`(value0 k)`,
	},
	{
		"value in script", `<script>var x = {{asyncvalue "ps" .}}</script>`,
		[]string{"x.html:1:19 asyncvalue ps text"},
		`<script>var x = "value0 k"</script>`,
	},
	{
		"value in style", `<style>p { color: {{asyncvalue "ps" .}} }</style>`,
		[]string{"x.html:1:21 asyncvalue ps text"},
		`<style>p { color: value0 k }</style>`,
	},
	{
		"value in an event handler", `<p onclick="f({{asyncvalue "ps" .}})">`,
		[]string{"x.html:1:17 asyncvalue ps text"},
		`<p onclick="f(&#34;value0 k&#34;)">`,
	},
	{
		"value in a comment", `<!-- {{asyncvalue "ps" .}} -->`,
		[]string{"x.html:1:8 asyncvalue ps text"},
		``,
	},
	{
		"value in srcdoc", `<iframe srcdoc="{{asyncvalue "ps" .}}"></iframe>`,
		[]string{"x.html:1:19 asyncvalue ps text"},
		`<iframe srcdoc="value0 k"></iframe>`,
	},
	{
		"value in iframe, noscript", `<iframe>{{asyncvalue "ps" .}}</iframe><noscript>{{asyncvalue "ps" .}}</noscript>`,
		[]string{"x.html:1:11 asyncvalue ps text", "x.html:1:51 asyncvalue ps text"},
		`<iframe>value0 k</iframe><noscript>value1 k</noscript>`,
	},
	{
		"value in a tag", `<p {{asyncvalue "ps" .}}>`,
		[]string{"x.html:1:6 asyncvalue ps text"},
		`<p ZgotmplZ>`,
	},
	{
		"value as a key", `{{async "ps" (asyncvalue "cpu" .)}}`,
		[]string{"x.html:1:3 async ps element", "x.html:1:15 asyncvalue cpu text"},
		`<i>hole0 value1 k</i>`,
	},
	{
		"value with default", `{{asyncvalue "ps" . "d"}}`,
		[]string{"x.html:1:3 asyncvalue ps text default"},
		`value0 k d`,
	},
	{
		"value below a field", `{{printf "%v" (asyncvalue "ps" . | len)}}`,
		[]string{"x.html:1:16 asyncvalue ps text"},
		`8`,
	},
	{
		"if, else if, else", `{{if eq . "x"}}{{async "ps" 1}}{{else if .}}{{async "ps" 2}}{{else}}{{async "ps" 3}}{{end}}`,
		[]string{"x.html:1:18 async ps element", "x.html:1:47 async ps element", "x.html:1:71 async ps element"},
		`<i>hole1 2</i>`,
	},
	{
		"with, else with", `{{with ""}}{{async "ps" 1}}{{else with .}}{{async "ps" 2}}{{end}}`,
		[]string{"x.html:1:14 async ps element", "x.html:1:45 async ps element"},
		`<i>hole1 2</i>`,
	},
	{
		"range, else", `{{range 2}}{{async "ps" .}}{{else}}{{async "ps" 9}}{{end}}{{range 0}}{{async "ps" 1}}{{else}}{{async "ps" .}}{{end}}`,
		[]string{"x.html:1:14 async ps element", "x.html:1:38 async ps element", "x.html:1:72 async ps element", "x.html:1:96 async ps element"},
		`<i>hole0 0</i><i>hole0 1</i><i>hole3 k</i>`,
	},
	{
		"break and continue", `{{range 3}}{{if eq . 0}}{{continue}}{{end}}{{async "ps" .}}{{if eq . 1}}{{break}}{{end}}{{end}}`,
		[]string{"x.html:1:46 async ps element"},
		`<i>hole0 1</i>`,
	},
	{
		"template comments", `{{/* {{async */}}{{async "ps" .}}{{- /* x */ -}}`,
		[]string{"x.html:1:20 async ps element"},
		`<i>hole0 k</i>`,
	},
	{
		"block", `<p>{{block "b" .}}{{async "ps" .}}{{end}}</p>`,
		[]string{"x.html:1:21 async ps element"},
		`<p><i>hole0 k</i></p>`,
	},
	{
		"block in an attribute", `<p title="{{block "b" .}}{{async "ps" .}}{{end}}">`,
		[]string{"x.html:1:28 async ps element", "x.html:1:28 async ps text"},
		`<p title="text1 k">`,
	},
	{
		"template in element content", `{{define "q"}}<b>{{async "ps" .}}</b>{{end}}{{template "q" .}}`,
		[]string{"x.html:1:20 async ps element"},
		`<b><i>hole0 k</i></b>`,
	},
	{
		"template in an attribute only", `{{define "q"}}{{async "ps" .}}{{end}}<p title="{{template "q" .}}">`,
		[]string{"x.html:1:17 async ps element", "x.html:1:17 async ps text"},
		`<p title="text1 k">`,
	},
	{
		"template in both", `{{define "q"}}{{async "ps" .}}{{end}}<p title="{{template "q" .}}">{{template "q" .}}</p>`,
		[]string{"x.html:1:17 async ps element", "x.html:1:17 async ps text"},
		`<p title="text1 k"><i>hole0 k</i></p>`,
	},
	{
		"template in title and textarea", `{{define "q"}}{{async "ps" .}}{{end}}<title>{{template "q" .}}</title><textarea>{{template "q" .}}</textarea>{{template "q" .}}`,
		[]string{"x.html:1:17 async ps element", "x.html:1:17 async ps text"},
		`<title>text1 k</title><textarea>text1 k</textarea><i>hole0 k</i>`,
	},
	{
		"two templates deep", `{{define "q"}}{{async "ps" .}}{{end}}{{define "r"}}r{{template "q" .}}{{end}}<p title="{{template "r" .}}">{{template "r" .}}</p>`,
		[]string{"x.html:1:17 async ps element", "x.html:1:17 async ps text"},
		`<p title="rtext1 k">r<i>hole0 k</i></p>`,
	},
	{
		"deep in an attribute only", `{{define "q"}}{{async "ps" .}}{{end}}{{define "r"}}r{{template "q" .}}{{end}}<p title="{{template "r" .}}">{{template "q" .}}</p>`,
		[]string{"x.html:1:17 async ps element", "x.html:1:17 async ps text"},
		`<p title="rtext1 k"><i>hole0 k</i></p>`,
	},
	{
		"template that begins in a tag", `{{define "q"}}title="{{async "ps" .}}">{{async "cpu" .}}{{end}}<p {{template "q" .}}</p>`,
		[]string{"x.html:1:24 async ps element", "x.html:1:24 async ps text", "x.html:1:42 async cpu element"},
		`<p title="text1 k"><i>hole2 k</i></p>`,
	},
	{
		"template that begins in a value", `{{define "q"}}{{async "ps" .}}">{{async "cpu" .}}{{end}}<p title="{{template "q" .}}</p>`,
		[]string{"x.html:1:17 async ps element", "x.html:1:17 async ps text", "x.html:1:35 async cpu element"},
		`<p title="text1 k"><i>hole2 k</i></p>`,
	},
	{
		"template that ends in a tag", `{{define "q"}}<p title="{{async "ps" .}}{{end}}{{template "q" .}}">{{async "cpu" .}}</p>`,
		[]string{"x.html:1:27 async ps text", "x.html:1:70 async cpu element"},
		`<p title="text0 k"><i>hole1 k</i></p>`,
	},
	{
		"template that begins and ends in a value", `{{define "q"}}{{async "ps" .}} <p title="{{end}}<p class="{{template "q" .}}x>`,
		[]string{"x.html:1:17 async ps text"},
		`<p class="text0 k <p title="x>`,
	},
	{
		"template that ends title", `{{define "q"}}{{async "ps" .}}</title>{{async "cpu" .}}{{end}}<title>{{template "q" .}}`,
		[]string{"x.html:1:17 async ps element", "x.html:1:17 async ps text", "x.html:1:41 async cpu element"},
		`<title>text1 k</title><i>hole2 k</i>`,
	},
	{
		"template that opens script", `{{define "q"}}{{async "ps" .}}<script>{{end}}{{template "q" .}}var x</script>{{async "cpu" .}}`,
		[]string{"x.html:1:17 async ps element", "x.html:1:80 async cpu element"},
		`<i>hole0 k</i><script>var x</script><i>hole1 k</i>`,
	},
	{
		"template used in script without async", `{{define "q"}}x{{end}}<script>{{template "q" .}}</script>{{async "ps" .}}`,
		[]string{"x.html:1:60 async ps element"},
		`<script>x</script><i>hole0 k</i>`,
	},
	{
		"template fragment", `{{define "t"}}<b>{{.}}</b>{{end}}{{async "t" .}}`,
		[]string{"x.html:1:36 async t element"},
		`<i>hole0 k</i>`,
	},
	{
		"template fragment in an attribute", `{{define "t"}}{{.}}{{end}}<p title="{{async "t" .}}">`,
		[]string{"x.html:1:39 async t text"},
		`<p title="text0 k">`,
	},
	{
		"template fragment that contains itself", `{{define "t"}}<ul>{{async "t" .}}</ul>{{end}}{{async "t" .}}`,
		[]string{"x.html:1:21 async t element", "x.html:1:48 async t element"},
		`<i>hole1 k</i>`,
	},
	{
		"template that calls itself", `{{define "q"}}{{async "ps" .}}{{if not .}}{{template "q" 1}}{{end}}{{end}}{{template "q" .}}`,
		[]string{"x.html:1:17 async ps element"},
		`<i>hole0 k</i>`,
	},
	{
		"template that calls itself first", `{{define "q"}}{{if .}}{{.}}{{else}}{{template "q" 1}}{{async "ps" .}}{{end}}{{end}}{{template "q" 0}}`,
		[]string{"x.html:1:56 async ps element"},
		`1<i>hole0 0</i>`,
	},
	{
		"template that calls itself and ends elsewhere, without async", `{{define "q"}}{{if not .}}{{template "q" 1}}</title>{{else}}</title>{{end}}<title>{{end}}{{template "q" .}}</title>{{async "ps" .}}`,
		[]string{"x.html:1:118 async ps element"},
		`</title><title></title><i>hole0 k</i>`,
	},
	{
		"template that calls itself in an attribute", `{{define "q"}}{{async "ps" .}}{{if not .}}{{template "q" 1}}{{end}}{{end}}<p title="{{template "q" .}}">{{template "q" .}}</p>`,
		[]string{"x.html:1:17 async ps element", "x.html:1:17 async ps text"},
		`<p title="text1 k"><i>hole0 k</i></p>`,
	},
	{
		"templates that call each other", `{{define "q"}}{{async "ps" .}}{{if not .}}{{template "r" 1}}{{end}}{{end}}{{define "r"}}[{{template "q" .}}]{{end}}{{template "q" 0}}<p title="{{template "r" 0}}">`,
		[]string{"x.html:1:17 async ps element", "x.html:1:17 async ps text"},
		`<i>hole0 0</i>[<i>hole0 1</i>]<p title="[text1 0[text1 1]]">`,
	},
	{
		"all views", `{{define "ps:view"}}v{{end}}{{define "ps:default"}}{{end}}{{define "ps:error"}}e{{end}}{{define "ps:stale"}}s{{end}}{{async "ps" .}}`,
		[]string{"x.html:1:119 async ps element"},
		`<i>hole0 k</i>`,
	},
	{
		"views of a template fragment", `{{define "t"}}t{{end}}{{define "t:default"}}{{end}}{{define "t:error"}}e{{end}}{{async "t" .}}`,
		[]string{"x.html:1:82 async t element"},
		`<i>hole0 k</i>`,
	},
	{
		"view of a registered fragment that is not used", `{{define "cpu:view"}}v{{end}}{{async "ps" .}}`,
		[]string{"x.html:1:32 async ps element"},
		`<i>hole0 k</i>`,
	},
	{
		"a colon of the user's own", `{{define "layout:head"}}h{{end}}{{define ":x"}}h{{end}}{{template "layout:head"}}{{async "ps" .}}`,
		[]string{"x.html:1:84 async ps element"},
		`h<i>hole0 k</i>`,
	},
	{
		"fragment in a view", `{{define "ps:view"}}{{async "cpu" .}}{{end}}{{async "ps" .}}`,
		[]string{"x.html:1:23 async cpu element", "x.html:1:47 async ps element"},
		`<i>hole1 k</i>`,
	},
	{
		"values in views without a cycle", `{{define "one:view"}}{{asyncvalue "two" .}}{{end}}{{define "two:view"}}<p title="{{async "cpu" .}}">{{async "one" .}}</p>{{end}}{{async "one" .}}`,
		[]string{"x.html:1:24 asyncvalue two text", "x.html:1:84 async cpu text", "x.html:1:103 async one element", "x.html:1:131 async one element"},
		`<i>hole3 k</i>`,
	},
	{
		"values in defaults are not waited for", `{{define "one:default"}}{{asyncvalue "one" .}}{{end}}{{define "one:error"}}{{asyncvalue "one" .}}{{end}}{{async "one" .}}`,
		[]string{"x.html:1:27 asyncvalue one text", "x.html:1:78 asyncvalue one text", "x.html:1:107 async one element"},
		`<i>hole2 k</i>`,
	},
	{
		"nothing", `<p>{{.}}</p>`,
		[]string{},
		`<p>k</p>`,
	},
	{
		"iframe closed", `<iframe src="/x"></iframe>{{async "ps" .}}`,
		[]string{"x.html:1:29 async ps element"},
		`<iframe src="/x"></iframe><i>hole0 k</i>`,
	},
	{
		"noscript closed", `<noscript><img src="/x"></noscript>{{async "ps" .}}`,
		[]string{"x.html:1:38 async ps element"},
		`<noscript><img src="/x"></noscript><i>hole0 k</i>`,
	},
	{
		"text in noscript", `<noscript><img src="{{async "ps" .}}"></noscript>`,
		[]string{"x.html:1:23 async ps text"},
		`<noscript><img src="text0%20k"></noscript>`,
	},
	{
		"text in template", `<template><img src="{{async "ps" .}}"></template>{{async "ps" .}}`,
		[]string{"x.html:1:23 async ps text", "x.html:1:52 async ps element"},
		`<template><img src="text0%20k"></template><i>hole1 k</i>`,
	},
	{
		"nested template elements", `<template><template></template></template>{{async "ps" .}}`,
		[]string{"x.html:1:45 async ps element"},
		`<template><template></template></template><i>hole0 k</i>`,
	},
	{
		"inner template element closed", `<TEMPLATE></TemPlate >{{async "ps" .}}`,
		[]string{"x.html:1:25 async ps element"},
		`<TEMPLATE></TemPlate ><i>hole0 k</i>`,
	},
	{
		"script closed", `<script>if (a < b) { x = "</p>" }</script>{{async "ps" .}}`,
		[]string{"x.html:1:45 async ps element"},
		`<script>if (a < b) { x = "</p>" }</script><i>hole0 k</i>`,
	},
	{
		"script of another type closed", `<script type="text/template"><p title="x"></script>{{async "ps" .}}`,
		[]string{"x.html:1:54 async ps element"},
		`<script type="text/template"><p title="x"></script><i>hole0 k</i>`,
	},
	{
		"recursion that begins anew elsewhere", `{{define "q"}}{{async "ps" .}}<title>{{if not .}}{{template "q" 1}}{{end}}{{end}}{{template "q" .}}</title>`,
		[]string{"x.html:1:17 async ps element", "x.html:1:17 async ps text"},
		`<i>hole0 k</i><title></title>`,
	},
	{
		"style closed", `<style>a > b { }</style>{{async "ps" .}}`,
		[]string{"x.html:1:27 async ps element"},
		`<style>a > b { }</style><i>hole0 k</i>`,
	},
	{
		"xmp in a comment", `<!-- <xmp> -->{{async "ps" .}}`,
		[]string{"x.html:1:17 async ps element"},
		`<i>hole0 k</i>`,
	},
	{
		"iframe in a value", `<p title="<iframe>">{{async "ps" .}}</p>`,
		[]string{"x.html:1:23 async ps element"},
		`<p title="<iframe>"><i>hole0 k</i></p>`,
	},
	{
		"noscript in textarea", `<textarea><noscript></textarea>{{async "ps" .}}`,
		[]string{"x.html:1:34 async ps element"},
		`<textarea>&lt;noscript></textarea><i>hole0 k</i>`,
	},
	{
		"conditional iframe, closed", `{{if .}}<iframe></iframe>{{end}}{{async "ps" .}}`,
		[]string{"x.html:1:35 async ps element"},
		`<iframe></iframe><i>hole0 k</i>`,
	},
	{
		"tag name from branches", `<t{{if .}}h{{else}}d{{end}}>{{async "ps" .}}`,
		[]string{"x.html:1:31 async ps element"},
		`<th><i>hole0 k</i>`,
	},
	{
		"computed tag name", `<h{{len .}}>{{async "ps" .}}</h{{len .}}>`,
		[]string{"x.html:1:15 async ps element"},
		`<h1><i>hole0 k</i></h1>`,
	},
	{
		"computed attribute name elsewhere", `<p {{.}}="x" title="{{async "ps" .}}">`,
		[]string{"x.html:1:23 async ps text"},
		`<p k="x" title="text0 k">`,
	},
	{
		"value before a slash", `<p a=b/ title="{{async "ps" .}}">`,
		[]string{"x.html:1:18 async ps text"},
		`<p a=b/ title="text0 k">`,
	},
	{
		"attribute name from a loop", `<p {{range 2}}a{{end}}="x">{{async "ps" .}}`,
		[]string{"x.html:1:30 async ps element"},
		`<p aa="x"><i>hole0 k</i>`,
	},
	{
		"self closing", `<br/><img src="x"/>{{async "ps" .}}`,
		[]string{"x.html:1:22 async ps element"},
		`<br/><img src="x"/><i>hole0 k</i>`,
	},
}

func TestRight(t *testing.T) {
	for _, c := range slices.Concat(right, rightPageParts, rightForeign) {
		t.Run(c.name, func(t *testing.T) {
			r := prepare(t, c.text)
			if got := written(r); !slices.Equal(got, c.sites) {
				t.Errorf("%s\nhas sites\n\t%s\nwant\n\t%s", c.text, strings.Join(got, "\n\t"), strings.Join(c.sites, "\n\t"))
			}
			if got := execute(t, r, "x.html", "k"); got != c.prints {
				t.Errorf("%s\nprints\n\t%s\nwant\n\t%s", c.text, got, c.prints)
			}
		})
	}
}
