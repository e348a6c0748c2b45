package async

import (
	"context"
	"errors"
	"fmt"
	"html/template"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// TestCloseDuringARun: Close waits until its context ends, then cuts off, then
// names what was lost.
func TestCloseDuringARun(t *testing.T) {
	for _, e := range exits {
		for _, patience := range []time.Duration{0, 5 * time.Second} {
			t.Run(e.name+" "+patience.String(), func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					s := script(t, Policy{}, e)
					s.Get("k")
					s.Get("other")
					synctest.Wait()
					ctx, cancel := context.WithTimeout(t.Context(), patience)
					defer cancel()
					begin := time.Now()
					err := s.g.Close(ctx)
					took := time.Since(begin)

					want := ""
					ended := patience > 0 && e.obeys && e.name != "obey"
					switch {
					case ended:
					case e.obeys:
						want = "cut off after"
					default:
						want = "ignores its context"
					}
					var lost *LostError
					switch {
					case want == "" && err != nil:
						t.Errorf("Close = %v, want nil", err)
					case want != "" && !errors.As(err, &lost):
						t.Errorf("Close = %v, want a LostError", err)
					case want != "":
						if len(lost.Runs) != 2 || !strings.HasPrefix(lost.Runs[0], `f("k"): `+want) {
							t.Errorf("lost %q, want both runs, %s", lost.Runs, want)
						}
					}
					if took > patience+closeGrace {
						t.Errorf("Close took %v", took)
					}
					runs := s.runs.Load()
					s.Get("new")
					s.Refresh("k")
					if _, err := s.Wait(t.Context(), "third"); !errors.Is(err, ErrClosed) {
						t.Errorf("Wait after Close = %v", err)
					}
					if again := s.g.Close(t.Context()); (again == nil) != (err == nil) {
						t.Errorf("second Close = %v, first %v", again, err)
					}
					synctest.Wait()
					if n := s.runs.Load(); n != runs {
						t.Errorf("%d runs were started after Close", n-runs)
					}
					close(s.release)
					advance(3 * testTimeout) // the bubble wants every goroutine to end
				})
			})
		}
	}
}

// TestCloseNamesWhatNeverStarted: those in line, and those behind another run.
func TestCloseNamesWhatNeverStarted(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := quietGroup()
		h := register(t, g, "f", Policy{MaxRuns: 1}, func(ctx context.Context, n int) (int, error) {
			return n, pause(ctx, time.Second)
		})
		for n := range 3 {
			h.Get(n)
		}
		synctest.Wait()
		h.Refresh(0)
		waited := make(chan error)
		go func() {
			_, err := h.Wait(context.Background(), 2)
			waited <- err
		}()
		synctest.Wait()
		var lost *LostError
		if err := g.Close(t.Context()); !errors.As(err, &lost) {
			t.Fatalf("Close = %v", err)
		}
		if got, want := fmt.Sprint(lost.Runs), "[f(0): never started f(1): never started f(2): never started]"; got != want {
			t.Errorf("lost %s, want %s", got, want)
		}
		if err := <-waited; !errors.Is(err, ErrClosed) {
			t.Errorf("who waited got %v", err)
		}
		if v, ok := h.Get(0); v != 0 || !ok {
			t.Error("the run that was waited for has no result")
		}
	})
}

// ended is a context that has ended.
func ended() context.Context {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	return ctx
}

// TestCloseNamesTheSuccessorOfARunThatHangs, at once and not when the function
// returns at last; who waits for it is told; and a further Close says the same.
func TestCloseNamesTheSuccessorOfARunThatHangs(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := quietGroup()
		release := make(chan struct{})
		h := register(t, g, "f", Policy{}, func(ctx context.Context, key string) (int, error) { <-release; return 1, nil })
		h.Get("k")
		synctest.Wait()
		h.Forget("k") // the successor is waited for
		waited := make(chan error, 1)
		go func() {
			_, err := h.Wait(context.Background(), "k")
			waited <- err
		}()
		advance(time.Second)
		first := g.Close(ended())
		var lost *LostError
		if !errors.As(first, &lost) {
			t.Fatalf("Close = %v", first)
		}
		if got, want := fmt.Sprint(lost.Runs), `[f("k"): ignores its context, running for 2s f("k"): never started]`; got != want {
			t.Errorf("lost %s, want %s", got, want)
		}
		if err := <-waited; !errors.Is(err, ErrClosed) {
			t.Errorf("who waited got %v", err)
		}
		close(release)
		synctest.Wait()
		if again := g.Close(t.Context()); again == nil || again.Error() != first.Error() {
			t.Errorf("a further Close = %v, the first %v", again, first)
		}
		if n := h.frag.counts.runs.Load(); n != 1 {
			t.Errorf("%d runs", n)
		}
	})
}

// TestCloseDoesNotMournWhatWasOvertaken: Put came before the run's goroutine had
// begun, so nothing is lost.
func TestCloseDoesNotMournWhatWasOvertaken(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		for range 20 {
			g := quietGroup()
			h := register(t, g, "f", Policy{}, func(ctx context.Context, key string) (int, error) { return 1, nil })
			h.Get("k")
			h.Put("k", 5)
			if err := g.Close(ended()); err != nil {
				t.Fatalf("Close = %v", err)
			}
		}
	})
}

