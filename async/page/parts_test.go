package page_test

import (
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/infill-go/infill/async/page"
)

// fetches are what scripts send for a page, and whether it may be a part of another one. That one must not be loaded anew.
var fetches = []struct {
	who     string
	headers []string // name, value
	part    bool
}{
	{"htmx", []string{"Hx-Request", "true"}, true},
	{"htmx over TLS", []string{"Sec-Fetch-Dest", "empty", "Hx-Request", "true"}, true},
	{"a Turbo frame", []string{"Turbo-Frame", "f"}, true},
	{"a Turbo frame's visit", []string{"Turbo-Frame", "f", "X-Turbo-Request-Id", "1"}, true},
	{"Unpoly, a part", []string{"X-Up-Version", "3", "X-Up-Target", ".list"}, true},
	{"fetch", []string{"Sec-Fetch-Dest", "empty"}, true},
	{"jQuery", []string{"X-Requested-With", "XMLHttpRequest"}, true},
	{"htmx boost", []string{"Hx-Request", "true", "Hx-Boosted", "true"}, false},
	{"Turbo Drive", []string{"Sec-Fetch-Dest", "empty", "X-Turbo-Request-Id", "1"}, false},
	{"Unpoly, a page", []string{"X-Up-Version", "3", "X-Up-Target", "body"}, false},
	{"a browser", []string{"Sec-Fetch-Dest", "document"}, false},
}

// partial answers with a page that is pending for ever.
func partial(t *testing.T, o page.Options, headers []string) *visit {
	t.Helper()
	g := quietGroup(t)
	register(t, g, "f")
	v := ask(t, renders(bind(t, g, `{{asyncstatus}}<p>{{async "f" 1 "default"}}</p>`, o)).ServeHTTP, func(r *http.Request) {
		for i := 0; i < len(headers); i += 2 {
			r.Header.Set(headers[i], headers[i+1])
		}
	})
	pass(11 * time.Second)
	if !v.over() || !strings.Contains(v.body(), "default") {
		t.Errorf("over %v: %s", v.over(), v.script())
	}
	return v
}

const (
	silent  = `<span role="status"></span><p>default</p>`
	loading = `<span role="status">1 section is loading</span><p>default</p>`
)

// TestAPartAtOnce does not come again, and so has no status that says that something is loading. A whole page does.
func TestAPartAtOnce(t *testing.T) {
	for _, tt := range fetches {
		t.Run(tt.who, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				v := partial(t, page.Options{Mode: func(*http.Request) page.Mode { return page.AtOnce }}, tt.headers)
				want := loading + again
				if tt.part {
					want = silent
				}
				if v.body() != want || v.header.Get("Refresh") != "" {
					t.Errorf("%s\nwant %s", v.script(), want)
				}
			})
		})
	}
}

// TestAFetchAsItComes, with the mode that ModeOf finds, never reloads the page around it.
func TestAFetchAsItComes(t *testing.T) {
	for _, tt := range fetches {
		t.Run(tt.who, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				v := partial(t, page.Options{}, tt.headers)
				if b := browse(v.body()); b.again == tt.part || v.header.Get("Refresh") != "" || tt.part && v.body() != silent {
					t.Errorf("%s", v.script())
				}
			})
		})
	}
}

// TestAPartThatIsStreamed all the same, because Options.Mode says so, or is Plain, does not reload the page around it, now or
// when it is cut off.
func TestAPartThatIsStreamed(t *testing.T) {
	for _, mode := range []page.Mode{page.Stream, page.Plain} {
		for _, headers := range [][]string{{"Hx-Request", "true"}, {"Turbo-Frame", "f"}} {
			synctest.Test(t, func(t *testing.T) {
				v := partial(t, page.Options{Mode: func(*http.Request) page.Mode { return mode }}, headers)
				if b := browse(v.body()); b.again || b.waits || b.ended != (mode == page.Stream) || v.header.Get("Refresh") != "" {
					t.Errorf("%v %v: %s", mode, headers, v.script())
				}
			})
		}
	}
}

// TestTheStatusOfAWholePage that has reached its limit is empty: it will not change.
func TestTheStatusOfAWholePage(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		if v := partial(t, page.Options{Mode: func(*http.Request) page.Mode { return page.Whole }}, nil); v.body() != silent {
			t.Errorf("%s", v.script())
		}
	})
}
