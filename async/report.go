package async

// Report counts the holes of one executed page, those inside of other fragments
// included, by what was shown in them. A hole is an async action in element
// content; values in attributes and titles, and asyncvalue, are not counted.
type Report struct {
	Ready   int // a value, fresh or stale
	Stale   int // of Ready, those past their MaxAge
	Pending int // a default, and a run is waiting or under way
	Failed  int // an error view, or a default because the last run failed
	Idle    int // a default, and no run could be started: a limit, or the group is closed
}

// Holes is the number of holes on the page.
func (r Report) Holes() int { return r.Ready + r.Pending + r.Failed + r.Idle }
