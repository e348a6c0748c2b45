package async

import (
	"context"
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// TestWaitEndsWithItsContext: the run goes on, for the next one who asks.
func TestWaitEndsWithItsContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := script(t, Policy{}, good)
		gone := errors.New("the visitor has left")
		ctx, cancel := context.WithCancelCause(t.Context())
		time.AfterFunc(time.Second/2, func() { cancel(gone) })
		if _, err := s.Wait(ctx, "k"); !errors.Is(err, gone) {
			t.Errorf("Wait = %v, want the context's cause", err)
		}
		advance(time.Second)
		checkGet(t, s, "good", true)
		if n := s.runs.Load(); n != 1 {
			t.Errorf("%d runs", n)
		}
		s.end(t)
	})
}

// TestRunsThatWaitForEachOther are told at once instead of at their deadlines.
func TestRunsThatWaitForEachOther(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := quietGroup()
		var a, b, c *Handle[string, string]
		a = register(t, g, "a", Policy{}, func(ctx context.Context, key string) (string, error) { return b.Wait(ctx, key) })
		b = register(t, g, "b", Policy{}, func(ctx context.Context, key string) (string, error) { return c.Wait(ctx, key) })
		c = register(t, g, "c", Policy{}, func(ctx context.Context, key string) (string, error) {
			if key == "leaf" {
				return "done", nil
			}
			return a.Wait(ctx, key)
		})
		begin := time.Now()
		if _, err := a.Wait(t.Context(), "k"); !errors.Is(err, errWaitsCycle) {
			t.Errorf("Wait = %v, want the circle", err)
		}
		if took := time.Since(begin); took != 0 {
			t.Errorf("found after %v", took)
		}
		if v, err := a.Wait(t.Context(), "leaf"); v != "done" || err != nil {
			t.Errorf("Wait = %q, %v where there is no circle", v, err)
		}
		if len(waits.others) != 0 {
			t.Errorf("%d waits are still noted", len(waits.others))
		}
		closeGroup(t, g)
	})
}

// TestManyLayersOfWaits: each run of a layer waits for both of the next one. The
// ways through them are 2^40.
func TestManyLayersOfWaits(t *testing.T) {
	const layers = 40
	var runs [layers][2]*flight
	for i := range runs {
		runs[i] = [2]*flight{{}, {}}
	}
	waiting := func(f *flight) context.Context { return context.WithValue(context.Background(), flightKey{}, f) }
	var releases []func()
	for i := range layers - 1 {
		for _, above := range runs[i] {
			for _, below := range runs[i+1] {
				release, err := enterWait(waiting(above), below)
				if err != nil {
					t.Fatal(err)
				}
				releases = append(releases, release)
			}
		}
	}
	done := make(chan error, 2)
	go func() {
		release, err := enterWait(waiting(&flight{}), runs[0][0])
		if err == nil {
			release()
		}
		done <- err
		_, err = enterWait(waiting(runs[layers-1][1]), runs[0][0]) // the circle
		done <- err
	}()
	for _, want := range []error{nil, errWaitsCycle} {
		select {
		case err := <-done:
			if err != want {
				t.Errorf("enterWait = %v, want %v", err, want)
			}
		case <-time.After(10 * time.Second):
			t.Fatal("all Waits of the process stand while one looks for a circle")
		}
	}
	for _, release := range releases {
		release()
	}
	if n := len(waits.others); n != 0 {
		t.Errorf("%d waits are still noted", n)
	}
}

// TestACircleThroughAView: the view waits for q, and q's function for the run in
// which the view is rendered.
func TestACircleThroughAView(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := quietGroup()
		var p *Handle[string, string]
		q := register(t, g, "q", Policy{}, func(ctx context.Context, key string) (string, error) { return p.Wait(ctx, key) })
		p = register(t, g, "p", Policy{}, func(ctx context.Context, key string) (string, error) { return key, nil })
		s := bound(t, g, `{{async "p" .}}{{define "p:view"}}{{.}} {{asyncvalue "q" "k" "none"}}{{end}}`, Options{})
		begin := time.Now()
		execute(t, s, "k")
		if v, err := p.Wait(t.Context(), "k"); v != "k" || err != nil {
			t.Errorf("Wait = %q, %v", v, err)
		}
		if took := time.Since(begin); took != 0 {
			t.Errorf("they stood for %v", took)
		}
		if _, err := q.Wait(t.Context(), "k"); err != nil { // unless the view came second and was told
			checkReason(t, err, "cycle")
		}
		if took := time.Since(begin); took != 0 {
			t.Errorf("with q they stood for %v", took)
		}
		shows(t, s, "k", "k none", Report{Ready: 1})
		advance(time.Minute)
		closeGroup(t, g)
	})
}

