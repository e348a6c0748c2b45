package async

import (
	"cmp"
	"slices"
	"time"
	"weak"
)

// Stats are what a group counts of one fragment since its first use, and how things
// stand now. [Group.Stats] makes it. Counting is always on.
type Stats struct {
	// Name is the fragment's; "Command" for all Commands of the group. Two sets may have
	// template fragments of one name; each has its own Stats.
	Name string

	// What was shown, per key and page or call. A Wait that has to wait is not counted;
	// its run is.
	Hits      int64 // fresh results
	StaleHits int64 // results past their MaxAge
	Defaults  int64 // nothing to show: a default, or an error view

	// Runs.
	Runs      int64 // functions called
	Failures  int64 // runs that failed, for whatever reason
	Panics    int64 // of Failures: the function panicked
	Exits     int64 // of Failures: it called runtime.Goexit
	Timeouts  int64 // of Failures: no result within Timeout, or a deadline of the function's own
	OverLimit int64 // of Failures: the result or a template fragment's HTML was too large, or too many runs waited for others
	Late      int64 // good results that came after Timeout and were kept
	Discarded int64 // results that were dropped because Put or Forget had overtaken the run

	// Limits, and other reasons for a default.
	Refused           int64 // runs not started: MaxWaiting, MaxAbandoned, or the group is closed
	Evicted           int64 // results that made room for others: MaxResults, MaxBytes
	ForgottenFailures int64 // failures that others pushed out, with their back-off: MaxFailures
	BadKeys           int64 // values that cannot be a key
	HashedKeys        int64 // runs for keys over 1 KiB, of which only a hash is kept
	NotShown          int64 // holes over MaxDepth or MaxOutput, or inside themselves
	ViewErrors        int64 // views that failed

	// Now.
	Results    int   // results held, those included that are past their windows and not swept out yet
	Bytes      int64 // what they count for against MaxBytes
	Running    int   // runs that have a slot
	Waiting    int   // runs in line for one
	Abandoned  int   // functions that have not returned a tenth of Timeout after it, at most a second
	FailedKeys int   // keys whose last run failed

	LastDuration  time.Duration // of the last run that succeeded; zero before the first
	UsualDuration time.Duration // the median of the last 15 that did
}

// Stats returns the statistics of every fragment of the group that is in use, by
// name. It is meant to be read often: it takes each lock for a moment.
func (g *Group) Stats() []Stats {
	g = g.ready()
	var all []Stats
	for _, f := range g.inUse() {
		all = append(all, f.stats())
	}
	return all
}

func (f *fragment) stats() Stats {
	c := &f.counts
	s := Stats{
		Name: f.name,
		Runs: c.runs.Load(), Failures: c.failures.Load(), Panics: c.panics.Load(), Exits: c.exits.Load(),
		Timeouts: c.timeouts.Load(), OverLimit: c.overLimit.Load(), Late: c.late.Load(), Discarded: c.discarded.Load(),
		Refused: c.refused.Load(), Evicted: c.evicted.Load(), ForgottenFailures: c.forgotten.Load(),
		BadKeys: c.badKeys.Load(), HashedKeys: c.hashedKeys.Load(), NotShown: c.tooDeep.Load(), ViewErrors: c.viewErrors.Load(),
	}
	for i := range f.tallies {
		t := &f.tallies[i]
		s.Hits += t.hits.Load()
		s.StaleHits += t.staleHits.Load()
		s.Defaults += t.defaults.Load()
	}
	for i := range f.shards {
		s.FailedKeys += f.shards[i].failedKeys()
	}
	s.Results, s.Bytes = f.results.Size()
	s.Running, s.Waiting, s.Abandoned = f.group.sched.load(f)
	s.LastDuration, s.UsualDuration = f.durations.read()
	return s
}

func (s *shard) failedKeys() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.runs.failures.order.Len()
}

// load returns how much of a fragment is running, in line, and abandoned.
func (s *scheduler) load(f *fragment) (running, waiting, abandoned int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return f.turns.running, len(f.turns.waiting), f.turns.abandoned
}

// inUse returns the fragments of the group by name: the registered ones, Command if
// it was ever called, and the template fragments of all sets that are alive.
func (g *Group) inUse() []*fragment {
	g.mu.Lock()
	defer g.mu.Unlock()
	var all []*fragment
	if g.commands.used.Load() {
		all = append(all, g.commands)
	}
	for _, f := range g.fragments {
		all = append(all, f)
	}
	g.ofSets = slices.DeleteFunc(g.ofSets, func(p weak.Pointer[fragment]) bool {
		f := p.Value()
		if f != nil {
			all = append(all, f)
		}
		return f == nil
	})
	slices.SortStableFunc(all, func(a, b *fragment) int { return cmp.Compare(a.name, b.name) })
	return all
}
