package async_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/infill-go/infill/async"
)

// Get never waits: the first call starts the run, a later one has the value.
func ExampleHandle_Get() {
	var group async.Group
	answer := make(chan string) // from a slow host
	load, err := async.Register(&group, "load", func(ctx context.Context, host string) (string, error) {
		return <-answer + " on " + host, nil
	}, async.Policy{MaxAge: time.Minute})
	if err != nil {
		fmt.Println(err)
		return
	}

	_, ok := load.Get("web1")
	fmt.Println(ok)

	answer <- "0.7"
	load.Wait(context.Background(), "web1")
	fmt.Println(load.Get("web1"))

	// Output:
	// false
	// 0.7 on web1 true
}

// Wait is for what decides the status of a page: that cannot fill in later.
func ExampleHandle_Wait() {
	errNoArticle := errors.New("no such article")
	var group async.Group
	article, err := async.Register(&group, "article", func(ctx context.Context, id int) (string, error) {
		if id != 1 {
			return "", errNoArticle
		}
		return "On waiting", nil
	}, async.Policy{MaxAge: time.Hour, Timeout: 2 * time.Second})
	if err != nil {
		fmt.Println(err)
		return
	}
	status := func(r *http.Request, id int) int {
		_, err := article.Wait(r.Context(), id)
		switch {
		case errors.Is(err, errNoArticle):
			return http.StatusNotFound
		case err != nil: // a timeout, or the visitor has gone: the run goes on for the next one
			return http.StatusServiceUnavailable
		}
		return http.StatusOK
	}
	r, _ := http.NewRequest("GET", "/", nil)
	fmt.Println(status(r, 1), status(r, 2))

	// Output:
	// 200 404
}

// Put shows at once what the application knows already; nothing is run for it.
func ExampleHandle_Put() {
	var group async.Group
	stock, err := async.Register(&group, "stock", func(ctx context.Context, article string) (int, error) {
		return 0, errors.New("the warehouse does not answer")
	}, async.Policy{})
	if err != nil {
		fmt.Println(err)
		return
	}

	if err := stock.Put("teapot", 12); err != nil { // after an order, say
		fmt.Println(err)
	}
	fmt.Println(stock.Get("teapot"))

	// Output:
	// 12 true
}

// Keep has the value ready before the first visitor comes, and keeps it fresh.
func ExampleHandle_Keep() {
	var group async.Group
	done := make(chan struct{})
	rates, err := async.Register(&group, "rates", func(ctx context.Context, currency string) (float64, error) {
		defer close(done)
		return 1.08, nil
	}, async.Policy{MaxAge: time.Hour})
	if err != nil {
		fmt.Println(err)
		return
	}

	stop := rates.Keep("EUR")
	defer stop()

	<-done // it runs by itself
	fmt.Println(rates.Wait(context.Background(), "EUR"))

	// Output:
	// 1.08 <nil>
}

// Refresh keeps the old value until the new one is there; Forget drops it.
func ExampleHandle_Forget() {
	var group async.Group
	version := 0
	config, err := async.Register(&group, "config", func(ctx context.Context, file string) (int, error) {
		version++
		return version, nil
	}, async.Policy{})
	if err != nil {
		fmt.Println(err)
		return
	}
	ctx := context.Background()
	fmt.Println(config.Wait(ctx, "a.toml"))
	fmt.Println(config.Wait(ctx, "a.toml")) // remembered

	config.Forget("a.toml")
	fmt.Println(config.Wait(ctx, "a.toml"))

	// Output:
	// 1 <nil>
	// 1 <nil>
	// 2 <nil>
}
