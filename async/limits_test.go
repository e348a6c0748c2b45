package async

import (
	"context"
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
)

// TestFailuresAreBounded, and do not touch the results.
func TestFailuresAreBounded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := quietGroup()
		h := register(t, g, "f", Policy{MaxFailures: 10}, func(ctx context.Context, n int) (int, error) {
			if n < 0 {
				return n, nil
			}
			return 0, errSource
		})
		h.Wait(t.Context(), -1)
		for n := range 1000 {
			h.Wait(t.Context(), n)
		}
		failed := &h.frag.shards[0].runs.failures
		if n := failed.order.Len(); n != 10 || len(failed.byKey) != 10 {
			t.Errorf("%d failures remembered in order, %d by key, want 10", n, len(failed.byKey))
		}
		if _, ok := h.Get(-1); !ok {
			t.Error("failures have pushed a result out")
		}
		closeGroup(t, g)
	})
}

func TestResultsAreBounded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := quietGroup()
		echo := func(ctx context.Context, key string) (string, error) { return key, nil }
		few := register(t, g, "few", Policy{MaxResults: 100}, echo)
		small := register(t, g, "small", Policy{MaxBytes: 1000}, echo)
		for n := range 1000 {
			few.Wait(t.Context(), fmt.Sprint(n))
			small.Wait(t.Context(), fmt.Sprintf("%0100d", n))
		}
		if n := entriesOf(few.frag.results); n != 100 {
			t.Errorf("%d results, want 100", n)
		}
		if n := few.frag.counts.evicted.Load(); n != 900 {
			t.Errorf("%d evicted, want 900", n)
		}
		if n := bytesOf(small.frag.results); n > 1000 || n < 800 {
			t.Errorf("%d bytes, want at most 1000", n)
		}
		long := strings.Repeat("x", 1001)
		if _, err := small.Wait(t.Context(), long); !errors.Is(err, ErrLimit) || !strings.Contains(err.Error(), "Policy.MaxBytes") {
			t.Errorf("Wait for what is too large = %v", err)
		}
		small.Put("k", "old")
		if err := small.Put("k", long); !errors.Is(err, ErrLimit) {
			t.Errorf("Put of what is too large = %v", err)
		}
		if v, ok := small.Get("k"); v != "old" || !ok {
			t.Errorf("a refused Put left %q, %v", v, ok)
		}
		closeGroup(t, g)
	})
}

// TestCost: what the application says counts, a panic in it is the run's error,
// and a negative answer is nothing.
func TestCost(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := quietGroup()
		h := register(t, g, "f", Policy{MaxBytes: 100, Cost: func(v any) int64 {
			if v.(int) == 13 {
				panic("unlucky")
			}
			return int64(v.(int))
		}}, func(ctx context.Context, n int) (int, error) { return n, nil })
		for n, want := range map[int]string{50: "", 200: "limit", 13: "panic", -5: ""} {
			_, err := h.Wait(t.Context(), n)
			checkReason(t, err, want)
		}
		closeGroup(t, g)
	})
}

// TestACostWithoutEnd means "do not keep it", and is not so large that it becomes
// small: the bound holds for what comes after.
func TestACostWithoutEnd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := quietGroup()
		h := register(t, g, "f", Policy{MaxBytes: 1000, Cost: func(v any) int64 {
			if v.(int) < 0 {
				return math.MaxInt64
			}
			return 400
		}}, func(ctx context.Context, n int) (int, error) { return n, nil })
		if _, err := h.Wait(t.Context(), -1); !errors.Is(err, ErrLimit) || !strings.Contains(err.Error(), "Policy.MaxBytes") {
			t.Errorf("Wait = %v", err)
		}
		if err := h.Put(5, -1); !errors.Is(err, ErrLimit) {
			t.Errorf("Put = %v", err)
		}
		for n := range 10 {
			h.Wait(t.Context(), n)
		}
		if n := entriesOf(h.frag.results); n != 2 {
			t.Errorf("%d results of 400 bytes are kept in 1000", n)
		}
		if n := bytesOf(h.frag.results); n < 800 || n > 1000 {
			t.Errorf("%d bytes", n)
		}
		closeGroup(t, g)
	})
}

// TestAPutIsNotRefusedForTheOldHTML: there is room for the value with its own view,
// but not with the old value's beside it, which then goes.
func TestAPutIsNotRefusedForTheOldHTML(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := quietGroup()
		h := register(t, g, "f", Policy{MaxBytes: 1500}, func(ctx context.Context, key string) ([]int, error) { return []int{1}, nil })
		s := bound(t, g, `{{async "f" .}}{{define "f:view"}}`+strings.Repeat("x", 900)+`{{index . 0}}{{end}}`, Options{})
		if _, err := h.Wait(t.Context(), "k"); err != nil {
			t.Fatal(err)
		}
		if err := h.Put("k", []int{2}); err != nil {
			t.Errorf("Put = %v", err)
		}
		synctest.Wait()
		shows(t, s, "k", strings.Repeat("x", 900)+"2", Report{Ready: 1})
		if n := bytesOf(h.frag.results); n < 900 || n > 1500 {
			t.Errorf("%d bytes", n)
		}
		closeGroup(t, g)
	})
}

// TestAFloodTakesNothingFromOthers: of another fragment it evicts nothing, and of
// its own it leaves the keys that are read.
func TestAFloodTakesNothingFromOthers(t *testing.T) {
	g := quietGroup()
	echo := func(ctx context.Context, key int) (int, error) { return key, nil }
	flooded := register(t, g, "flooded", Policy{}, echo)
	other := register(t, g, "other", Policy{}, echo)
	const hot = 500
	for n := range hot {
		flooded.Put(-n, n)
		other.Put(n, n)
	}
	hits := 0
	const flood = 200_000
	for n := range flood {
		flooded.Put(1+n, n)
		if _, ok := flooded.frag.glance(strconv.Itoa(-n % hot)); ok {
			hits++
		}
	}
	if hits < flood*95/100 {
		t.Errorf("%d of %d reads of hot keys were hits, want 95 %%", hits, flood)
	}
	for n := range hot {
		if v, ok := other.Get(n); v != n || !ok {
			t.Fatalf("%d of the other fragment is %d, %t", n, v, ok)
		}
	}
	if n := other.frag.counts.evicted.Load(); n != 0 || entriesOf(flooded.frag.results) > defaultMaxResults {
		t.Errorf("%d evicted of the other; the flooded has %d results", n, entriesOf(flooded.frag.results))
	}
	closeGroup(t, g)
}
