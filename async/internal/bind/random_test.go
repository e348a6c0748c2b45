package bind

import (
	"math/rand/v2"
	"strings"
	"testing"
)

// Pieces of templates. Put together at random they open and close elements, tags and values across branches, loops and
// templates in ways that nobody writes by hand.
var (
	markup = []string{
		"<p>", "</p>", "<b ", "<a href=", "<a ", "title=", "title", "=", `"`, "'", ">", "/>", " ", "/", "x", "t", "<t", "<n", "<h",
		"<title>", "</title>", "<textarea>", "</textarea>", "<script>", "</script>", "<script type=x>", "<style>", "</style>",
		"<noscript>", "</noscript>", "<iframe>", "</iframe>", "<template>", "</template>", "<xmp>", "</xmp", "src", "doc", "on",
		`<p srcdoc="`, "<p srcdoc=", `<p/onx="`, `<p title="`, `<p {{if .}}src{{end}}doc="`, `">`,
		"<!--", "-->", "<!DOCTYPE ", "<table>", "<tr>", "</table>", "<select>", "</select>", "<svg>", "</svg>", "<svg", "<foreignObject>", "</foreignObject>", "<math><mi>", "</math>", "<plaintext>", "<", "\n",
	}
	action = []string{
		`{{async "ps" .}}`, `{{async "cpu" . "d"}}`, `{{. | async "ps"}}`, `{{asyncvalue "ps" .}}`, `{{.}}`, `{{user .}}`,
		`{{$x := asyncvalue "ps" .}}`, `{{template "q" .}}`, `{{template "r" .}}`, `{{async "q" .}}`,
		`{{asyncscript}}`, `{{asyncstatus}}`,
	}
	opening = []string{`{{if .}}`, `{{if not .}}`, `{{with .}}`, `{{range 2}}`, `{{if asyncvalue "ps" .}}`}
)

type composer struct {
	rand *rand.Rand
	b    strings.Builder
}

func (c *composer) pick(from []string) { c.b.WriteString(from[c.rand.IntN(len(from))]) }

func (c *composer) body(length, depth int) {
	for range 1 + c.rand.IntN(length) {
		switch n := c.rand.IntN(12); {
		case n < 7:
			c.pick(markup)
		case n < 10 || depth > 2:
			c.pick(action)
		default:
			c.pick(opening)
			c.body(length/2+1, depth+1)
			if c.rand.IntN(2) == 0 {
				c.b.WriteString("{{else}}")
				c.body(length/2+1, depth+1)
			}
			c.b.WriteString("{{end}}")
		}
	}
}

// TestRandom checks the promises of Prepare for many random sets, always the same ones.
func TestRandom(t *testing.T) {
	const rounds = 6_000
	accepted := 0
	for seed := range rounds {
		c := &composer{rand: rand.New(rand.NewPCG(uint64(seed), 1))}
		c.b.WriteString(`{{define "q"}}`)
		c.body(4, 1)
		c.b.WriteString(`{{end}}{{define "r"}}`)
		c.body(4, 1)
		c.b.WriteString(`{{end}}`)
		c.body(8, 0)
		if checkPromises(t, c.b.String()) {
			accepted++
		}
	}
	t.Logf("%d of %d sets were accepted", accepted, rounds)
	if accepted < rounds/50 {
		t.Error("too few to tell anything")
	}
}
