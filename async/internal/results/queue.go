package results

// queue is the order in which results came, the links are in the results
// themselves. It is guarded by its shard's mu.
type queue[V any] struct {
	newest, oldest *Result[V]
	length         int
	cursors        []*cursor[V]
}

// cursor is a place in a queue that stays right whatever is removed there. At nil it
// is past the newest.
type cursor[V any] struct{ at *Result[V] }

// at returns the result at a cursor that goes round: from the newest on to the
// oldest. The queue must not be empty.
func (q *queue[V]) at(c *cursor[V]) *Result[V] {
	if c.at == nil {
		c.at = q.oldest
	}
	return c.at
}

func (q *queue[V]) push(r *Result[V]) {
	r.older = q.newest
	if q.newest != nil {
		q.newest.newer = r
	} else {
		q.oldest = r
	}
	q.newest = r
	q.length++
}

// replace puts r where old stood.
func (q *queue[V]) replace(old, r *Result[V]) {
	q.moveCursors(old, r)
	r.newer, r.older = old.newer, old.older
	q.link(old, r, r)
	old.newer, old.older = nil, nil
}

func (q *queue[V]) remove(r *Result[V]) {
	q.moveCursors(r, r.newer)
	q.link(r, r.older, r.newer)
	r.newer, r.older = nil, nil // a reader who still has it keeps nothing else
	q.length--
}

// link makes the neighbours of r point to what stands there now.
func (q *queue[V]) link(r, forNewer, forOlder *Result[V]) {
	if r.newer != nil {
		r.newer.older = forNewer
	} else {
		q.newest = forNewer
	}
	if r.older != nil {
		r.older.newer = forOlder
	} else {
		q.oldest = forOlder
	}
}

func (q *queue[V]) moveCursors(from, to *Result[V]) {
	for _, c := range q.cursors {
		if c.at == from {
			c.at = to
		}
	}
}
