package keys

import (
	html "html/template"
	"reflect"
	"testing"
	text "text/template"
)

func TestDistinctNames(t *testing.T) {
	a, b := distinctNames(reflect.TypeFor[html.Template](), reflect.TypeFor[text.Template]())
	if a != "html/template.Template" || b != "text/template.Template" {
		t.Errorf("distinctNames = %q, %q", a, b)
	}
	a, b = distinctNames(reflect.TypeFor[int](), reflect.TypeFor[any]())
	if a != "int" || b != "any" {
		t.Errorf("distinctNames = %q, %q", a, b)
	}
}
