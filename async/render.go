package async

import "context"

// render makes the views of an entry for every set that shows the fragment. It
// runs in the fragment's run. Views of this very value that the entry has are
// kept. The error is that of the last view that failed; the others are there.
func (f *fragment) render(ctx context.Context, e *entry, fl *flight) (views *view, failed error) {
	for _, s := range f.showing() {
		id := s.looks[f].id
		if views.of(id) != nil {
			continue
		}
		if v := e.Views.of(id); v != nil && v.good() {
			kept := *v
			kept.next, views = views, &kept
			continue
		}
		v := s.render(ctx, f, e, fl)
		if v.err != nil {
			failed = &viewError{v.err}
			fl.failedViews = append(fl.failedViews, failedView{s.nameOfView(f), v.err})
		}
		if !v.page.complete() {
			failed = &viewError{errLacking}
		}
		v.next, views = views, &v
	}
	return views, failed
}

// failedView is a template that failed to show a value, to be told when the run is
// over.
type failedView struct {
	name string
	err  error
}

// nameOfView is the template that shows a fragment's values, or the fragment, if they
// are just printed.
func (s *Set) nameOfView(f *fragment) string {
	if l := s.looks[f]; l.view != "" {
		return l.view
	}
	return f.name
}

// keepShown puts the views of the value before, marked as old, in the places of
// those that failed: what was shown once does not go back to the default. It
// returns what they cost, and takes none that costs more than there is room for.
// The entry must not be in the store yet.
func keepShown(e, before *entry, room int64) (cost int64) {
	if before == nil {
		return 0
	}
	for v := e.Views; v != nil; v = v.next {
		last := before.Views.of(v.set)
		if v.err == nil || last == nil || last.err != nil || cost+last.size() > room {
			continue
		}
		cost += last.size()
		next := v.next
		*v = *last
		v.old, v.next = true, next
	}
	return cost
}

// render makes the view of an entry for this set. A panic of the template's
// methods is the template's error (text/template sees to that), and spoils the
// view alone: the value is good.
func (s *Set) render(ctx context.Context, f *fragment, e *entry, fl *flight) (v view) {
	l := s.looks[f]
	v.set = l.id
	if !l.own {
		if v.page, v.err = s.renderPage(ctx, l, e); v.err != nil {
			return v
		}
	}
	if l.stale != "" && f.policy.MaxAge > 0 {
		v.stale = s.renderStale(ctx, l.stale, f, e, fl)
	}
	return v
}

// renderStale makes NAME:stale. If it fails, the old value will be shown as a
// fresh one.
func (s *Set) renderStale(ctx context.Context, name string, f *fragment, e *entry, fl *flight) *content {
	c, err := s.capturedStale(ctx, name, f.staleState(fl.key, e))
	if err != nil {
		fl.failedViews = append(fl.failedViews, failedView{name, err})
		return nil
	}
	return c
}

func (s *Set) renderPage(ctx context.Context, l *looks, e *entry) (*content, error) {
	if l.view != "" {
		return s.captured(ctx, l.view, e.Value)
	}
	// Not bounded here: sets with other bounds share it. The response looks.
	html, err := printed(e.Value)
	return textContent(html), err
}
