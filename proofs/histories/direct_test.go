package histories

import "fmt"

// The promises once more, each looked for directly in the history. They are weaker
// than the model, which sees all of them together, and say which promise it was.

// older says whether one version was certainly made before the other: a run reads
// its source when its version is drawn.
func older(a, b op) bool { return a.ret < b.call }

// broken returns every promise that the history of a key shows broken.
func (h *history) broken(lost bool) []string {
	var found []string
	for _, look := range []func() string{h.voided, h.backwards, h.vanished, func() string { return h.unfollowed(lost) }} {
		if text := look(); text != "" {
			found = append(found, text)
		}
	}
	return found
}

// voided finds a read that shows what a Put or Forget had voided before it began.
func (h *history) voided() string {
	made, voiding := h.makings(), h.of(put, forget)
	for _, r := range h.reads() {
		for _, x := range voiding {
			m, known := made[r.version]
			switch {
			case r.version == 0:
			case !known:
				return fmt.Sprintf("nobody has made what was shown:\n%v", r)
			case older(m, x) && x.ret < r.call:
				return fmt.Sprintf("a voided value was shown:\n%v\n%v\n%v", m, x, r)
			}
		}
	}
	return ""
}

// backwards finds a read that shows something older than a read before it.
func (h *history) backwards() string {
	made := h.makings()
	all := h.reads()
	for _, first := range all {
		for _, second := range all {
			if first.version == 0 || second.version == 0 || first.ret >= second.call {
				continue
			}
			if older(made[second.version], made[first.version]) {
				return fmt.Sprintf("the older value came back:\n%v\n%v", first, second)
			}
		}
	}
	return ""
}

// vanished finds a read that shows nothing after something was shown or put, and
// nobody has called Forget.
func (h *history) vanished() string {
	forgets := h.of(forget)
	for _, first := range h.of(get, wait, put) {
		for _, second := range h.reads() {
			if first.version == 0 || second.version != 0 || first.ret >= second.call {
				continue
			}
			forgotten := false
			for _, f := range forgets {
				forgotten = forgotten || f.ret > first.call && f.call < second.ret
			}
			if !forgotten {
				return fmt.Sprintf("the default came back:\n%v\n%v", first, second)
			}
		}
	}
	return ""
}

// unfollowed finds a Refresh that no run has followed, although no Put has made it
// needless and Close has not named the key.
func (h *history) unfollowed(lost bool) string {
	for _, r := range h.of(refresh) {
		followed := lost
		for _, o := range h.of(run, put) {
			followed = followed || o.ret > r.call
		}
		if !followed {
			return fmt.Sprintf("nothing has followed:\n%v", r)
		}
	}
	return ""
}
