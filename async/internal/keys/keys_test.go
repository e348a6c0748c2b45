package keys_test

import (
	"bytes"
	"errors"
	"fmt"
	"reflect"
	"testing"

	"github.com/infill-go/infill/async/internal/keys"
)

// The types that the tests use as keys.
type (
	Host  string
	Port  uint16
	Ratio float32
	On    bool
	Pair  struct {
		Host string
		Port int
	}
	SamePair struct {
		Host string `json:"host"`
		Port int
	}
	Words struct{ A, B string }
	Mixed struct {
		A, B string
		N    int64
		F    float64
		On   bool
		Arr  [2]uint16
	}
	Holder     struct{ Any any }
	Link       struct{ Next any }
	Box[T any] struct{ V T }
)

// Level has its texts on the value, Code on the pointer.
type Level int

var levels = []string{"low", "high"}

func (l Level) MarshalText() ([]byte, error) {
	if l < 0 || int(l) >= len(levels) {
		return nil, errLevel
	}
	return []byte(levels[l]), nil
}

func (l *Level) UnmarshalText(text []byte) error {
	for i, s := range levels {
		if s == string(text) {
			*l = Level(i)
			return nil
		}
	}
	return errLevel
}

var errLevel = errors.New("no such level")

type Code struct{ code string }

func (c *Code) MarshalText() ([]byte, error) { return []byte(c.code), nil }

func (c *Code) UnmarshalText(text []byte) error { c.code = string(text); return nil }

func codec[K any](t testing.TB) *keys.Codec {
	t.Helper()
	c, err := keys.For(reflect.TypeFor[K]())
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func encode(t testing.TB, c *keys.Codec, key any) string {
	t.Helper()
	s, err := encodeBoth(t, c, key)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// encodeBoth returns what Encode does, and sees to it that Transient does the
// same, whether or not there is room in the buffer.
func encodeBoth(t testing.TB, c *keys.Codec, key any) (string, error) {
	t.Helper()
	want, wantErr := c.Encode(key)
	for _, size := range []int{0, 1, len(want) - 1, len(want), 128} {
		buf := bytes.Repeat([]byte("#"), max(size, 0))
		got, err := c.Transient(key, buf)
		if got != want || fmt.Sprint(err) != fmt.Sprint(wantErr) {
			t.Errorf("Transient of %#v in %d bytes = %q, %v; Encode = %q, %v", key, len(buf), got, err, want, wantErr)
		}
	}
	return want, wantErr
}
