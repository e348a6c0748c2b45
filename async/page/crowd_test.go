package page_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net/http"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"golang.org/x/net/html"

	"github.com/infill-go/infill/async"
	"github.com/infill-go/infill/async/page"
)

const (
	crowdPages = 200
	crowdKeys  = 30
)

// crowdPage shows each of its keys by itself and within others, whose values and defaults have more of them.
const crowdPage = `<body>{{range .}}<p>{{async "leaf" . "…"}}</p><div>{{async "outer" .}}</div><p>{{async "leaf" . "…"}}</p>{{end}}{{asyncstatus}}
{{- define "leaf:view"}}<b key="{{.Key}}">{{.Version}}</b>{{end}}{{define "leaf:error"}}failed{{end}}
{{- define "outer:view"}}<i key="outer {{.Key}}">{{.Version}}</i><p>{{async "leaf" .Next "…"}}</p>{{async "last" .Next}}{{end}}
{{- define "outer:default"}}<p>{{async "leaf" .Key "…"}}</p>{{end}}
{{- define "last:view"}}<i key="last {{.Key}}">{{.Version}}</i><p>{{async "leaf" .Key "…"}}</p>{{end}}`

type crowdValue struct{ Key, Version, Next int }

// crowd is a group whose runs take up to 5 s, some much less, and of which some fail and some panic.
type crowd struct {
	handles  []*async.Handle[int, crowdValue]
	versions atomic.Int64
}

func newCrowd(t *testing.T, g *async.Group) *crowd {
	t.Helper()
	c := new(crowd)
	for _, name := range []string{"leaf", "outer", "last"} {
		h, err := async.Register(g, name, c.run, async.Policy{MaxAge: 400 * time.Millisecond, Backoff: 100 * time.Millisecond, MaxResults: 25, MaxRuns: 64})
		if err != nil {
			t.Fatal(err)
		}
		c.handles = append(c.handles, h)
	}
	return c
}

func (c *crowd) run(ctx context.Context, key int) (crowdValue, error) {
	longest := []int{15, 2500, 5000}[rand.IntN(3)]
	sleep(time.Duration(rand.IntN(longest)) * time.Millisecond)
	switch rand.IntN(10) {
	case 0:
		return crowdValue{}, errSource
	case 1:
		panic(errSource)
	}
	return c.value(key), nil
}

func (c *crowd) value(key int) crowdValue {
	return crowdValue{key, int(c.versions.Add(1)), (key + 1) % crowdKeys}
}

// disturb changes what is known until the context ends.
func (c *crowd) disturb(ctx context.Context) {
	for ctx.Err() == nil {
		h, key := c.handles[rand.IntN(len(c.handles))], rand.IntN(crowdKeys)
		switch rand.IntN(3) {
		case 0:
			_ = h.Put(key, c.value(key))
		case 1:
			h.Forget(key)
		case 2:
			h.Refresh(key)
		}
		sleep(time.Duration(rand.IntN(5)) * time.Millisecond)
	}
}

// TestACrowd of pages at a time, while values come, fail, and are put, forgotten, refreshed and evicted, and some clients
// leave: what each of them gets is complete, or asks to be loaded anew; whatever is sent has its place in the
// response, sent before; and of each key a page shows one version.
func TestACrowd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := quietGroup(t)
		c := newCrowd(t, g)
		pages := bind(t, g, crowdPage, page.Options{})
		ctx, stop := context.WithCancel(t.Context())
		go c.disturb(ctx)
		seen := make(map[string]int)
		var all []*crowdVisit
		for range crowdPages {
			all = append(all, visitCrowd(t, pages))
		}
		for _, v := range all {
			<-v.ended
			seen[v.check(t)]++
		}
		stop()
		pass(time.Minute) // no run is to be lost
		if seen["complete"] == 0 || seen["again"] == 0 {
			t.Errorf("not everything has happened: %v", seen)
		}
		if s := pages.Stats(); s.Left == 0 || s.Late == 0 || s.Waited == 0 || s.Errors == 0 || s.Refused != 0 {
			t.Errorf("%+v", s)
		}
	})
}

type crowdVisit struct{ *visit }

func visitCrowd(t *testing.T, pages *page.Pages) *crowdVisit {
	var keys []int
	for range 4 {
		keys = append(keys, rand.IntN(crowdKeys))
	}
	v := &crowdVisit{begin(t, func(w http.ResponseWriter, r *http.Request) { pages.Render(w, r, "page", keys) }, nil)}
	if rand.IntN(10) == 0 {
		time.AfterFunc(time.Duration(rand.IntN(2500))*time.Millisecond, v.leave)
	}
	return v
}

// check says how the response has ended.
func (v *crowdVisit) check(t *testing.T) string {
	b := browse(v.body())
	fail := func(what string) { t.Errorf("%s %q\n%s\n%s", what, b.problems, v.script(), b) }
	for key, versions := range b.versions() {
		if len(versions) != 1 {
			fail(fmt.Sprintf("key %s has the versions %v", key, versions))
		}
	}
	switch unfilled := len(b.unfilled()); {
	case b.problems != nil:
		fail("what was sent has no place:")
	case b.waits != b.ended:
		fail("it is cut off")
	case b.again != (unfilled > 0):
		fail(fmt.Sprintf("%d places are not filled, loaded again %v", unfilled, b.again))
	case b.again:
		return "again"
	}
	return "complete"
}

// versions are those that are shown of each key.
func (b *browser) versions() map[string]map[string]bool {
	all := make(map[string]map[string]bool)
	for _, n := range nodesOf(b.document) {
		if key := attribute(n, "key"); n.Type == html.ElementNode && key != "" {
			if all[key] == nil {
				all[key] = make(map[string]bool)
			}
			all[key][n.FirstChild.Data] = true
		}
	}
	return all
}
