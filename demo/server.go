package main

import (
	"fmt"
	"html/template"
	"log/slog"
	"maps"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/infill-go/infill/async"
	"github.com/infill-go/infill/async/page"
)

// dashboard serves the page.
type dashboard struct {
	pages     *page.Pages
	fragments *fragments
	notice    string
	style     asset
	icon      asset
}

// view is the dot of dashboard.html.
type view struct {
	Hosts  []Host
	Notice string
	Now    time.Time
	Style  string
	Icon   string
}

func newDashboard(g *async.Group, c *commander, p pace) (*dashboard, error) {
	d := &dashboard{notice: c.notice}
	var err error
	if d.style, err = newAsset("style.css", "text/css; charset=utf-8"); err != nil {
		return nil, err
	}
	if d.icon, err = newAsset("icon.svg", "image/svg+xml"); err != nil {
		return nil, err
	}
	if d.fragments, err = register(g, c, p); err != nil {
		return nil, err
	}
	t, err := template.New("").Delims("<<", ">>").Funcs(g.Funcs()).Funcs(formats).ParseFS(templateFiles, "templates/*.html")
	if err != nil {
		return nil, err
	}
	d.pages, err = page.Bind(t, page.Options{
		Options: async.Options{Group: g},
		Window:  window,
		Mode:    modeOf,
	})
	return d, err
}

// window is how long a page is held open for its blocks: as long as the embedded hosts may take.
const window = maxSlow

// modes are the ways to fill a page that the query may force: mode=reload and so on.
var modes = map[string]page.Mode{"reload": page.Plain, "stream": page.Stream, "whole": page.Whole}

func modeOf(r *http.Request) page.Mode {
	if mode, ok := modes[r.URL.Query().Get("mode")]; ok {
		return mode
	}
	return page.ModeOf(r)
}

// handler is everything that the demo serves, to local callers only if local says so. A pattern with GET serves HEAD as
// well, and answers other methods with 405.
func (d *dashboard) handler(local bool) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", d.serve)
	mux.Handle("GET /_async/", d.pages)
	mux.Handle("GET "+d.style.path, d.style)
	mux.Handle("GET "+d.icon.path, d.icon)
	if local {
		return withHeaders(onlyLocal(mux))
	}
	return withHeaders(mux)
}

// serve sends the page: in one response that fills in, or in the way that the query says.
func (d *dashboard) serve(w http.ResponseWriter, r *http.Request) {
	query, err := url.ParseQuery(r.URL.RawQuery)
	if err != nil {
		http.Error(w, "The part after the question mark cannot be read: "+err.Error(), http.StatusBadRequest)
		return
	}
	if mode := query.Get("mode"); mode != "" {
		if _, ok := modes[mode]; !ok {
			known := strings.Join(slices.Sorted(maps.Keys(modes)), ", ")
			http.Error(w, fmt.Sprintf("There is no mode %q. The modes are: %s.", mode, known), http.StatusBadRequest)
			return
		}
	}
	d.fragments.keepHistories()
	d.pages.Render(w, r, "dashboard.html", view{
		Hosts: d.fragments.commander.hosts, Notice: d.notice, Now: time.Now(), Style: d.style.url(), Icon: d.icon.url(),
	})
}

// withHeaders sets what holds for every response, errors included.
func withHeaders(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		// Nothing but the style sheet, the icon and the one script, and nothing inline.
		h.Set("Content-Security-Policy", "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'")
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "no-referrer")
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
		h.Set("Cross-Origin-Resource-Policy", "same-origin")
		h.Set("Cache-Control", "no-store")
		next.ServeHTTP(w, r)
	})
}

// onlyLocal answers only those who call this machine by an address or as localhost. Else a page of somebody else could
// read the dashboard through its visitor's browser: its name may be made to point to this machine (DNS rebinding).
func onlyLocal(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		host := r.Host
		if h, _, err := net.SplitHostPort(host); err == nil {
			host = h
		}
		if _, err := netip.ParseAddr(strings.Trim(host, "[]")); err != nil && !strings.EqualFold(host, "localhost") {
			http.Error(w, fmt.Sprintf("This is not %q. Call the dashboard by its address, or as localhost.", host), http.StatusMisdirectedRequest)
			return
		}
		next.ServeHTTP(w, r)
	})
}

// newServer has a limit for everything that a client could drag out.
func newServer(handler http.Handler, logger *slog.Logger) *http.Server {
	return &http.Server{
		Handler:           handler,
		ReadHeaderTimeout: 5 * time.Second,
		ReadTimeout:       10 * time.Second,
		WriteTimeout:      30 * time.Second,
		IdleTimeout:       60 * time.Second,
		MaxHeaderBytes:    16 << 10,
		ErrorLog:          slog.NewLogLogger(logger.Handler(), slog.LevelWarn),
	}
}
