package histories

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"runtime"
	"sync/atomic"
)

var errFailed = errors.New("the source could not be read")

// source is what the fragment's function reads for one key. Its state is a number
// that grows with each reading, so that what was read says when.
type source struct {
	history history
	last    atomic.Int64
	readers atomic.Int64 // functions under way: never more than one

	second atomic.Pointer[string] // set if there were two
}

func (s *source) next() int { return int(s.last.Add(1)) }

// read is the fragment's function. It draws its version first and takes its time
// then; a tenth of the readings fail in one of three ways, and some ignore that
// they are no longer wanted.
func (s *source) read(ctx context.Context) (version int, err error) {
	if n := s.readers.Add(1); n != 1 {
		text := fmt.Sprintf("%d runs at a time", n)
		s.second.Store(&text)
	}
	defer s.readers.Add(-1)

	call := now()
	version = s.next()
	index := s.history.add(op{client: -1, kind: run, version: version, call: call, ret: now()})
	defer func() { s.history.end(index, now()) }()

	obeys := rand.IntN(2) == 0
	for range rand.IntN(30) {
		runtime.Gosched()
		if obeys && ctx.Err() != nil {
			return 0, ctx.Err()
		}
	}
	switch rand.IntN(30) {
	case 0:
		return 0, errFailed
	case 1:
		panic(errFailed)
	case 2:
		runtime.Goexit()
	}
	return version, nil
}
