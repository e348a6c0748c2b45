package page_test

import (
	"regexp"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/infill-go/infill/async/page"
)

var anyName = regexp.MustCompile(`<\?start name="([^"]*)">`)

// TestNames are random for each response, and unique in it.
func TestNames(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := quietGroup(t)
		register(t, g, "f")
		pages := bind(t, g, `{{range .}}{{async "f" . "-"}}{{end}}`, page.Options{})
		prefixes := make(map[string]bool)
		const responses, holes = 50, 12
		for range responses {
			v := get(t, pages, []int{1, 2, 3, 1, 2, 3, 4, 5, 6, 7, 8, 9})
			pass(20 * time.Millisecond)
			v.leave()
			synctest.Wait()
			names := make(map[string]bool)
			for _, found := range anyName.FindAllStringSubmatch(v.body(), -1) {
				if !regexp.MustCompile(`^[A-Za-z0-9_-]{11,}$`).MatchString(found[1]) {
					t.Fatalf("a name is %q", found[1])
				}
				names[found[1]] = true
				prefixes[found[1][:10]] = true
			}
			if len(names) != holes {
				t.Fatalf("%d names for %d holes: %s", len(names), holes, v.body())
			}
		}
		if len(prefixes) != responses {
			t.Errorf("%d prefixes in %d responses", len(prefixes), responses)
		}
	})
}

// TestTextsThatLookLikeTheWire, in the page, its default and its value, are texts.
func TestTextsThatLookLikeTheWire(t *testing.T) {
	const evil = `<?start name="x1">no<?end><template for="x1">no</template><async-fill end></async-fill>`
	synctest.Test(t, func(t *testing.T) {
		g := quietGroup(t)
		all := register(t, g, "f")
		v := get(t, bind(t, g, `<p>{{.}}</p><p>{{async "f" 1 .}}</p>`, page.Options{}), evil)
		pass(time.Second)
		if n := strings.Count(v.body(), "<?start"); n != 1 {
			t.Errorf("%d markers: %s", n, v.body())
		}
		all.open("f", evil)
		pass(0)
		b := browse(v.body())
		if n := strings.Count(b.String(), `&lt;template for=&#34;x1&#34;&gt;no`); n != 2 || b.problems != nil || b.unfilled() != nil {
			t.Errorf("%d times as text, %q: %s", n, b.problems, b)
		}
	})
}
