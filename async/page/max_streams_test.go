package page_test

import (
	"html/template"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/infill-go/infill/async"
	"github.com/infill-go/infill/async/page"
)

// TestMaxStreamsOfEveryMode: a whole page that waits takes a place as a stream does, and the page more is sent at once.
func TestMaxStreamsOfEveryMode(t *testing.T) {
	for held, mode := range map[string]page.Mode{"a stream": page.Stream, "a whole page": page.Whole} {
		for asked, want := range map[page.Mode]string{page.Stream: "default" + again, page.Whole: "default"} {
			t.Run(held+" and "+asked.String(), func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					g := quietGroup(t)
					register(t, g, "f")
					now := mode
					pages := bind(t, g, `{{async "f" 1 "default"}}`, page.Options{Budget: -1, MaxStreams: 1, Mode: func(*http.Request) page.Mode { return now }})
					holds := get(t, pages, nil)
					now = asked
					more := get(t, pages, nil)
					if !more.over() || more.body() != want || more.header.Get("Cache-Control") != "no-store" || holds.over() {
						t.Errorf("over %v: %s", more.over(), more.script())
					}
					if n := pages.Stats().Refused; n != 1 {
						t.Errorf("%d refused", n)
					}
					pass(11 * time.Second) // the one that is held ends, and its place is free
					next := get(t, pages, nil)
					if n := pages.Stats().Refused; next.over() || n != 1 {
						t.Errorf("over %v, %d refused", next.over(), n)
					}
					pass(11 * time.Second)
				})
			})
		}
	}
}

// TestAWholePageThatIsReady takes no place, and is not refused.
func TestAWholePageThatIsReady(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := quietGroup(t)
		register(t, g, "f")["f"] <- outcome{value: "value"}
		mode := page.Stream
		pages := bind(t, g, `{{async "f" .}}`, page.Options{MaxStreams: 1, Mode: func(*http.Request) page.Mode { return mode }})
		get(t, pages, 1)
		holds := get(t, pages, 2)
		pass(time.Second)
		mode = page.Whole
		if v := get(t, pages, 1); v.body() != "value" || holds.over() || pages.Stats().Refused != 0 {
			t.Errorf("%s, %+v", v.body(), pages.Stats())
		}
		pass(5 * time.Second)
	})
}

// TestNegativeOptions are refused by whatever makes Pages; those that may be negative are not.
func TestNegativeOptions(t *testing.T) {
	good := template.Must(template.New("page").Funcs(async.Funcs()).Parse(`<p></p>`))
	tests := []struct {
		o    page.Options
		want string
	}{
		{page.Options{MaxStreams: -1}, "Options.MaxStreams is -1: it must not be negative"},
		{page.Options{Limit: -1}, "Options.Limit is -1ns: it must not be negative"},
		{page.Options{Options: async.Options{MaxDepth: -2}}, "Options.MaxDepth is -2 and MaxOutput 0: they must not be negative; 0 is 8 and 1048576"},
		{page.Options{Options: async.Options{MaxOutput: -3}}, "Options.MaxDepth is 0 and MaxOutput -3: they must not be negative"},
		{page.Options{Budget: -1, Window: -1}, ""},
	}
	for _, tt := range tests {
		_, made := page.New(tt.o)
		_, bound := page.Bind(good, tt.o)
		for _, err := range []error{made, bound} {
			if (err == nil) != (tt.want == "") || err != nil && (!strings.HasPrefix(err.Error(), "page: impossible options: ") || !strings.Contains(err.Error(), tt.want)) {
				t.Errorf("%v\nwant %s", err, tt.want)
			}
		}
	}
}
