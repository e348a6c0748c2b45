package async

import (
	"context"
	"testing"
	"testing/synctest"
)

// TestALentSlotComesBack: a run that has waited for another has its slot again, so
// that no third one runs beside it.
func TestALentSlotComesBack(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := quietGroup()
		g.MaxRuns = 1
		var began, release = make(chan string, 3), make(chan struct{})
		var h *Handle[string, string]
		h = register(t, g, "f", Policy{}, func(ctx context.Context, key string) (string, error) {
			began <- key
			if key != "outer" {
				return key, nil
			}
			below, err := h.Wait(ctx, "inner")
			<-release
			return below, err
		})
		h.Get("outer")
		synctest.Wait()
		h.Get("third")
		synctest.Wait()
		if n := len(began); n != 2 {
			t.Errorf("%d runs have begun, want outer and inner; outer is still at work", n)
		}
		if taken, now := slots(h.frag); taken != 1 || now.running != 1 || now.lent != 0 {
			t.Errorf("%d slots are taken in the group, %d in the fragment, %d are lent", taken, now.running, now.lent)
		}
		close(release)
		synctest.Wait()
		if v, ok := h.Get("third"); v != "third" || !ok {
			t.Errorf("Get = %q, %v", v, ok)
		}
		closeGroup(t, g)
	})
}