// TestACircleThroughTwoSets that each are fine alone.
func TestACircleThroughTwoSets(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := quietGroup()
		echo := func(ctx context.Context, key string) (string, error) { return key, nil }
		x := register(t, g, "x", Policy{}, echo)
		register(t, g, "y", Policy{}, echo)
		first := bound(t, g, `{{async "x" .}}{{define "x:view"}}x({{asyncvalue "y" . "none"}}){{end}}`, Options{})
		second := bound(t, g, `{{async "y" .}}{{define "y:view"}}y({{asyncvalue "x" . "none"}}){{end}}`, Options{})
		begin := time.Now()
		execute(t, first, "k")
		execute(t, second, "k")
		x.Wait(t.Context(), "k")
		synctest.Wait()
		if took := time.Since(begin); took != 0 {
			t.Errorf("they stood for %v", took)
		}
		for range 3 { // the one that was refused is rendered again
			advance(2 * time.Second)
			execute(t, first, "k")
			execute(t, second, "k")
			synctest.Wait()
		}
		shows(t, first, "k", "x(k)", Report{Ready: 1})
		shows(t, second, "k", "y(k)", Report{Ready: 1})
		closeGroup(t, g)
	})
}

// TestWhileAFunctionHangs Wait says each time that it is a timeout: at first when
// the deadline passes, then at once, also after the back-off.
func TestWhileAFunctionHangs(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := quietGroup()
		release := make(chan struct{})
		h := register(t, g, "f", Policy{Timeout: time.Second}, func(ctx context.Context, key string) (int, error) { <-release; return 1, nil })
		s := bound(t, g, `{{async "f" .}}{{define "f:error"}}{{.Reason}}{{end}}`, Options{})
		begin := time.Now()
		for i, want := range []time.Duration{1, 1, 6} { // seconds since begin at the answer
			if i == 2 {
				advance(5 * time.Second) // the back-off is over
			}
			_, err := h.Wait(t.Context(), "k")
			if !errors.Is(err, context.DeadlineExceeded) || !strings.Contains(err.Error(), `f("k")`) {
				t.Errorf("Wait = %v", err)
			}
			if took := time.Since(begin); took != want*time.Second {
				t.Errorf("answered after %v, want %v", took, want*time.Second)
			}
			shows(t, s, "k", "timeout", Report{Failed: 1})
		}
		close(release)
		synctest.Wait()
		closeGroup(t, g)
	})
}

// TestTheSuccessorOfARunThatHangs fails with it, for those who wait for it, and is
// counted and logged like any other.
func TestTheSuccessorOfARunThatHangs(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var log strings.Builder
		g := &Group{Logger: textLogger(&log)}
		release := make(chan struct{})
		h := register(t, g, "f", Policy{Timeout: time.Second}, func(ctx context.Context, key string) (int, error) { <-release; return 1, nil })
		h.Get("k")
		synctest.Wait()
		h.Forget("k")
		begin := time.Now()
		if _, err := h.Wait(t.Context(), "k"); !errors.Is(err, errStuck) || time.Since(begin) != time.Second {
			t.Errorf("after %v Wait = %v", time.Since(begin), err)
		}
		synctest.Wait()
		if n := h.frag.counts.timeouts.Load(); n != 1 {
			t.Errorf("%d timeouts counted: the first run was forgotten, its successor has failed", n)
		}
		if !strings.Contains(log.String(), errStuck.Error()) {
			t.Errorf("the log does not tell: %s", log.String())
		}
		close(release)
		advance(time.Second)
		if v, ok := h.Get("k"); v != 1 || !ok {
			t.Errorf("Get = %v, %v: the successor was to run after all", v, ok)
		}
		closeGroup(t, g)
	})
}

// TestWaitDuringABackOff gives the value of the StaleIfError window if there is one.
func TestWaitDuringABackOff(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := script(t, Policy{MaxAge: time.Minute, StaleWhileRevalidate: -1, StaleIfError: time.Hour, Jitter: -1, Backoff: 10 * time.Second}, good, exits[1])
		s.Wait(t.Context(), "k")
		advance(time.Minute)
		for range 3 {
			if v, err := s.Wait(t.Context(), "k"); v != "good" || err != nil {
				t.Errorf("Wait = %q, %v", v, err)
			}
		}
		if n := s.runs.Load(); n != 2 {
			t.Errorf("%d runs, want the one that failed and no more in its back-off", n)
		}
		s.end(t)
	})
}

// endedUnseen is a context that has ended while a select has taken another case.
type endedUnseen struct{ context.Context }

func (endedUnseen) Done() <-chan struct{} { return nil }
func (endedUnseen) Err() error            { return errGone }

// TestWaitEndsWhenItsRunIsForgottenToo: ctx has ended and the run was overtaken, in
// one instant. Wait does not go on to the next run.
func TestWaitEndsWhenItsRunIsForgottenToo(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := script(t, Policy{}, good)
		waited := make(chan error, 1)
		go func() {
			_, err := s.Wait(endedUnseen{context.Background()}, "k")
			waited <- err
		}()
		advance(time.Second / 2)
		s.Forget("k")
		synctest.Wait()
		select {
		case err := <-waited:
			if !errors.Is(err, errGone) || !strings.Contains(err.Error(), `f("k")`) {
				t.Errorf("Wait = %v", err)
			}
		default:
			t.Error("Wait goes on")
		}
		s.end(t)
	})
}
