package main

import (
	"bytes"
	"fmt"
	"html/template"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"time"

	"github.com/infill-go/infill/async"
)

// dashboard serves the page.
type dashboard struct {
	set       *async.Set
	fragments *fragments
	notice    string
	style     asset
	icon      asset
	logger    *slog.Logger
}

// page is the dot of dashboard.html.
type page struct {
	Hosts  []Host
	Notice string
	Now    time.Time
	Style  string
	Icon   string
}

func newDashboard(g *async.Group, c *commander, p pace, logger *slog.Logger) (*dashboard, error) {
	d := &dashboard{notice: c.notice, logger: logger}
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
	d.set, err = async.Bind(t, async.Options{Group: g})
	return d, err
}

// handler is everything that the demo serves, to local callers only if local says so. A pattern with GET serves HEAD as
// well, and answers other methods with 405.
func (d *dashboard) handler(local bool) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", d.serve)
	mux.Handle("GET "+d.style.path, d.style)
	mux.Handle("GET "+d.icon.path, d.icon)
	if local {
		return withHeaders(onlyLocal(mux))
	}
	return withHeaders(mux)
}

// serve answers with what is known now. While something is pending, the browser is asked to come again: so the page
// fills in without a script.
func (d *dashboard) serve(w http.ResponseWriter, r *http.Request) {
	query, err := url.ParseQuery(r.URL.RawQuery)
	if err != nil {
		http.Error(w, "The part after the question mark cannot be read: "+err.Error(), http.StatusBadRequest)
		return
	}
	if mode := query.Get("mode"); mode != "" && mode != "reload" {
		http.Error(w, fmt.Sprintf("There is no mode %q. The modes are: reload.", mode), http.StatusBadRequest)
		return
	}
	d.fragments.keepHistories()
	// The header depends on what was shown, so the page is executed before any of it is sent.
	var body bytes.Buffer
	report, err := d.set.Execute(&body, "dashboard.html", page{
		Hosts: d.fragments.commander.hosts, Notice: d.notice, Now: time.Now(), Style: d.style.url(), Icon: d.icon.url(),
	})
	if err != nil {
		d.logger.Error("the page failed", "error", err)
		http.Error(w, "The page could not be made. The log says why.", http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	if report.Pending > 0 {
		w.Header().Set("Refresh", "1")
	}
	_, _ = w.Write(body.Bytes()) // an error says that the browser has left
}

// withHeaders sets what holds for every response, errors included.
func withHeaders(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		// Nothing but the style sheet and the icon, and nothing inline.
		h.Set("Content-Security-Policy", "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'")
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
