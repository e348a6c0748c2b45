package async

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"regexp"
	"runtime"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

var shownVersion = regexp.MustCompile(`\[(\w+)#(\d+)\]`)

// oneVersion says whether all holes of a key show the same.
func oneVersion(html string) error {
	versions := make(map[string]string)
	for _, m := range shownVersion.FindAllStringSubmatch(html, -1) {
		if was, ok := versions[m[1]]; ok && was != m[2] {
			return fmt.Errorf("%s is shown as %s and as %s", m[1], was, m[2])
		}
		versions[m[1]] = m[2]
	}
	return nil
}

// TestLateStorm: many pages with the same keys fill in while values are put, forgotten
// and refreshed, and runs fail and panic. Every page becomes whole, with one version of
// each key, and nothing is left.
func TestLateStorm(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := quietGroup()
		var version atomic.Int64
		h := register(t, g, "f", Policy{Backoff: 20 * time.Millisecond}, func(ctx context.Context, key string) (string, error) {
			if err := pause(ctx, rand.N(20*time.Millisecond)); err != nil {
				return "", err
			}
			switch rand.N(10) {
			case 0:
				return "", errSource
			case 1:
				panic("oh no")
			}
			return fmt.Sprintf("[%s#%d]", key, version.Add(1)), nil
		})
		s := bound(t, g, `{{range .}}{{async "card" .}}{{async "f" .}}{{end}}{{define "card"}}<i>{{async "f" .}}{{async "f" "k0"}}</i>{{end}}
{{- define "f:view"}}{{.}}{{end}}{{define "f:default"}}…{{end}}{{define "f:error"}}!{{end}}{{define "card:default"}}{{async "f" "k1"}}{{end}}`, Options{})
		stop := make(chan struct{})
		var others, pages sync.WaitGroup
		for range 4 {
			others.Go(func() {
				for {
					key := fmt.Sprintf("k%d", rand.N(6))
					switch rand.N(3) {
					case 0:
						_ = h.Put(key, fmt.Sprintf("[%s#%d]", key, version.Add(1)))
					case 1:
						h.Forget(key)
					default:
						h.Refresh(key)
					}
					select {
					case <-stop:
						return
					case <-time.After(rand.N(3 * time.Millisecond)):
					}
				}
			})
		}
		var late atomic.Int64
		for range 60 {
			pages.Go(func() {
				for range 10 {
					p := respond(t, s, []string{"k0", "k1", "k2", "k3", "k4", "k5"})
					gone := rand.N(10) == 0
					for deadline := time.After(time.Minute); p.open() > 0 && !gone; {
						select {
						case <-p.wakes.Ready():
							late.Add(int64(p.take()))
						case <-deadline:
							t.Errorf("%d places are open after a minute", p.open())
							gone = true
						}
					}
					if err := oneVersion(p.String()); err != nil {
						t.Error(err)
					}
					p.response.End()
				}
			})
		}
		pages.Wait()
		close(stop)
		others.Wait()
		if n := watchesOf(g); n != 0 {
			t.Errorf("%d watches are left", n)
		}
		if late.Load() < 100 {
			t.Errorf("only %d places were filled late", late.Load())
		}
		if n := h.frag.counts.doubled.Load(); n != 0 {
			t.Errorf("%d runs were doubled", n)
		}
		advance(time.Minute) // what Refresh has started
		closeGroup(t, g)
	})
}

// TestLateClose: while pages wait, the group is closed. All of them hear of it.
func TestLateClose(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		for range 20 {
			g := &Group{Logger: quietGroup().Logger, MaxRuns: 8}
			register(t, g, "f", Policy{}, func(ctx context.Context, key int) (int, error) { return key, pause(ctx, time.Hour) })
			s := bound(t, g, `{{range .}}{{async "f" .}}{{end}}{{define "f:error"}}!{{end}}`, Options{})
			ctx, cancel := context.WithTimeout(t.Context(), 10*time.Millisecond)
			var pages sync.WaitGroup
			for i := range 20 {
				pages.Go(func() {
					sleep(rand.N(10 * time.Millisecond))
					p := respond(t, s, []int{i, i + 1, i + 2})
					for p.open() > 0 {
						<-p.wakes.Ready() // the bubble sees it if this waits for ever
						p.take()
					}
					p.response.End()
				})
			}
			sleep(5 * time.Millisecond)
			if err := g.Close(ctx); err == nil {
				t.Error("nothing was lost")
			}
			cancel()
			pages.Wait()
			if n := watchesOf(g); n != 0 {
				t.Errorf("%d watches are left", n)
			}
		}
	})
}

// TestAPageThatNeverTakes costs one entry for each key, however often they change, and
// holds nobody up.
func TestAPageThatNeverTakes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := quietGroup()
		f := gate(t, g, "ps", Policy{})
		s := bound(t, g, `{{async "ps" "a"}}{{async "ps" "b"}}{{async "ps" "a"}}{{define "ps:default"}}…{{end}}`, Options{})
		p := respond(t, s, nil)
		for range 500 {
			f.Forget("a")
			f.Get("a")
			f.good("a")
			f.Put("b", "v")
		}
		if n := len(p.wakes.Take()); n != 2 {
			t.Errorf("%d keys are raised", n)
		}
		p.shows("………", 3)
		p.end(g)
	})
}

// TestADroppedSetFillsItsPage: the program has bound a new set, and dropped the old one,
// while a page of it is still open.
func TestADroppedSetFillsItsPage(t *testing.T) {
	g := quietGroup()
	release := make(chan struct{})
	register(t, g, "f", Policy{}, func(ctx context.Context, key string) (string, error) {
		<-release
		return key, nil
	})
	s := bound(t, g, `{{async "card" .}}{{async "f" .}}{{define "f:view"}}<b>{{.}}</b>{{end}}{{define "card"}}<i>{{async "f" "k"}}{{asyncvalue "f" .}}</i>{{end}}`, Options{})
	p := respond(t, s, "k")
	s = nil
	runtime.GC()
	runtime.GC()
	close(release)
	for p.open() > 0 {
		<-p.wakes.Ready()
		p.take()
	}
	p.shows("<i><b>k</b>k</i><b>k</b>", 0)
	p.end(g)
}

// TestLateWriterFails: the error of the page is what Fill answers, and the response can
// be ended.
func TestLateWriterFails(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := quietGroup()
		f := gate(t, g, "f", Policy{})
		s := bound(t, g, `{{async "card" .}}{{define "card"}}<i>{{async "f" .}}</i>{{end}}{{define "f:default"}}…{{end}}`, Options{})
		full := &fullPage{openPage: openPage{t: t}}
		full.response = s.Respond(full, &full.wakes)
		if err := full.response.Execute("page", "k"); err != nil {
			t.Fatal(err)
		}
		f.good("k")
		full.gone = true
		for _, key := range full.wakes.Take() {
			if !key.Look() {
				t.Error("nothing has come")
			}
		}
		if err := full.places[0].hole.Fill(); !errors.Is(err, errGone) {
			t.Errorf("Fill = %v", err)
		}
		r := full.response.(*late).r
		full.end(g)
		clean(t, r)
	})
}

// fullPage is a page that takes nothing any more.
type fullPage struct {
	openPage
	gone bool
}

func (p *fullPage) WriteString(s string) (int, error) {
	if p.gone {
		return 0, errGone
	}
	return p.openPage.WriteString(s)
}
