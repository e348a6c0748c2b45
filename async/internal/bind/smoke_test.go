package bind

import (
	"bytes"
	"fmt"
	"html/template"
	"testing"
)

func TestSmoke(t *testing.T) {
	stand := template.FuncMap{"async": func(...any) string { return "A" }, "asyncvalue": func(...any) string { return "V" }, "asyncscript": func() string { return "" }}
	for _, text := range []string{
		`<p>{{async "ps" .}}</p>`,
		`<p title="{{async "ps" .}}">{{async "ps" . "x"}}{{if asyncvalue "ps" .}}{{end}}</p>`,
		`{{define "l"}}{{async "ps" .}}{{end}}<p title="{{template "l" .}}">{{template "l" .}}</p><title>{{template "l" .}}</title>`,
		`<script>var x = {{async "ps" .}}</script>`,
		`<iframe>{{async "ps" .}}</iframe>{{async "ps" .}}<noscript>{{async "ps" .}}</noscript>{{async "pss" .}}`,
		`{{define "open"}}<a title="{{async "ps" .}}{{end}}{{template "open"}}"></a>{{.X | async "ps"}}`,
	} {
		tm := template.Must(template.New("x.html").Funcs(stand).Parse(text))
		r, err := Prepare(tm, Config{Registered: func(n string) bool { return n == "ps" }})
		fmt.Println("==", text)
		if err != nil {
			fmt.Println("ERR", err)
			continue
		}
		for _, s := range r.Sites {
			fmt.Printf("  %+v\n", s)
		}
		fmt.Printf("  %+v\n", r.Fragments)
		r.Set.Funcs(template.FuncMap{HoleFunc: func(i int, k any, d ...any) template.HTML { return template.HTML(fmt.Sprintf("<hole %d>", i)) },
			TextFunc:  func(i int, k any, d ...any) any { return fmt.Sprintf("<text %d>", i) },
			ValueFunc: func(i int, k any, d ...any) any { return fmt.Sprintf("<value %d>", i) },
		})
		var b bytes.Buffer
		err = r.Set.ExecuteTemplate(&b, "x.html", map[string]any{"X": 1})
		fmt.Println("  ->", b.String(), err)
	}
}
