package async_test

import (
	"context"
	"errors"
	"fmt"

	"github.com/infill-go/infill/async"
)

// Numbers for a metrics page, and the keys behind them.
func ExampleGroup_Stats() {
	var group async.Group
	load, err := async.Register(&group, "load", func(ctx context.Context, host string) (float64, error) {
		if host == "web2" {
			return 0, errors.New("no route to host")
		}
		return 0.5, nil
	}, async.Policy{})
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, host := range []string{"web1", "web1", "web2", "web2"} {
		load.Wait(context.Background(), host)
	}
	for _, s := range group.Stats() {
		fmt.Printf("%s: %d runs, %d hits, %d failures\n", s.Name, s.Runs, s.Hits, s.Failures)
	}
	for s := range group.Keys("load") {
		if s.Failures > 0 {
			fmt.Printf("%v: %s\n", s.Key, s.Reason)
		}
	}

	// Output:
	// load: 2 runs, 1 hits, 1 failures
	// web2: error
}

// An observer sees every run begin and end.
func ExampleGroup_observe() {
	events := make(chan string, 10)
	group := async.Group{Observe: func(event string, s async.State, err error) {
		events <- fmt.Sprintf("%s %s(%v)", event, s.Name, s.Key) // it must return at once
	}}
	load, err := async.Register(&group, "load", func(ctx context.Context, host string) (float64, error) { return 0.5, nil }, async.Policy{})
	if err != nil {
		fmt.Println(err)
		return
	}
	load.Get("web1")
	fmt.Println(<-events)
	fmt.Println(<-events)

	// Output:
	// start load(web1)
	// done load(web1)
}
