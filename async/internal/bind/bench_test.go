package bind

import (
	"fmt"
	"html/template"
	"strings"
	"testing"
)

// BenchmarkPrepare prepares a set of 200 templates of about 4 KB with 10 calls each, some called from two contexts.
func BenchmarkPrepare(b *testing.B) {
	set := template.New("x.html").Funcs(standard(b))
	for i := range 200 {
		var text strings.Builder
		fmt.Fprintf(&text, `{{define "t%d"}}{{async "ps" .}}{{end}}`, i)
		for j := range 10 {
			fmt.Fprintf(&text, `<div class="c" title="{{template "t%d" .}}">%s{{async "ps" .}}{{if .}}<p>{{.}}</p>{{else}}{{template "t%d" .}}{{end}}</div>`,
				(i+j)%200, strings.Repeat("<b>some text</b> ", 20), (i+j+1)%200)
		}
		template.Must(set.New(fmt.Sprintf("%d.html", i)).Parse(text.String()))
	}
	for b.Loop() {
		if _, err := Prepare(set, registered); err != nil {
			b.Fatal(err)
		}
	}
}
