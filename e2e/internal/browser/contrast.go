package browser

import (
	_ "embed"
	"fmt"
)

//go:embed contrast.js
var contrastScript string

// Contrast is how one piece of text stands out against what is painted behind it.
// Background images are not seen, only colours.
type Contrast struct {
	Ratio                  float64 // from 1 to 21, as WCAG 2.2 defines it
	Large                  bool    // 24 px, or 18.66 px and bold: WCAG's "large scale"
	Text, Element          string
	Foreground, Background string
}

// Readable reports whether the text meets WCAG 2.2 level AA (success criterion 1.4.3).
func (c Contrast) Readable() bool {
	if c.Large {
		return c.Ratio >= 3
	}
	return c.Ratio >= 4.5
}

func (c Contrast) String() string {
	return fmt.Sprintf("%.2f: <%s> %q, %s on %s", c.Ratio, c.Element, c.Text, c.Foreground, c.Background)
}

// Contrasts measures every visible text of the page, the least readable first.
func (p *Page) Contrasts() ([]Contrast, error) { return Eval[[]Contrast](p, contrastScript) }
