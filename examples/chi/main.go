// Command chi shows the busiest processes of this machine on http://localhost:8080, behind chi's router and middleware.
package main

import (
	"context"
	_ "embed"
	"html/template"
	"log"
	"net/http"
	"time"

	"github.com/go-chi/chi/v5"
	"github.com/go-chi/chi/v5/middleware"

	"github.com/infill-go/infill/async"
	"github.com/infill-go/infill/async/page"
	"github.com/infill-go/infill/examples/internal/processes"
)

//go:embed dashboard.html
var dashboard string

func main() {
	h, err := handler(async.Default(), processes.Busiest)
	if err != nil {
		log.Fatal(err)
	}
	log.Fatal(http.ListenAndServe("localhost:8080", h))
}

func handler(group *async.Group, load func(ctx context.Context, of string) ([]processes.Process, error)) (http.Handler, error) {
	if _, err := async.Register(group, "busiest", load, async.Policy{MaxAge: 5 * time.Second}); err != nil {
		return nil, err
	}
	t, err := template.New("dashboard").Funcs(group.Funcs()).Parse(dashboard)
	if err != nil {
		return nil, err
	}
	pages, err := page.Bind(t, page.Options{Options: async.Options{Group: group}})
	if err != nil {
		return nil, err
	}
	r := chi.NewRouter()
	// Compress passes a flush on, so a compressed page comes in parts as well.
	r.Use(middleware.Logger, middleware.Compress(5), middleware.Recoverer)
	r.Get("/", func(w http.ResponseWriter, r *http.Request) {
		pages.Render(w, r, "dashboard", []string{"cpu", "memory"})
	})
	r.Handle("/_async/*", pages)
	return r, nil
}
