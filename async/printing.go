package async

import (
	"html/template"
	"reflect"
	"strings"
)

// printer prints a value as html/template prints it in element content, by being
// just that. template.HTMLEscaper is not the same: "+", nil and template.HTML
// differ. Nor is a bare {{.}}: a reflect.Value as the data of a template is taken
// for what it holds.
var printer = template.Must(template.New("value").Parse("{{.V}}"))

// printed is a value's HTML. It may call the value's String or Error method.
func printed(value any) (string, error) {
	var b strings.Builder
	if err := printer.Execute(&b, struct{ V any }{value}); err != nil {
		return "", err
	}
	return b.String(), nil
}

// isPlain says whether printing a value calls none of its methods, so that it may
// be done anywhere.
func isPlain(value any) bool {
	t := reflect.TypeOf(value)
	if t == nil {
		return true
	}
	switch t.Kind() {
	case reflect.String, reflect.Bool,
		reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64,
		reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64, reflect.Uintptr,
		reflect.Float32, reflect.Float64, reflect.Complex64, reflect.Complex128:
		return t.NumMethod() == 0
	}
	return false
}
