// Command gomponents shows the busiest processes of this machine on http://localhost:8080, by a page of gomponents.
package main

import (
	"context"
	"io"
	"log"
	"net/http"
	"time"

	"github.com/infill-go/infill/async"
	"github.com/infill-go/infill/async/page"
	"github.com/infill-go/infill/examples/internal/processes"
)

type busiest = *async.Handle[string, []processes.Process]

func main() {
	h, err := handler(async.Default(), processes.Busiest)
	if err != nil {
		log.Fatal(err)
	}
	log.Fatal(http.ListenAndServe("localhost:8080", h))
}

func handler(group *async.Group, load func(ctx context.Context, of string) ([]processes.Process, error)) (http.Handler, error) {
	ps, err := async.Register(group, "busiest", load, async.Policy{MaxAge: 5 * time.Second})
	if err != nil {
		return nil, err
	}
	pages, err := page.New(page.Options{Options: async.Options{Group: group}})
	if err != nil {
		return nil, err
	}
	mux := http.NewServeMux()
	mux.Handle("GET /_async/", pages)
	mux.HandleFunc("GET /{$}", func(w http.ResponseWriter, r *http.Request) {
		pages.Respond(w, r, func(ctx context.Context, w io.Writer) error {
			return dashboard(ctx, pages, ps).Render(w)
		})
	})
	return mux, nil
}
