package async_test

import (
	"bytes"
	"context"
	"html/template"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"

	"github.com/infill-go/infill/async"
)

// patience is how long a test waits for what must come.
const patience = 10 * time.Second

// logbook keeps what a group logs.
type logbook struct {
	mu   sync.Mutex // guards text
	text bytes.Buffer
}

func (l *logbook) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(p)
}

func (l *logbook) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

// newGroup is a group of the test's own. What still runs at the test's end is cut off.
func newGroup(t testing.TB) (*async.Group, *logbook) {
	log := new(logbook)
	g := &async.Group{Logger: slog.New(slog.NewTextHandler(log, nil))}
	t.Cleanup(func() {
		ctx, cancel := context.WithCancel(context.Background())
		cancel()
		_ = g.Close(ctx) // the tests of Close look at its error
		if strings.Contains(log.String(), "this is a bug") {
			t.Errorf("the group logged a bug of its own:\n%s", log)
		}
	})
	return g, log
}

func register[K comparable, V any](t testing.TB, g *async.Group, name string, p async.Policy, fn func(context.Context, K) (V, error)) *async.Handle[K, V] {
	t.Helper()
	h, err := async.Register(g, name, fn, p)
	if err != nil {
		t.Fatal(err)
	}
	return h
}

// wait returns the outcome of the key's run.
func wait[K comparable, V any](t testing.TB, h *async.Handle[K, V], key K) (V, error) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	v, err := h.Wait(ctx, key)
	if ctx.Err() != nil {
		t.Fatalf("%s(%v) is not decided after %v: %v", h.Name(), key, patience, err)
	}
	return v, err
}

// arrive waits for the key's value, which must be there then.
func arrive[K comparable, V any](t testing.TB, h *async.Handle[K, V], key K) {
	t.Helper()
	if _, err := wait(t, h, key); err != nil {
		t.Fatal(err)
	}
}

// gates hold functions up until the test lets them go on.
type gates struct {
	mu     sync.Mutex // guards byName
	byName map[string]*gate
}

type gate struct {
	open    chan struct{}
	once    sync.Once
	entered atomic.Int64
}

func (g *gates) of(name string) *gate {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.byName == nil {
		g.byName = make(map[string]*gate)
	}
	if g.byName[name] == nil {
		g.byName[name] = &gate{open: make(chan struct{})}
	}
	return g.byName[name]
}

// pass waits at the gate, or until ctx ends.
func (g *gates) pass(ctx context.Context, name string) error {
	at := g.of(name)
	at.entered.Add(1)
	select {
	case <-at.open:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// open lets everyone through, now and later.
func (g *gates) open(name string) {
	at := g.of(name)
	at.once.Do(func() { close(at.open) })
}

// source is a slow source: each run of fetch waits for the test's answer to it.
type source[V any] struct {
	answers chan func(context.Context) (V, error)
	runs    atomic.Int64
}

func newSource[V any]() *source[V] {
	return &source[V]{answers: make(chan func(context.Context) (V, error))}
}

func (s *source[V]) fetch(ctx context.Context, key string) (V, error) {
	s.runs.Add(1)
	select {
	case how := <-s.answers:
		return how(ctx)
	case <-ctx.Done():
		var zero V
		return zero, ctx.Err()
	}
}

// answer gives the value to the run that is going on, or to the next.
func (s *source[V]) answer(t testing.TB, v V) {
	t.Helper()
	s.end(t, func(context.Context) (V, error) { return v, nil })
}

// end ends the run in that way.
func (s *source[V]) end(t testing.TB, how func(context.Context) (V, error)) {
	t.Helper()
	select {
	case s.answers <- how:
	case <-time.After(patience):
		t.Fatalf("no run asks for an answer; %d were there", s.runs.Load())
	}
}

// page executes a page of a set.
type page func(w io.Writer, data any) error

// parse parses one template, called "page".
func parse(t testing.TB, g *async.Group, text string, funcs template.FuncMap) *template.Template {
	t.Helper()
	tmpl, err := template.New("page").Funcs(g.Funcs()).Funcs(funcs).Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	return tmpl
}

// bind binds one template, called "page".
func bind(t testing.TB, text string, o async.Options, funcs template.FuncMap) *async.Set {
	t.Helper()
	s, err := async.Bind(parse(t, o.Group, text, funcs), o)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// bound is the page of a set that was bound with the zero Options.
func bound(t testing.TB, g *async.Group, text string) page {
	t.Helper()
	return pageOf(bind(t, text, async.Options{Group: g}, nil))
}

func pageOf(s *async.Set) page {
	return func(w io.Writer, data any) error {
		_, err := s.Execute(w, "page", data)
		return err
	}
}

// unbound is the page of a set that is executed as html/template does it.
func unbound(t testing.TB, g *async.Group, text string) page {
	t.Helper()
	return parse(t, g, text, nil).Execute
}

// site is a real server with one page.
type site struct {
	t testing.TB
	*httptest.Server
}

// serve serves the page with what data makes of a request.
func serve(t testing.TB, p page, data func(*http.Request) any) *site {
	s := &site{t: t}
	s.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var b bytes.Buffer
		if err := p(&b, data(r)); err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
			return
		}
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		_, _ = b.WriteTo(w)
	}))
	t.Cleanup(s.Close)
	return s
}

// always is the same data for every request.
func always(data any) func(*http.Request) any { return func(*http.Request) any { return data } }

// status returns the status and the body of one load.
func (s *site) status(path string) (int, string) {
	s.t.Helper()
	res, err := s.Client().Get(s.URL + path)
	if err != nil {
		s.t.Fatal(err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		s.t.Fatal(err)
	}
	return res.StatusCode, string(body)
}

// load loads the page as a browser reads it. Its status must be 200.
func (s *site) load(path string) *goquery.Document {
	s.t.Helper()
	status, body := s.status(path)
	if status != http.StatusOK {
		s.t.Fatalf("status %d: %s", status, body)
	}
	doc, err := goquery.NewDocumentFromReader(strings.NewReader(body))
	if err != nil {
		s.t.Fatal(err)
	}
	return doc
}

// main returns the HTML inside <main>.
func (s *site) main() string {
	s.t.Helper()
	return inner(s.t, s.load("/"), "main")
}

func inner(t testing.TB, doc *goquery.Document, selector string) string {
	t.Helper()
	found := doc.Find(selector)
	if found.Length() != 1 {
		t.Fatalf("%d elements %s", found.Length(), selector)
	}
	html, err := found.Html()
	if err != nil {
		t.Fatal(err)
	}
	return html
}

// shows loads the page once and compares what is inside <main>.
func (s *site) shows(want string) {
	s.t.Helper()
	if got := s.main(); got != want {
		s.t.Errorf("the page shows %q\n            want %q", got, want)
	}
}

// becomes reloads the page until it shows what it is to show.
func (s *site) becomes(want string) {
	s.t.Helper()
	var got string
	eventually(s.t, func() bool { got = s.main(); return got == want }, func() string {
		return "the page still shows " + got + ", want " + want
	})
}

// eventually asks until it is so.
func eventually(t testing.TB, so func() bool, problem func() string) {
	t.Helper()
	deadline := time.After(patience)
	again := time.NewTicker(time.Millisecond)
	defer again.Stop()
	for !so() {
		select {
		case <-again.C:
		case <-deadline:
			t.Fatal(problem())
		}
	}
}
