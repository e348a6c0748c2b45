package async

import (
	"context"
	"errors"
	"fmt"
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
