package async

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"
)

// TestASecondCloseWaitsForTheFirst, and answers the same; or its own context's end.
func TestASecondCloseWaitsForTheFirst(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := script(t, Policy{Timeout: time.Hour}, exits[5]) // ends with its context
		s.Get("k")
		synctest.Wait()
		began := time.Now()
		first := make(chan error)
		go func() {
			ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
			defer cancel()
			first <- s.g.Close(ctx)
		}()
		synctest.Wait()
		if err := s.g.Close(ended()); !errors.Is(err, context.Canceled) {
			t.Errorf("Close with an ended context = %v", err)
		}
		second := make(chan error)
		go func() { second <- s.g.Close(t.Context()) }()
		var one, two *LostError
		if err := <-first; !errors.As(err, &one) {
			t.Errorf("the first Close = %v, want a LostError", err)
		}
		if err := <-second; !errors.As(err, &two) || one == nil || two.Error() != one.Error() {
			t.Errorf("the second Close = %v, the first %v", err, one)
		}
		if took := time.Since(began); took != time.Minute {
			t.Errorf("they took %v", took)
		}
		close(s.release)
	})
}
