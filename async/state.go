package async

import "time"

// State is what is known of a key. It is the dot of NAME:default, NAME:error and
// NAME:stale, and what [Group.Keys] and Group.Observe tell. It never carries an error's text, which
// may tell visitors what they should not know; that is in the log.
//
// NAME:default and NAME:error are executed for each page, and their State is that
// of the moment. NAME:stale is executed once, when the value is made, so it has
// Name, Key, Value, Completed and Duration only.
type State struct {
	Name string // the fragment
	Key  any    // its key; nil if the key could not be one

	// Value is the old value, in NAME:stale only; of a template fragment it is the
	// old HTML, to be printed in element content. Completed says when its run ended
	// and Duration how long it took.
	Value     any
	Completed time.Time
	Duration  time.Duration
	Stale     bool // in [Group.Keys]: the value is past its MaxAge

	// Running says whether a run is waiting or under way; Progress, from 0 to 1,
	// and Note are what it last reported with [Progress].
	Running  bool
	Progress float64
	Note     string
	Overdue  bool // in [Group.Keys]: a function has passed its deadline, if only now, and not returned

	// Failures counts the failures in a row, Reason is the last one's in a word:
	// "error", "panic", "exit", "timeout", "limit", "closed", "cycle", "key" or
	// "view". Retry is when the next run may start; zero if there was no failure.
	Failures int
	Reason   string
	Retry    time.Time
}

// state describes a snapshot for the default and error views.
func (f *fragment) state(key any, snap *snapshot) State {
	s := State{Name: f.name, Key: key}
	s.Running = snap.flight != nil || snap.render != nil
	if fl := snap.flight; fl != nil {
		if p := fl.progress.Load(); p != nil {
			s.Progress, s.Note = p.fraction, p.note
		}
	}
	if snap.refused != nil {
		s.Reason = reason(snap.refused)
	}
	for _, fail := range []*failure{snap.viewFailed, snap.failure} {
		if fail != nil {
			s.Failures, s.Reason, s.Retry = fail.count, fail.why, f.group.wall(fail.retry)
		}
	}
	return s
}

// entryState describes a result for an observer.
func (f *fragment) entryState(key any, e *entry) State {
	return State{Name: f.name, Key: key, Completed: f.group.wall(e.Completed), Duration: took(e)}
}

// staleState describes an entry for NAME:stale. It is rendered when the entry is
// made, so it knows nothing of the refresh that will be under way.
func (f *fragment) staleState(key any, e *entry) State {
	s := f.entryState(key, e)
	s.Value = e.Value
	return s
}
