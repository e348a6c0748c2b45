package async_test

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/infill-go/infill/async"
)

// TestAFloodOfOneFragmentStopsNoOther: each fragment has a share of the slots and a
// line of its own, and the line has an end. The naive way is one semaphore for all
//
//	slots <- struct{}{}
//	defer func() { <-slots }()
//	v, err := load(key)
//
// in which a crawler that walks through one report's keys keeps every other page of
// the program without data, for as long as its goroutines pile up; a server without
// even that fell to CVE-2023-39325.
func TestAFloodOfOneFragmentStopsNoOther(t *testing.T) {
	const slots, flood = 64, 3000
	synctest.Test(t, func(t *testing.T) {
		free := make(chan struct{}, slots)
		run := func(d time.Duration) {
			free <- struct{}{}
			defer func() { <-free }()
			<-time.After(d)
		}
		for range flood {
			go run(time.Second)
		}
		synctest.Wait()
		if n := goroutinesWith(inTheBubble, "TestAFloodOfOneFragment"); n < flood {
			t.Errorf("%d goroutines for a flood of %d: the trap is no more", n, flood)
		}
		begin := time.Now()
		run(0)
		if took := time.Since(begin); took == 0 {
			t.Error("the naive way serves the other at once: the trap is no more")
		}
		pass(time.Hour)
	})

	synctest.Test(t, func(t *testing.T) {
		g := trapGroup()
		reports := trapFragment(t, g, async.Policy{}, func(ctx context.Context, key int) (int, error) { return key, work(ctx, time.Second) })
		quick, err := async.Register(g, "quick", func(_ context.Context, key string) (string, error) { return key, nil }, async.Policy{})
		if err != nil {
			t.Fatal(err)
		}
		for key := range flood {
			reports.Get(key)
		}
		synctest.Wait()
		if n := goroutinesWith(inTheBubble, startedByTheLibrary); n >= slots {
			t.Errorf("%d goroutines for a flood of one fragment, of %d slots", n, slots)
		}
		if _, err := reports.Wait(t.Context(), flood); !errors.Is(err, async.ErrLimit) {
			t.Errorf("the line has no end: %v", err)
		}
		begin := time.Now()
		if v, err := quick.Wait(t.Context(), "k"); v != "k" || err != nil {
			t.Errorf("another fragment: %q, %v", v, err)
		}
		if took := time.Since(begin); took != 0 {
			t.Errorf("another fragment has waited %v", took)
		}
		pass(time.Hour)
		closeTraps(t, g)
	})
}
