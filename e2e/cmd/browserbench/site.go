package main

import (
	"context"
	"html/template"
	"log/slog"
	"net"
	"net/http"
	"sync/atomic"
	"time"

	"github.com/infill-go/infill/async"
	"github.com/infill-go/infill/async/page"
)

// blockCount is how many slow blocks each page has.
const blockCount = 20

// The pages.
const (
	pathStreamed  = "/streamed"  // package page; each block takes the same
	pathLazy      = "/lazy"      // htmx asks for each block
	pathOneByOne  = "/onebyone"  // sent when all blocks have been waited for, one after the other
	pathStaggered = "/staggered" // package page; the blocks complete one after the other
	pathByHand    = "/byhand"    // the same bytes without it
)

// site serves the pages on a free port of 127.0.0.1.
type site struct {
	url    string
	scale  scale
	htmx   []byte
	group  *async.Group
	tag    template.HTML // of package page's script
	server *http.Server
	loads  atomic.Int64
}

// block is the key of a block. Each load has its own, so that nothing is remembered.
type block struct {
	Load, Number int64
	Takes        time.Duration
}

// completed does the block's work, and returns when that was done, in microseconds.
func (k block) completed(ctx context.Context) (int64, error) {
	timer := time.NewTimer(k.Takes)
	defer timer.Stop()
	select {
	case <-timer.C:
		return time.Now().UnixMicro(), nil
	case <-ctx.Done():
		return 0, context.Cause(ctx)
	}
}

func startSite(s scale, htmx []byte) (*site, error) {
	one := &site{scale: s, htmx: htmx, group: &async.Group{Logger: slog.New(slog.DiscardHandler)}}
	mux, err := one.mux()
	if err != nil {
		return nil, err
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	one.url = "http://" + listener.Addr().String()
	one.server = &http.Server{Handler: isolated(mux)}
	go func() { _ = one.server.Serve(listener) }() // until close
	return one, nil
}

func (s *site) close() {
	_ = s.server.Close()
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	_ = s.group.Close(ctx)
}

// isolated sets the headers that give a page a clock of microseconds instead of a tenth of a millisecond.
func isolated(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Cross-Origin-Opener-Policy", "same-origin")
		w.Header().Set("Cross-Origin-Embedder-Policy", "require-corp")
		next.ServeHTTP(w, r)
	})
}

func (s *site) mux() (*http.ServeMux, error) {
	handle, err := async.Register(s.group, "block", func(ctx context.Context, k block) (int64, error) { return k.completed(ctx) },
		async.Policy{MaxRuns: blockCount})
	if err != nil {
		return nil, err
	}
	plain, err := page.New(page.Options{})
	if err != nil {
		return nil, err
	}
	s.tag = plain.Script() // the same for all of them
	prompt, err := s.bind(page.Options{})
	if err != nil {
		return nil, err
	}
	staggered, err := s.bind(page.Options{Budget: -1})
	if err != nil {
		return nil, err
	}
	mux := http.NewServeMux()
	mux.HandleFunc(pathStreamed, func(w http.ResponseWriter, r *http.Request) { prompt.Render(w, r, "page", s.equal()) })
	mux.HandleFunc(pathStaggered, func(w http.ResponseWriter, r *http.Request) { staggered.Render(w, r, "page", s.staggered()) })
	mux.HandleFunc(pathByHand, s.byHand)
	mux.HandleFunc(pathLazy, s.lazy)
	mux.HandleFunc(pathLazy+"/block", s.lazyBlock)
	mux.HandleFunc(pathOneByOne, s.oneByOne(handle))
	mux.Handle("/_async/", prompt)
	mux.HandleFunc("/watch.js", script(watchJS))
	mux.HandleFunc("/htmx.js", script(string(s.htmx)))
	return mux, nil
}

func script(text string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/javascript; charset=utf-8")
		_, _ = w.Write([]byte(text)) // an error says that the browser has left
	}
}

func (s *site) bind(o page.Options) (*page.Pages, error) {
	o.Group = s.group
	t, err := template.New("").Funcs(s.group.Funcs()).Parse(around(`{{range .}}<section>{{async "block" .}}</section>{{end}}`, string(s.tag)) +
		`{{define "block:default"}}` + waitingHTML + `{{end}}{{define "block:view"}}` + valueHTML + `{{end}}`)
	if err != nil {
		return nil, err
	}
	return page.Bind(t, o)
}

const (
	waitingHTML = `<i>working…</i>`
	valueHTML   = `<b class="value" data-at="{{.}}">ready</b>`
)

func head(scripts string) string {
	return `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Blocks</title>` + scripts +
		`<script src="/watch.js"></script></head><body><h1>Blocks</h1>`
}

const tail = `</body></html>`

// around returns the text of a template "page" with these blocks.
func around(blocks, scripts string) string {
	return `{{define "page"}}` + head(scripts) + blocks + tail + `{{end}}`
}

// equal returns the blocks of a new load, which take the same time each.
func (s *site) equal() []block {
	return s.blocks(func(int) time.Duration { return s.scale.takes })
}

// staggered returns those that complete one after the other, when the shell is long there.
func (s *site) staggered() []block {
	return s.blocks(func(i int) time.Duration { return 100*time.Millisecond + time.Duration(i)*s.scale.apart })
}

func (s *site) blocks(takes func(i int) time.Duration) []block {
	all := make([]block, blockCount)
	load := s.loads.Add(1)
	for i := range all {
		all[i] = block{load, int64(i), takes(i)}
	}
	return all
}
