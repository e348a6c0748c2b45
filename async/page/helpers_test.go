package page_test

import (
	"context"
	"errors"
	"flag"
	"html/template"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"testing"
	"testing/synctest"
	"time"

	"github.com/infill-go/infill/async"
	"github.com/infill-go/infill/async/page"
)

var update = flag.Bool("update", false, "write the golden files of testdata anew")

var errSource = errors.New("the source is down: <secret>")

// quietGroup is a group whose log nobody reads. It is closed when the test ends.
func quietGroup(t testing.TB) *async.Group {
	g := &async.Group{Logger: slog.New(slog.NewTextHandler(io.Discard, nil))}
	t.Cleanup(func() {
		if err := g.Close(context.Background()); err != nil {
			t.Errorf("Close: %v", err)
		}
	})
	return g
}

// gates hold runs until they are told how to end.
type gates map[string]chan outcome

type outcome struct {
	value string
	err   error
}

// register registers a fragment for each of the names, whose runs wait at their gate, at most until the test ends.
func register(t testing.TB, g *async.Group, names ...string) gates {
	t.Helper()
	all := make(gates)
	for _, name := range names {
		all[name] = make(chan outcome, 1)
		if _, err := async.Register(g, name, all.run(name), async.Policy{}); err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { close(all[name]) })
	}
	return all
}

func (g gates) run(name string) func(context.Context, int) (string, error) {
	return func(ctx context.Context, _ int) (string, error) {
		select {
		case o := <-g[name]:
			return o.value, o.err
		case <-ctx.Done():
			return "", ctx.Err()
		}
	}
}

// open lets one run end with a value.
func (g gates) open(name, value string) { g[name] <- outcome{value: value} }

// fail lets one run end with an error.
func (g gates) fail(name string) { g[name] <- outcome{err: errSource} }

// bind makes Pages of the text.
func bind(t testing.TB, g *async.Group, text string, o page.Options) *page.Pages {
	t.Helper()
	return bindWith(t, g, nil, text, o)
}

// bindWith is bind with further functions.
func bindWith(t testing.TB, g *async.Group, funcs template.FuncMap, text string, o page.Options) *page.Pages {
	t.Helper()
	o.Group = g
	pages, err := page.Bind(template.Must(template.New("page").Funcs(g.Funcs()).Funcs(funcs).Parse(text)), o)
	if err != nil {
		t.Fatal(err)
	}
	return pages
}

// visit is a request that is being answered.
type visit struct {
	*recorder
	ended chan struct{}
	leave context.CancelFunc
}

// get asks for the template named page with the given data, in a bubble. Its response goes on by itself.
func get(t testing.TB, pages *page.Pages, data any) *visit {
	return ask(t, func(w http.ResponseWriter, r *http.Request) { pages.Render(w, r, "page", data) }, nil)
}

// ask sends a request to the handler, after edit has changed it, and waits until nobody has anything to do.
func ask(t testing.TB, handler http.HandlerFunc, edit func(r *http.Request)) *visit {
	t.Helper()
	v := begin(t, handler, edit)
	synctest.Wait()
	return v
}

// begin is ask without the waiting.
func begin(t testing.TB, handler http.HandlerFunc, edit func(r *http.Request)) *visit {
	t.Helper()
	ctx, leave := context.WithCancel(t.Context())
	v := &visit{recorder: newRecorder(), ended: make(chan struct{}), leave: leave}
	r := httptest.NewRequestWithContext(ctx, http.MethodGet, "/", nil)
	if edit != nil {
		edit(r)
	}
	go func() {
		defer close(v.ended)
		defer leave() // as a server does
		handler(v.recorder, r)
	}()
	return v
}

// over says whether the response is complete.
func (v *visit) over() bool {
	select {
	case <-v.ended:
		return true
	default:
		return false
	}
}

// runsOf is how often a fragment's function was called.
func runsOf(g *async.Group, name string) (n int64) {
	for _, s := range g.Stats() {
		if s.Name == name {
			n += s.Runs
		}
	}
	return n
}

// sleep is for what runs in a bubble beside the test.
func sleep(d time.Duration) { <-time.After(d) }

// pass lets the bubble's time pass, and everybody finish what there is to do then.
func pass(d time.Duration) {
	sleep(d)
	synctest.Wait()
}

// golden compares with a file of testdata.
func golden(t *testing.T, name, got string) {
	t.Helper()
	file := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("%s is different (go test -update writes it anew):\n%s\nwant\n%s", file, got, want)
	}
}
