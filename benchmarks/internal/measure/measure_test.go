package measure

import (
	"fmt"
	"runtime"
	"slices"
	"sync"
	"testing"
	"time"
)

func TestSideBySideTakesTurns(t *testing.T) {
	var log []string
	contender := func(name string) Contender {
		return Contender{
			Name:  name,
			Begin: func() { log = append(log, name+" begins") },
			Ask:   func(i int) bool { log = append(log, fmt.Sprint(name, i)); return true },
		}
	}
	times := SideBySide(t, 2, 2, []Contender{contender("a"), contender("b")})
	round := []string{"a begins", "a0", "a1", "b begins", "b0", "b1"}
	if want := append(round, round...); !slices.Equal(log, want) {
		t.Errorf("the order was %v, not %v", log, want)
	}
	if len(times) != 2 || times[0] <= 0 || times[1] <= 0 {
		t.Errorf("the times of two contenders are %v", times)
	}
}

func TestTenthPercentileIgnoresWhatWasSlowAndWhatWasLucky(t *testing.T) {
	var all []float64
	for i := range 100 {
		all = append(all, float64((i*37)%100)) // each of 0 to 99, in no order
	}
	if got := tenthPercentile(all); got != 10 {
		t.Errorf("the tenth percentile of 0 to 99 is %v, not 10", got)
	}
	if got := tenthPercentile([]float64{7}); got != 7 {
		t.Errorf("of 7 alone it is %v", got)
	}
}

func TestInParallelEachWorkerMakesAllCalls(t *testing.T) {
	var mu sync.Mutex
	var asked []int
	InParallel(t, 1, 3, 2, 100, []Contender{{Name: "a", Ask: func(i int) bool {
		mu.Lock()
		defer mu.Unlock()
		asked = append(asked, i)
		return true
	}}})
	slices.Sort(asked)
	if want := []int{0, 1, 2, 100, 101, 102}; !slices.Equal(asked, want) {
		t.Errorf("asked for %v, not %v", asked, want)
	}
}

func TestLiveHeapCountsWhatIsKept(t *testing.T) {
	const size, count = 1000, 1000
	before := LiveHeap()
	kept := make([][]byte, count)
	for i := range kept {
		kept[i] = make([]byte, size)
		_ = make([]byte, size) // garbage
	}
	grown := LiveHeap().Since(before)
	runtime.KeepAlive(kept)
	// What the runtime frees meanwhile of its own can take a few objects away again.
	if least := int64(size * count); grown.Bytes < least*9/10 || grown.Bytes > least*3/2 {
		t.Errorf("%d bytes are kept, %d were counted", least, grown.Bytes)
	}
	if grown.Objects < count*9/10 || grown.Objects > count*3/2 {
		t.Errorf("%d objects are kept, %d were counted", count, grown.Objects)
	}
	if less := before.Since(Heap{before.Bytes + 1, before.Objects + 1}); less != (Heap{}) {
		t.Errorf("what has shrunk has grown by %v", less)
	}
}

func TestAllocs(t *testing.T) {
	var kept []*int
	var calls []int
	two := func(i int) bool {
		calls = append(calls[:0], i)
		kept = append(kept[:0], new(int), new(int))
		return true
	}
	two(0)
	if got := Allocs(100, two); got != 2 {
		t.Errorf("two allocations were counted as %v", got)
	}
	if calls[0] != 100 {
		t.Errorf("the last of 101 calls was for %d", calls[0])
	}
}

func TestInsideTakesWhatTheContendersSay(t *testing.T) {
	n := 0
	times := Inside(t, 3, 2, []Timed{
		{Name: "a", Ask: func() (time.Duration, error) { n++; return time.Duration(n), nil }},
		{Name: "b", Ask: func() (time.Duration, error) { return 7, nil }},
	})
	// a says 1 and 2 in its first turn, which is its fastest.
	if want := []float64{1.5, 7}; !slices.Equal(times, want) {
		t.Errorf("the times are %v, not %v", times, want)
	}
}

func TestLiveMemoryCountsObjectsAndStacks(t *testing.T) {
	const size = 8 << 20
	before := LiveMemory()
	kept := make([]byte, size)
	if grown := LiveMemory() - before; grown < size*9/10 {
		t.Errorf("%d bytes are kept, %d were counted", size, grown)
	}
	runtime.KeepAlive(kept)

	const goroutines = 2000
	var all sync.WaitGroup
	end := make(chan struct{})
	before = LiveMemory()
	for range goroutines {
		all.Go(func() { <-end })
	}
	if grown := LiveMemory() - before; grown < 2<<10*goroutines {
		t.Errorf("%d goroutines, whose stacks are of 2 KiB at least, were counted as %d bytes", goroutines, grown)
	}
	close(end)
	all.Wait()
}
