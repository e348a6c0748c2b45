package keys_test

import (
	"encoding"
	"math/big"
	"net"
	"net/http"
	"reflect"
	"sync"
	"testing"
	"time"
	"unsafe"

	"github.com/infill-go/infill/async/internal/keys"
)

type (
	hidden   struct{ A int }
	Hidden   struct{ hidden }
	Blank    struct{ _ int }
	Private  struct{ name string }
	Owner    struct{ Addr *net.TCPAddr }
	Deep     struct{ Owners [2]Owner }
	Channel  chan int
	Half     struct{ name string }
	Embedder struct {
		time.Time
		name string
	}
)

// The names of these fields are only ever read by reflection.
var _ = []string{Private{}.name, Half{}.name, Embedder{}.name}

func (Channel) MarshalText() ([]byte, error) { return nil, nil }
func (*Channel) UnmarshalText([]byte) error  { return nil }
func (Half) MarshalText() ([]byte, error)    { return nil, nil }

func TestForRefuses(t *testing.T) {
	const (
		pointer = "is a pointer, which equals no other pointer to an equal value; use the value, or what identifies it, such as its ID"
		methods = " the methods MarshalText, and UnmarshalText on the pointer"
	)
	tests := []struct {
		typ  reflect.Type
		want string
	}{
		{nil, "nil cannot be a key: it has no type; use a string, a number or a struct of them"},
		{reflect.TypeFor[*Pair](), "*keys_test.Pair cannot be a key: it " + pointer},
		{reflect.TypeFor[*big.Int](), "*big.Int cannot be a key: it " + pointer},
		{reflect.TypeFor[Owner](), "keys_test.Owner cannot be a key: its field Addr (*net.TCPAddr) " + pointer},
		{reflect.TypeFor[Deep](), "keys_test.Deep cannot be a key: its field Owners[].Addr (*net.TCPAddr) " + pointer},
		{reflect.TypeFor[[2]*int](), "[2]*int cannot be a key: its element [] (*int) " + pointer},
		{reflect.TypeFor[[]string](), "[]string cannot be a key: it is a slice, which Go cannot compare; use an array of fixed length, or a string made of its elements"},
		{reflect.TypeFor[http.Header](), "http.Header cannot be a key: it is a map, which Go cannot compare; use a struct of what is needed from it"},
		{reflect.TypeFor[func()](), "func() cannot be a key: it is a function, which Go cannot compare; use a string that names it"},
		{reflect.TypeFor[chan int](), "chan int cannot be a key: it is a channel, which means nothing outside this run of the program; use a string that names it"},
		{reflect.TypeFor[Channel](), "keys_test.Channel cannot be a key: it is a channel, which means nothing outside this run of the program; use a string that names it"},
		{reflect.TypeFor[unsafe.Pointer](), "unsafe.Pointer cannot be a key: it is an address, which means nothing outside this run of the program; use what identifies the value at that address, such as its ID"},
		{reflect.TypeFor[net.IP](), "net.IP cannot be a key: it has MarshalText, but Go cannot compare it; use its text as a string"},
		{reflect.TypeFor[big.Int](), "big.Int cannot be a key: it has MarshalText, but Go cannot compare it; use its text as a string"},
		{reflect.TypeFor[Private](), "keys_test.Private cannot be a key: its field name (string) is unexported; export it, or give keys_test.Private" + methods},
		{reflect.TypeFor[Half](), "keys_test.Half cannot be a key: its field name (string) is unexported; export it, or give keys_test.Half" + methods},
		{reflect.TypeFor[Hidden](), "keys_test.Hidden cannot be a key: its field hidden (keys_test.hidden) is embedded and its type is unexported; export the type, or give keys_test.Hidden" + methods},
		{reflect.TypeFor[Blank](), "keys_test.Blank cannot be a key: its field _ (int) is blank, so nobody can set it; remove it"},
		{reflect.TypeFor[Embedder](), "keys_test.Embedder cannot be a key: its field name (string) is unexported; export it, or give the embedded time.Time a name and keys_test.Embedder" + methods},
		{reflect.TypeFor[struct{ encoding.TextMarshaler }](), ""},
	}
	for _, test := range tests {
		t.Run(test.want, func(t *testing.T) {
			for range 2 { // the second time from memory
				c, err := keys.For(test.typ)
				switch {
				case test.want == "":
					if err != nil {
						t.Error(err)
					}
				case c != nil || err == nil || err.Error() != test.want:
					t.Errorf("error\n%v, want\n%v", err, test.want)
				}
			}
		})
	}
}

// Goroutines use types that nobody has used before, some of their own and some
// at once with others, while the race detector looks on. All must agree on what
// the types are called.
func TestConcurrentUse(t *testing.T) {
	const goroutines, rounds = 4, 50
	var shared [rounds]any
	for i := range shared {
		shared[i] = reflect.Zero(freshType()).Interface()
	}
	var got [goroutines][rounds]string
	var wg sync.WaitGroup
	start := make(chan struct{})
	for g := range goroutines {
		wg.Go(func() {
			<-start
			for i, key := range shared {
				got[g][i] = useFresh(t, key)
				useFresh(t, reflect.Zero(freshType()).Interface())
			}
		})
	}
	close(start)
	wg.Wait()
	for g := range got {
		if got[g] != got[0] {
			t.Errorf("%q and %q", got[g], got[0])
		}
	}
}

func useFresh(t *testing.T, key any) string {
	c, err := keys.For(reflect.TypeFor[any]())
	if err != nil {
		t.Error(err)
		return ""
	}
	s, err := c.Encode(key)
	back, decodeErr := c.Decode(s)
	if err != nil || decodeErr != nil || back != key || c.Display(key) == "" {
		t.Errorf("%T became %q (%v), then %T (%v)", key, s, err, back, decodeErr)
	}
	return s
}