// TestCloseAcceptsWhatComesInTheGrace: the function ignores its context and returns
// a good value in time.
func TestCloseAcceptsWhatComesInTheGrace(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := quietGroup()
		h := register(t, g, "f", Policy{}, func(ctx context.Context, key string) (int, error) { sleep(closeGrace / 2); return 7, nil })
		h.Get("k")
		synctest.Wait()
		if err := g.Close(ended()); err != nil {
			t.Errorf("Close = %v", err)
		}
		if v, ok := h.Get("k"); v != 7 || !ok {
			t.Errorf("Get = %v, %v", v, ok)
		}
	})
}

// TestFate is what Close says of each kind of run that was under way when it
// lost its patience.
func TestFate(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := quietGroup()
		h := register(t, g, "f", Policy{}, func(ctx context.Context, key string) (int, error) { return 1, nil })
		began := func(error) {}
		for _, c := range []struct {
			name string
			f    *flight
			want string
		}{
			{"hangs", &flight{cancel: began}, "ignores its context, running for 3s"},
			{"hangs, timed out", &flight{cancel: began, decided: true, err: errStuck, overdue: true}, "ignores its context, running for 3s"},
			{"hangs, overtaken", &flight{cancel: began, decided: true, dead: true, err: errDiscarded}, "ignores its context, running for 3s"},
			{"returned an error", &flight{cancel: began, returned: true, decided: true, err: errSource}, "cut off after 3s"},
			{"returned, overtaken", &flight{cancel: began, returned: true, decided: true, dead: true, err: errDiscarded}, ""},
			{"returned a value", &flight{cancel: began, returned: true, decided: true, succeeded: true}, ""},
			{"returned a value, late", &flight{cancel: began, returned: true, decided: true, succeeded: true, err: errStuck}, ""},
			{"not begun", &flight{}, "never started"},
			{"not begun, overtaken", &flight{decided: true, dead: true, err: errDiscarded}, ""},
			{"not begun, the result was there", &flight{decided: true}, ""},
		} {
			f := c.f
			f.frag, f.shard, f.id, f.key = h.frag, h.frag.shard("k"), "k", "k"
			f.started = g.now() - int64(3*time.Second)
			if how, successor := f.fate(); how != c.want || successor != nil {
				t.Errorf("%s: %q, %v, want %q", c.name, how, successor, c.want)
			}
		}
		closeGroup(t, g)
	})
}

// TestAFurtherCloseEndsWithItsContext while the first one still waits.
func TestAFurtherCloseEndsWithItsContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := script(t, Policy{}, good)
		s.Get("k")
		synctest.Wait()
		first := make(chan error)
		go func() { first <- s.g.Close(context.Background()) }()
		synctest.Wait()
		if err := s.g.Close(ended()); !errors.Is(err, context.Canceled) {
			t.Errorf("Close = %v", err)
		}
		if err := <-first; err != nil {
			t.Errorf("the first Close = %v", err)
		}
		s.end(t)
	})
}

// TestCloseWithViewsUnderWay: a render is waited for and cut off like a run.
func TestCloseWithViewsUnderWay(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := quietGroup()
		h := register(t, g, "n", Policy{}, func(ctx context.Context, key string) (int, error) { return 1, nil })
		s := boundWith(t, g, template.FuncMap{"slow": func() string { sleep(10 * time.Second); return "" }},
			`{{async "n" .}}{{define "n:view"}}{{slow}}<b>{{.}}</b>{{end}}`, Options{})
		h.Put("k", 7)
		synctest.Wait()
		begin := time.Now()
		closeGroup(t, g)
		if took := time.Since(begin); took != 10*time.Second {
			t.Errorf("Close took %v", took)
		}
		shows(t, s, "k", "<b>7</b>", Report{Ready: 1})
	})
}

// TestNothingIsWantedAfterClose: while a run that ignores its context holds the key,
// no successor is queued for a request, a Refresh or a Forget: who waits is told at
// once, and a further Close answers what the first one did.
func TestNothingIsWantedAfterClose(t *testing.T) {
	want := map[string]func(h *Handle[string, int]) error{
		"Forget and Wait": func(h *Handle[string, int]) error {
			h.Put("k", 1)
			h.Forget("k")
			_, err := h.Wait(context.Background(), "k")
			return err
		},
		"Refresh": func(h *Handle[string, int]) error { h.Refresh("k"); return ErrClosed },
		"Forget":  func(h *Handle[string, int]) error { h.Forget("k"); return ErrClosed },
	}
	for name, do := range want {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				g := quietGroup()
				release := make(chan struct{})
				h := register(t, g, "f", Policy{}, func(ctx context.Context, key string) (int, error) { <-release; return 1, nil })
				h.Get("k")
				synctest.Wait()
				first := g.Close(ended())
				begun := time.Now()
				if err := do(h); !errors.Is(err, ErrClosed) || time.Since(begun) > 0 {
					t.Errorf("%v after %v", err, time.Since(begun))
				}
				close(release)
				synctest.Wait()
				if again := g.Close(t.Context()); fmt.Sprint(again) != fmt.Sprint(first) {
					t.Errorf("a further Close = %v, the first %v", again, first)
				}
			})
		})
	}
}
