package page_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"html"
	"html/template"
	"io"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"time"

	"github.com/infill-go/infill/async"
	"github.com/infill-go/infill/async/page"
)

// A page with a place whose value takes its time.
func Example() {
	group := &async.Group{}
	defer group.Close(context.Background())
	asked := make(chan struct{})
	_, err := async.Register(group, "weather", func(ctx context.Context, city string) (int, error) {
		<-asked // a service far away
		return 12, nil
	}, async.Policy{MaxAge: time.Minute})
	if err != nil {
		fmt.Println(err)
		return
	}

	t := template.Must(template.New("city").Funcs(group.Funcs()).Parse(`<!DOCTYPE html><title>{{.}}</title>{{asyncscript}}<body>
<h1>{{.}}</h1>
<p>{{async "weather" . "asking…"}}</p>
{{define "weather:view"}}{{.}} °C{{end}}`))
	pages := page.Must(page.Bind(t, page.Options{Options: async.Options{Group: group}}))

	mux := http.NewServeMux()
	mux.HandleFunc("GET /{city}", func(w http.ResponseWriter, r *http.Request) { pages.Render(w, r, "city", r.PathValue("city")) })
	mux.Handle("GET /_async/", pages)

	receive(mux, "/Bonn", "</p>", func() { close(asked) })

	// Output:
	// <h1>Bonn</h1>
	// <p><?start name="1">asking…<?end></p>
	//
	// and later
	// <template for="1">12 °C</template>
}

// A page that a function writes, whatever it is made with.
func ExampleHole() {
	group := &async.Group{}
	defer group.Close(context.Background())
	asked := make(chan struct{})
	weather, err := async.Register(group, "weather", func(ctx context.Context, city string) (int, error) {
		<-asked
		if city != "Bonn" {
			return 0, errors.New("no such city") // for the log, never for the page
		}
		return 12, nil
	}, async.Policy{})
	if err != nil {
		fmt.Println(err)
		return
	}
	look := page.Look[int]{
		Value:   func(w io.Writer, degrees int) error { _, err := fmt.Fprintf(w, "<b>%d °C</b>", degrees); return err },
		Default: func(w io.Writer) error { _, err := io.WriteString(w, "asking…"); return err },
		Error:   func(w io.Writer, _ error) error { _, err := io.WriteString(w, "unknown"); return err },
	}
	pages := page.Must(page.New(page.Options{Options: async.Options{Group: group}}))
	handler := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		city := r.FormValue("city")
		pages.Respond(w, r, func(ctx context.Context, w io.Writer) error {
			fmt.Fprintf(w, "<body>\n<p>%s: ", html.EscapeString(city))
			if err := page.Hole(ctx, w, weather, city, look); err != nil {
				return err
			}
			_, err := io.WriteString(w, "</p>\n")
			return err
		})
	})

	receive(handler, "/?city=Bonn", "</p>", func() { close(asked) })
	receive(handler, "/?city=Bonn", "</p>", nil)

	// Output:
	// <p>Bonn: <?start name="1">asking…<?end></p>
	//
	// and later
	// <template for="1"><b>12 °C</b></template>
	//
	// <p>Bonn: <b>12 °C</b></p>
}

// Crawlers do not wait for what is streamed, and are given the whole page.
func ExampleOptions() {
	group := &async.Group{}
	defer group.Close(context.Background())
	_, err := async.Register(group, "weather", func(ctx context.Context, city string) (int, error) { return 12, nil }, async.Policy{})
	if err != nil {
		fmt.Println(err)
		return
	}
	crawlers := regexp.MustCompile(`(?i)bot\b|crawler|spider`)
	t := template.Must(template.New("city").Funcs(group.Funcs()).Parse(`<body>{{async "weather" .}} °C in {{.}}`))
	pages := page.Must(page.Bind(t, page.Options{
		Options: async.Options{Group: group},
		Limit:   5 * time.Second, // for crawlers
		Mode: func(r *http.Request) page.Mode {
			if crawlers.MatchString(r.UserAgent()) {
				return page.Whole
			}
			return page.ModeOf(r)
		},
	}))

	w, r := httptest.NewRecorder(), httptest.NewRequest(http.MethodGet, "/", nil)
	r.Header.Set("User-Agent", "Mozilla/5.0 (compatible; Examplebot/2.1)")
	pages.Render(w, r, "city", "Bonn")
	fmt.Println(w.Body)

	// Output: <body>12 °C in Bonn
}

// What decides the status is waited for, and the rest of the page is not.
func ExamplePages_RenderStatus() {
	type City struct{ Name string }
	group := &async.Group{}
	defer group.Close(context.Background())
	cities, err := async.Register(group, "city", func(ctx context.Context, id int) (City, error) {
		if id != 1 {
			return City{}, sql.ErrNoRows
		}
		return City{"Bonn"}, nil
	}, async.Policy{MaxAge: time.Hour})
	if err != nil {
		fmt.Println(err)
		return
	}
	t := template.Must(template.New("city").Funcs(group.Funcs()).Parse(`<h1>{{.Name}}</h1>{{define "none"}}There is no such city.{{end}}`))
	pages := page.Must(page.Bind(t, page.Options{Options: async.Options{Group: group}}))

	show := func(w http.ResponseWriter, r *http.Request, id int) {
		city, err := cities.Wait(r.Context(), id)
		switch {
		case errors.Is(err, sql.ErrNoRows):
			pages.RenderStatus(w, r, http.StatusNotFound, "none", nil)
		case err != nil:
			http.Error(w, "The city cannot be shown now.", http.StatusServiceUnavailable)
		default:
			pages.Render(w, r, "city", city)
		}
	}
	for _, id := range []int{1, 2} {
		w := httptest.NewRecorder()
		show(w, httptest.NewRequest(http.MethodGet, "/", nil), id)
		fmt.Println(w.Code, w.Body)
	}

	// Output:
	// 200 <h1>Bonn</h1>
	// 404 There is no such city.
}

// receive prints the body of a page as it comes: until shell has come and, after then was called, what fills its holes. The names
// of these, which are random, are numbers.
func receive(h http.Handler, path, shell string, then func()) {
	server := httptest.NewServer(h)
	defer server.Close()
	response, err := http.Get(server.URL + path)
	if err != nil {
		fmt.Println(err)
		return
	}
	defer response.Body.Close()
	var got []byte
	for buf := make([]byte, 1024); !strings.Contains(string(got), shell); {
		n, err := response.Body.Read(buf)
		if got = append(got, buf[:n]...); err != nil {
			break
		}
	}
	if then != nil {
		then()
	}
	late, err := io.ReadAll(response.Body)
	if err != nil {
		fmt.Println(err)
	}
	all := named(append(got, late...))
	_, body, _ := strings.Cut(all, "<body>\n")
	first, _, _ := strings.Cut(body, waiting)
	fmt.Println(strings.TrimSpace(first))
	fmt.Println()
	for _, one := range regexp.MustCompile(`(?s)<template for=.*?</template>`).FindAllString(all, -1) {
		fmt.Println("and later")
		fmt.Println(one)
		fmt.Println()
	}
}
