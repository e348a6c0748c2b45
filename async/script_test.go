package async

import (
	"context"
	"runtime"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

// exit is a way in which a fragment's function can end.
type exit struct {
	name   string
	reason string // of the failure; "" if there is a value in the end
	obeys  bool   // whether the function ends with its context
	run    func(ctx context.Context, release <-chan struct{}) (string, error)
}

const testTimeout = 10 * time.Second

var exits = []exit{
	{name: "return", obeys: true, run: func(ctx context.Context, release <-chan struct{}) (string, error) {
		return "value", pause(ctx, time.Second)
	}},
	{name: "error", reason: "error", obeys: true, run: func(ctx context.Context, release <-chan struct{}) (string, error) {
		if err := pause(ctx, time.Second); err != nil {
			return "", err
		}
		return "not to be seen", errSource
	}},
	{name: "panic", reason: "panic", obeys: true, run: func(ctx context.Context, release <-chan struct{}) (string, error) {
		if err := pause(ctx, time.Second); err != nil {
			return "", err
		}
		panic("oh no")
	}},
	{name: "Goexit", reason: "exit", obeys: true, run: func(ctx context.Context, release <-chan struct{}) (string, error) {
		if err := pause(ctx, time.Second); err != nil {
			return "", err
		}
		runtime.Goexit()
		return "", nil
	}},
	{name: "hang", reason: "timeout", run: func(ctx context.Context, release <-chan struct{}) (string, error) {
		<-release
		return "", errSource
	}},
	{name: "obey", reason: "timeout", obeys: true, run: func(ctx context.Context, release <-chan struct{}) (string, error) {
		<-ctx.Done()
		return "", ctx.Err()
	}},
	{name: "late", run: func(ctx context.Context, release <-chan struct{}) (string, error) {
		sleep(testTimeout + 2*time.Second) // fake time: the function is slow, the test is not
		return "value", nil
	}},
}

func pause(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// scripted is a fragment whose nth run ends as the nth exit says, the last one
// for all further runs.
type scripted struct {
	*Handle[string, string]
	g       *Group
	runs    atomic.Int32
	now     atomic.Int32 // runs at this moment
	most    atomic.Int32
	release chan struct{}
}

func script(t *testing.T, p Policy, exits ...exit) *scripted {
	t.Helper()
	s := &scripted{g: quietGroup(), release: make(chan struct{})}
	if p.Timeout == 0 {
		p.Timeout = testTimeout
	}
	h, err := Register(s.g, "f", func(ctx context.Context, key string) (string, error) {
		n := int(s.runs.Add(1))
		raise(&s.most, s.now.Add(1))
		defer s.now.Add(-1)
		return exits[min(n, len(exits))-1].run(ctx, s.release)
	}, p)
	if err != nil {
		t.Fatal(err)
	}
	s.Handle = h
	return s
}

// end releases what hangs, closes the group and checks that nothing ran twice at
// a time. The bubble checks that no goroutine is left.
func (s *scripted) end(t *testing.T) {
	t.Helper()
	close(s.release)
	advance(3 * testTimeout)
	ctx, cancel := context.WithTimeout(context.Background(), time.Hour)
	defer cancel()
	if err := s.g.Close(ctx); err != nil {
		t.Errorf("Close: %v", err)
	}
	if n := s.most.Load(); n > 1 {
		t.Errorf("%d runs of one key at a time", n)
	}
	if n := s.frag.counts.doubled.Load(); n != 0 {
		t.Errorf("singleflight saw %d doubled runs", n)
	}
	synctest.Wait()
	if n := len(s.g.sched.airborne()); n != 0 {
		t.Errorf("%d goroutines left", n)
	}
}

func (s *scripted) failure(id string) *failure {
	sh := s.frag.shard(id)
	sh.mu.Lock()
	defer sh.mu.Unlock()
	return sh.runs.failures.of(id)
}

var good = exit{run: func(ctx context.Context, release <-chan struct{}) (string, error) {
	return "good", pause(ctx, time.Second)
}}

func checkGet(t *testing.T, s *scripted, want string, wantOK bool) {
	t.Helper()
	if got, ok := s.Get("k"); got != want || ok != wantOK {
		t.Errorf("Get = %q, %v, want %q, %v", got, ok, want, wantOK)
	}
}

func checkReason(t *testing.T, err error, want string) {
	t.Helper()
	if got := reason(err); got != want {
		t.Errorf("reason(%v) = %q, want %q", err, got, want)
	}
}

// wantValue is what the fragment has when the exit is over.
func (e exit) wantValue() (string, bool) {
	if e.reason == "" {
		return "value", true
	}
	return "", false
}
