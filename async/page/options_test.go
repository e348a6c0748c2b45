package page_test

import (
	"html/template"
	"strings"
	"testing"
	"time"

	"github.com/infill-go/infill/async"
	"github.com/infill-go/infill/async/page"
)

// TestImpossibleOptions are told all at once, each with its remedy.
func TestImpossibleOptions(t *testing.T) {
	_, err := page.New(page.Options{Limit: -time.Second, MaxStreams: -1, Path: "async"})
	for _, want := range []string{
		"page: impossible options: ",
		"Options.Limit is -1s: it must not be negative; 0 is 10s",
		"Options.MaxStreams is -1: it must not be negative; 0 is 10000, and a negative Window streams nothing",
		`Options.Path is "async": it must begin and end with a slash`,
	} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v\ndoes not say %s", err, want)
		}
	}
}

func TestPaths(t *testing.T) {
	for path, good := range map[string]bool{
		"/": true, "/_async/": true, "/app/v1.2/~me/-/": true,
		"/x": false, "x/": false, "//cdn.example.com/": false, "/a//b/": false, "/a/../b/": false, "/a/./b/": false, "/../": false,
		`/"onload="x/`: false, "/a b/": false, "/ä/": false, "/a%2f/": false, "/a?b/": false, "/a#b/": false, "https://example.com/": false,
	} {
		pages, err := page.New(page.Options{Path: path})
		if good != (err == nil) {
			t.Errorf("%q: %v", path, err)
		}
		if err == nil && !strings.HasPrefix(string(pages.Script()), `<script async src="`+path+`fill-`) {
			t.Errorf("%q: %s", path, pages.Script())
		}
	}
}

// TestBindRefuses what async.Bind refuses, and impossible options.
func TestBindRefuses(t *testing.T) {
	good := template.Must(template.New("page").Funcs(async.Funcs()).Parse(`{{async "f" 1}}{{define "f"}}f{{end}}`))
	if _, err := page.Bind(good, page.Options{Path: "x"}); err == nil || !strings.Contains(err.Error(), "Options.Path") {
		t.Errorf("Bind: %v", err)
	}
	bad := template.Must(template.New("page").Funcs(async.Funcs()).Parse(`{{async "g" 1}}`))
	_, err := page.Bind(bad, page.Options{})
	if err == nil || !strings.Contains(err.Error(), `"g"`) {
		t.Errorf("Bind: %v", err)
	}
	defer func() {
		if v := recover(); v != err {
			t.Errorf("Must panics with %v", v)
		}
	}()
	page.Must(nil, err)
	t.Error("Must has returned")
}
