package async

import "context"

// render makes the views of an entry for every set that shows the fragment. It
// runs in the fragment's run. Views of this very value that the entry has are
// kept. The error is that of the last view that failed; the others are there.
func (f *fragment) render(ctx context.Context, e *entry, fl *flight) (views []view, failed error) {
	for _, s := range f.showing() {
		id := s.viewID(f)
		if (&entry{views: views}).view(id) != nil {
			continue
		}
		if v := e.view(id); v != nil && v.good() {
			views = append(views, *v)
			continue
		}
		v := s.render(ctx, f, e, fl)
		if v.err != nil {
			failed = &viewError{v.err}
			f.counts.viewErrors.Add(1)
			f.degraded("view", "view failed", "run", fl.name(), "error", v.err)
		}
		if !v.page.complete() {
			failed = &viewError{errLacking}
		}
		views = append(views, v)
	}
	return views, failed
}

// good says whether the view need not be rendered again.
func (v *view) good() bool { return v.err == nil && !v.old && v.page.complete() }

// keepShown puts the views of the value before, marked as old, in the places of
// those that failed: what was shown once does not go back to the default. It
// returns what they cost, and takes none that costs more than there is room for.
// The entry must not be in the store yet.
func (e *entry) keepShown(before *entry, room int64) (cost int64) {
	if before == nil {
		return 0
	}
	for i := range e.views {
		v := &e.views[i]
		last := before.view(v.set)
		if v.err == nil || last == nil || last.err != nil || cost+last.bytes() > room {
			continue
		}
		cost += last.bytes()
		*v = *last
		v.old = true
	}
	return cost
}

// render makes the view of an entry for this set. A panic of the template's
// methods is the template's error (text/template sees to that), and spoils the
// view alone: the value is good.
func (s *Set) render(ctx context.Context, f *fragment, e *entry, fl *flight) (v view) {
	v.set = s.viewID(f)
	l := s.looks[f]
	if !l.own {
		if v.page, v.err = s.renderPage(ctx, l, e); v.err != nil {
			return v
		}
	}
	if l.stale != "" && e.freshUntil != never {
		v.stale = s.renderStale(ctx, l.stale, f, e, fl)
	}
	return v
}

// renderStale makes NAME:stale. If it fails, the old value will be shown as a
// fresh one.
func (s *Set) renderStale(ctx context.Context, name string, f *fragment, e *entry, fl *flight) *content {
	c, err := s.capturedStale(ctx, name, f.staleState(fl.key, e))
	if err != nil {
		f.counts.viewErrors.Add(1)
		f.degraded("view", "view failed", "view", name, "run", fl.name(), "error", err)
		return nil
	}
	return c
}

func (s *Set) renderPage(ctx context.Context, l looks, e *entry) (*content, error) {
	if l.view != "" {
		return s.captured(ctx, l.view, e.value)
	}
	// Not bounded here: sets with other bounds share it. The response looks.
	html, err := printed(e.value)
	return textContent(html), err
}
