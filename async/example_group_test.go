package async_test

import (
	"context"
	"errors"
	"fmt"
	"html/template"
	"log"
	"net/http"
	"os"
	"os/signal"
	"time"

	"github.com/infill-go/infill/async"
)

// First the server stops, then the work behind it. What is lost has a name.
func ExampleGroup_Close() {
	var group async.Group
	server := &http.Server{Addr: "127.0.0.1:8080"}

	stop, cancel := signal.NotifyContext(context.Background(), os.Interrupt)
	defer cancel()
	go func() {
		<-stop.Done()
		patience, cancel := context.WithTimeout(context.Background(), 10*time.Second)
		defer cancel()
		if err := server.Shutdown(patience); err != nil {
			log.Print(err)
		}
	}()
	if err := server.ListenAndServe(); !errors.Is(err, http.ErrServerClosed) {
		log.Print(err)
	}

	patience, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	var lost *async.LostError
	if err := group.Close(patience); errors.As(err, &lost) {
		for _, run := range lost.Runs {
			log.Print("lost: ", run)
		}
	}
}

// Runs that had no time to end are named.
func ExampleLostError() {
	var group async.Group
	begun := make(chan struct{})
	report, err := async.Register(&group, "report", func(ctx context.Context, year int) (string, error) {
		close(begun)
		<-ctx.Done() // it takes long, and obeys its context
		return "", ctx.Err()
	}, async.Policy{MaxRuns: 1})
	if err != nil {
		fmt.Println(err)
		return
	}
	report.Get(2025)
	report.Get(2026)
	<-begun

	impatient, cancel := context.WithCancel(context.Background())
	cancel()
	var lost *async.LostError
	if err := group.Close(impatient); errors.As(err, &lost) {
		fmt.Println(len(lost.Runs), "lost")
		fmt.Println(lost.Runs[1])
	}

	// Output:
	// 2 lost
	// report(2026): never started
}

// A run tells how far it is, and the default view shows it to whoever loads the page meanwhile.
func ExampleProgress() {
	var group async.Group
	half, rest := make(chan struct{}), make(chan struct{})
	imported, err := async.Register(&group, "import", func(ctx context.Context, file string) (int, error) {
		async.Progress(ctx, 0.5, "500 of 1,000 lines")
		close(half)
		<-rest
		return 1000, nil
	}, async.Policy{})
	if err != nil {
		fmt.Println(err)
		return
	}
	t := template.Must(template.New("page").Funcs(group.Funcs()).Parse(`{{async "import" .}}
{{define "import:default"}}<progress value="{{.Progress}}">{{.Note}}</progress>{{end}}`))
	set, err := async.Bind(t, async.Options{Group: &group})
	if err != nil {
		fmt.Println(err)
		return
	}

	imported.Get("users.csv")
	<-half
	set.Execute(os.Stdout, "page", "users.csv")

	close(rest)
	imported.Wait(context.Background(), "users.csv")
	set.Execute(os.Stdout, "page", "users.csv")

	// Output:
	// <progress value="0.5">500 of 1,000 lines</progress>
	// 1000
}

// A policy for prices: a minute old at most while the shop answers, up to an hour old while it does not.
func ExamplePolicy() {
	_ = async.Policy{
		MaxAge:               30 * time.Second,
		StaleWhileRevalidate: 30 * time.Second,
		StaleIfError:         time.Hour,
		Timeout:              5 * time.Second,
	}
}

// The zero Policy runs once for each key, until Forget or Refresh, as is right for what does not change.
func ExamplePolicy_zero() {
	var group async.Group
	runs := 0
	checksum, err := async.Register(&group, "checksum", func(ctx context.Context, file string) (int, error) {
		runs++
		return 42, nil
	}, async.Policy{})
	if err != nil {
		fmt.Println(err)
		return
	}
	for range 3 {
		checksum.Wait(context.Background(), "a.iso")
	}
	fmt.Println(runs, "run")

	// Output:
	// 1 run
}

// An impossible policy is refused where it is written, with every field that is wrong.
func ExamplePolicy_impossible() {
	ignore := func(ctx context.Context, key string) (int, error) { return 0, nil }
	_, err := async.Register(nil, "x", ignore, async.Policy{StaleIfError: time.Hour, Timeout: -1})
	for err := err; err != nil; err = errors.Unwrap(err) {
		if joined, ok := err.(interface{ Unwrap() []error }); ok {
			for _, wrong := range joined.Unwrap() {
				fmt.Println(wrong)
			}
		}
	}

	// Output:
	// Policy.StaleIfError is 1h0m0s, but without MaxAge a result never gets stale: set MaxAge
	// Policy.Timeout is -1ns: it must not be negative; 0 is 30s, and there is no run without a deadline
}
