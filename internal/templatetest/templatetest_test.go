package templatetest

import (
	"html/template"
	"slices"
	"testing"
)

func TestSlowAndEndless(t *testing.T) {
	for _, c := range []struct {
		text          string
		slow, endless bool
	}{
		{text: `a{{.}}{{template "b"}}{{define "b"}}{{if .}}1{{end}}{{end}}`},
		{text: `{{range .}}{{end}}{{range .}}{{end}}{{range .}}{{end}}`},
		{text: `{{range .}}{{end}}{{range .}}{{end}}{{range .}}{{end}}{{range .}}{{end}}`, slow: true},
		{text: `{{range 12}}x{{end}}`},
		{text: `{{range 1_000}}x{{end}}`, slow: true},
		{text: `{{range 0xfff}}x{{end}}`, slow: true},
		{text: `{{printf "%9s" .}}`, slow: true},
		{text: `{{define "b"}}{{template "b"}}{{end}}`, slow: true},
		{text: `{{define "b"}}{{if .}}{{else}}{{template "c\x00" .}}{{end}}{{end}}{{define "c\x00"}}{{template "b"}}{{end}}`, slow: true},
		{text: "<script>`${ {{template \"b\" .}} }`</script>{{define \"b\"}}1{{end}}"},
		{text: "<script>`{{template \"b\" .}}`</script>{{define \"b\"}}${ {{template \"b\" .}} }{{end}}", slow: true, endless: true},
	} {
		set, err := template.New("x").Parse(c.text)
		if err != nil {
			t.Fatalf("%s: %v", c.text, err)
		}
		if slow, endless := Slow(set), Endless(set); slow != c.slow || endless != c.endless {
			t.Errorf("%s\nis slow %v, want %v; endless %v, want %v", c.text, slow, c.slow, endless, c.endless)
		}
	}
}

func TestNames(t *testing.T) {
	set := template.Must(template.New("x").Parse(`0{{define "b"}}1{{end}}{{define "a"}}2{{end}}`))
	set.New("without body")
	if names := Names(set); !slices.Equal(names, []string{"a", "b", "x"}) {
		t.Errorf("got %q", names)
	}
}
