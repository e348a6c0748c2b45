package keys_test

import (
	"fmt"
	"math"
	"strings"
	"testing"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/infill-go/infill/async/internal/keys"
)

// Loud has methods that fmt would call and Display must not.
type Loud struct{ A int }

func (Loud) String() string             { panic("String was called") }
func (Loud) Error() string              { panic("Error was called") }
func (Loud) GoString() string           { panic("GoString was called") }
func (Loud) Format(f fmt.State, r rune) { panic("Format was called") }

func TestDisplay(t *testing.T) {
	x := strings.Repeat("x", 200)
	tests := []struct {
		codec func(t testing.TB) *keys.Codec
		key   any
		want  string
	}{
		{codec[string], "web1", `"web1"`},
		{codec[string], "", `""`},
		{codec[Host], Host("web1"), `"web1"`},
		{codec[string], "a\"\x00\n\x1b[31m\u202e\xff", `"a\"\x00\n\x1b[31m\u202e\xff"`},
		{codec[string], x[:78], `"` + x[:78] + `"`},
		{codec[string], x[:79], `"` + x[:76] + "…"},
		{codec[string], x, `"` + x[:76] + "…"},
		{codec[string], strings.Repeat("é", 50), `"` + strings.Repeat("é", 38) + "…"},
		{codec[string], "x" + strings.Repeat("é", 50), `"x` + strings.Repeat("é", 37) + "…"},
		{codec[int], -7, "-7"},
		{codec[Port], Port(22), "22"},
		{codec[bool], true, "true"},
		{codec[float64], 0.5, "0.5"},
		{codec[float64], math.NaN(), "NaN"},
		{codec[complex128], 1i, "(0+1i)"},
		{codec[Pair], Pair{"web1", 22}, `{Host:"web1" Port:22}`},
		{codec[Pair], Pair{x, 22}, `{Host:"` + x[:70] + "…"},
		{codec[[2]Pair], [2]Pair{{"a", 1}, {"b", 2}}, `[{Host:"a" Port:1} {Host:"b" Port:2}]`},
		{codec[[1000]int], [1000]int{}, "[" + strings.Repeat("0 ", 38) + "…"},
		{codec[[math.MaxInt]struct{}], [math.MaxInt]struct{}{}, "[" + strings.Repeat("{} ", 25) + "{…"},
		{codec[time.Time], noon, `"2026-11-21T12:00:00.000000005Z"`},
		{codec[Level], Level(1), `"high"`},
		{codec[Level], Level(9), `(keys_test.Level without text)`},
		{codec[[1]Panicker], [1]Panicker{}, "[(keys_test.Panicker without text)]"},
		{codec[any], "7", `"7"`},
		{codec[any], 7, `7`},
		{codec[any], true, `true`},
		{codec[any], int64(7), `int64(7)`},
		{codec[any], 7.0, `float64(7)`},
		{codec[any], Host("web1"), `keys_test.Host("web1")`},
		{codec[any], noon, `time.Time("2026-11-21T12:00:00.000000005Z")`},
		{codec[any], Pair{"web1", 22}, `keys_test.Pair{Host:"web1" Port:22}`},
		{codec[any], [1]any{"x"}, `[1]interface {}["x"]`},
		{codec[Holder], Holder{7}, `{Any:7}`},
		{codec[Holder], Holder{nil}, `{Any:nil}`},
		{codec[Holder], Holder{&Pair{}}, `{Any:(*keys_test.Pair)}`},
		{codec[Link], endless(1000), "{Next:keys_test.Link{Next:keys_test.Link{Next:keys_test.Link{Next:keys_test.L…"},
		{codec[Loud], Loud{7}, `{A:7}`},
		{codec[any], Loud{7}, `keys_test.Loud{A:7}`},
		{codec[Pair], nil, "nil"},
		{codec[any], nil, "nil"},
		{codec[Pair], &Pair{}, "(*keys_test.Pair)"},
		{codec[Pair], (*Pair)(nil), "(*keys_test.Pair)"},
		{codec[string], 7, "(int)"},
		{codec[any], []Loud{{7}}, "([]keys_test.Loud)"},
	}
	for _, test := range tests {
		t.Run(test.want, func(t *testing.T) {
			got := test.codec(t).Display(test.key)
			if got != test.want {
				t.Errorf("Display = %s, want %s", got, test.want)
			}
			presentable(t, got)
		})
	}
}

func endless(n int) any {
	l := Link{7}
	for range n {
		l = Link{l}
	}
	return l
}

func presentable(t *testing.T, s string) {
	t.Helper()
	if len(s) > 80 || !utf8.ValidString(s) || strings.ContainsFunc(s, unicode.IsControl) {
		t.Errorf("%d bytes, %q", len(s), s)
	}
}

func TestDisplayEncoded(t *testing.T) {
	tests := []struct {
		codec         func(t testing.TB) *keys.Codec
		encoded, want string
	}{
		{codec[string], "web1", `"web1"`},
		{codec[string], "\xff\xff", `"\xff"`},
		{codec[Pair], "4:web12:22", `{Host:"web1" Port:22}`},
		{codec[any], "5:int641:7", `int64(7)`},
		{codec[Pair], "4:web1\n", `"4:web1\n"`},
		{codec[Pair], strings.Repeat("x", 2000), `"` + strings.Repeat("x", 76) + "…"},
		{codec[string], keys.EncodeString(strings.Repeat("x", 2000)), "sha256:5c0e0ea421571c30…"},
	}
	for _, test := range tests {
		t.Run(test.want, func(t *testing.T) {
			got := test.codec(t).DisplayEncoded(test.encoded)
			if got != test.want {
				t.Errorf("DisplayEncoded = %s, want %s", got, test.want)
			}
			presentable(t, got)
		})
	}
}
