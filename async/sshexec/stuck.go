package sshexec

import (
	"fmt"
	"sync"
)

const maxStuck = 8

// stuck counts, by program, the processes that no kill ended. Each holds a goroutine and a
// thread: without a bound, a page that asks df about a dead file system every five seconds
// would reach the runtime's 10,000 threads in half a day. By program, so that one does not
// stop the others.
var stuck stuckCounts

type stuckCounts struct {
	mu    sync.Mutex
	count map[string]int
}

func (s *stuckCounts) admit(program string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if n := s.count[program]; n >= maxStuck {
		return fmt.Errorf("sshexec: %s not started: %d earlier ones could not be killed and still hang; see what they wait for (ps: state D)", label(program), n)
	}
	return nil
}

// watch counts the process until it ends.
func (s *stuckCounts) watch(p *process) {
	s.add(p.name, 1)
	go func() {
		<-p.ended
		s.add(p.name, -1)
	}()
}

func (s *stuckCounts) add(program string, n int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.count == nil {
		s.count = map[string]int{}
	}
	s.count[program] += n
	if s.count[program] == 0 {
		delete(s.count, program)
	}
}
