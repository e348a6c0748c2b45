package async

import (
	"time"
	"weak"
)

// sweepAtLeast is the shortest time between two sweeps of a fragment, however short
// its results live.
const sweepAtLeast = 10 * time.Second

// sweepLater sees to it that results which nobody asks for again do not stay for
// ever. Each result that is stored takes two old ones along; this is for a fragment
// that has become quiet. It is a timer, not a goroutine, and there is none where
// results do not expire or none are left. The timer keeps no fragment alive that its
// program has dropped.
func (f *fragment) sweepLater() {
	if f.life == never || f.sweeping.Swap(true) {
		return
	}
	dropped := weak.Make(f)
	time.AfterFunc(max(time.Duration(f.life), sweepAtLeast), func() {
		if f := dropped.Value(); f != nil {
			f.sweep()
		}
	})
}

func (f *fragment) sweep() {
	f.results.Sweep(f.group.now())
	f.sweeping.Store(false)
	left, _ := f.results.Size()
	select {
	case <-f.group.closing:
	default:
		if left > 0 {
			f.sweepLater()
		}
	}
}
