package keys_test

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/infill-go/infill/async/internal/keys"
)

func TestEncodeString(t *testing.T) {
	long := strings.Repeat("x", keys.MaxLen)
	hash := func(s string) string { sum := sha256.Sum256([]byte(s)); return "\xff#" + string(sum[:]) }
	tests := []struct{ name, in, want string }{
		{"empty", "", ""},
		{"plain", "web1", "web1"},
		{"mark", "\xff", "\xff\xff"},
		{"marks", "\xff\xff", "\xff\xff\xff"},
		{"mark later", "x\xff", "x\xff"},
		{"what looks like a hash", hash("x"), "\xff" + hash("x")},
		{"longest", long, long},
		{"too long", long + "x", hash(long + "x")},
		{"longest with mark", "\xff" + long[2:], "\xff\xff" + long[2:]},
		{"too long with mark", "\xff" + long[1:], hash("\xff" + long[1:])},
	}
	c := codec[string](t)
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got := keys.EncodeString(test.in)
			if got != test.want {
				t.Fatalf("EncodeString = %q, want %q", got, test.want)
			}
			if s := encode(t, c, test.in); s != got {
				t.Errorf("Codec.Encode = %q", s)
			}
			hashed := strings.HasPrefix(test.name, "too long")
			if keys.Hashed(got) != hashed {
				t.Errorf("Hashed = %t", !hashed)
			}
			back, err := c.Decode(got)
			if hashed {
				if back != nil || !errors.Is(err, keys.ErrHashed) {
					t.Errorf("Decode = %v, %v, want ErrHashed", back, err)
				}
				return
			}
			if err != nil || back != test.in {
				t.Errorf("Decode = %q, %v", back, err)
			}
		})
	}
}

// What is built is hashed at the same length as a string, and differs where the
// keys differ.
func TestLongKeysAreHashed(t *testing.T) {
	c := codec[Words](t)
	longest := Words{strings.Repeat("a", 500), strings.Repeat("b", keys.MaxLen-500-8)}
	if s := encode(t, c, longest); len(s) != keys.MaxLen || keys.Hashed(s) {
		t.Errorf("%d bytes, hashed = %t", len(s), keys.Hashed(s))
	}
	longer := Words{longest.A, longest.B + "b"}
	s := encode(t, c, longer)
	sum := sha256.Sum256([]byte("500:" + longer.A + fmt.Sprintf("%d:", len(longer.B)) + longer.B))
	if s != "\xff#"+string(sum[:]) || !keys.Hashed(s) {
		t.Errorf("%q, hashed = %t", s, keys.Hashed(s))
	}
	if other := encode(t, c, Words{longest.A + "b", longest.B}); other == s {
		t.Error("two long keys have one hash")
	}
	if _, err := c.Decode(s); err != keys.ErrHashed {
		t.Errorf("Decode: %v, want ErrHashed", err)
	}
	if !strings.Contains(keys.ErrHashed.Error(), fmt.Sprint(keys.MaxLen)) {
		t.Errorf("%q does not tell the limit", keys.ErrHashed)
	}
}
