package rows

import (
	"bytes"
	"strings"
	"testing"
)

// TestPagesAreAlike keeps the comparison fair: both sides must print the same bytes.
func TestPagesAreAlike(t *testing.T) {
	for _, layout := range Layouts {
		var ours, theirs bytes.Buffer
		if _, err := withFragments(t, layout).Execute(&ours, "page", sections); err != nil {
			t.Fatal(err)
		}
		if err := withFields(layout).ExecuteTemplate(&theirs, "page", sections); err != nil {
			t.Fatal(err)
		}
		if ours.String() != theirs.String() {
			t.Errorf("%s: the pages differ:\n%s\n%s", layout.Name, ours.String(), theirs.String())
		}
		if n := strings.Count(ours.String(), "&gt; is up</b>"); n != pageRows {
			t.Errorf("%s: %d contents on the page, not %d", layout.Name, n, pageRows)
		}
	}
}

// The gates were set for these layouts.
func TestLayouts(t *testing.T) {
	if got := pageText(Layouts[0], `{{async "row" .Key}}`); !strings.Contains(got, `<section>{{async "row" .Key}}</section>`) {
		t.Errorf("the bare page has more than the fragment in a section: %s", got)
	}
	words := len(strings.Fields(Layouts[1].before))
	if words < 95 || words > 115 || strings.Contains(Layouts[1].before, "{{") {
		t.Errorf("around each fragment stand %d words, not about 100 of static text: %s", words, Layouts[1].before)
	}
}
