package page

import "sync/atomic"

// Stats are the numbers of some Pages since they were made.
type Stats struct {
	Responses uint64 // pages that were sent
	Streamed  uint64 // of these, those kept open after their defaults were sent
	Refused   uint64 // responses that were not held open because of Options.MaxStreams
	Waited    uint64 // fragments that came within the budget, or in a Whole page
	Late      uint64 // fragments that were streamed
	Unfilled  uint64 // fragments that had not come when their response ended
	Left      uint64 // responses that ended because the request's context did, or the client took nothing more
	Failed    uint64 // pages whose template, or function of Respond, failed before the first byte
	Errors    uint64 // what was not shown as it should be, in the pages that were sent: failed runs, views, Looks
}

// counters are Stats in the making.
type counters struct {
	responses, streamed, refused, waited, late, unfilled, left, failed, errors atomic.Uint64
}

// Stats returns the numbers as of now, each by itself.
func (p *Pages) Stats() Stats {
	c := &p.counts
	return Stats{
		Responses: c.responses.Load(), Streamed: c.streamed.Load(), Refused: c.refused.Load(), Waited: c.waited.Load(), Late: c.late.Load(),
		Unfilled: c.unfilled.Load(), Left: c.left.Load(), Failed: c.failed.Load(), Errors: c.errors.Load(),
	}
}
