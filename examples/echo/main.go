// Command echo shows the busiest processes of this machine on http://localhost:8080, behind echo's router and middleware.
package main

import (
	"context"
	_ "embed"
	"html/template"
	"log"
	"net/http"
	"time"

	"github.com/labstack/echo/v5"
	"github.com/labstack/echo/v5/middleware"

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
	e := echo.New()
	e.Use(middleware.RequestLogger(), middleware.Recover(), middleware.Gzip())
	e.GET("/", func(c *echo.Context) error {
		pages.Render(c.Response(), c.Request(), "dashboard", []string{"cpu", "memory"})
		return nil // what failed was answered and logged
	})
	e.GET("/_async/*", echo.WrapHandler(pages))
	return e, nil
}
