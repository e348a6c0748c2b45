package async

import (
	"context"
	"html/template"
	"runtime"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// madeCopies are the copies that were made of a set.
type madeCopies struct {
	mu   sync.Mutex // guards made
	made []*runCopy
}

func watchCopies(s *Set) *madeCopies {
	m := new(madeCopies)
	funcs := s.copies.funcs
	s.copies.funcs = func(r *runCopy) template.FuncMap {
		m.mu.Lock()
		defer m.mu.Unlock()
		m.made = append(m.made, r)
		return funcs(r)
	}
	return m
}

// all returns how many copies there are, and how many of them runs use now.
func (m *madeCopies) all() (made, used int) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, r := range m.made {
		if r.ctx != nil {
			used++
		}
	}
	return len(m.made), used
}

// TestRunsDoNotShareACopy: as many at a time as there are runs, and later runs
// use them again, as far as they are kept.
func TestRunsDoNotShareACopy(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const runs = freeCopies + 4
		g := quietGroup()
		release := make(chan struct{})
		s := boundWith(t, g, template.FuncMap{"hold": func() string { <-release; return "" }},
			`{{range .}}{{async "x" .}}{{end}}{{define "x"}}{{hold}}{{.}}{{end}}`, Options{Policy: Policy{MaxRuns: runs}})
		copies := watchCopies(s)
		for round, want := range []int{runs, runs + 4} { // those that were not kept are made again
			var keys []int
			for n := range runs {
				keys = append(keys, round*1000+n)
			}
			shows(t, s, keys, "", Report{Pending: runs})
			synctest.Wait()
			if made, used := copies.all(); made != want || used != runs {
				t.Errorf("%d copies were made, %d are used by %d runs; want %d", made, used, runs, want)
			}
			for range runs {
				release <- struct{}{}
			}
			synctest.Wait()
			if n := len(s.copies.free); n != freeCopies {
				t.Errorf("%d copies are kept, want %d", n, freeCopies)
			}
		}
		for _, r := range s.copies.free {
			if r.ctx != nil {
				t.Error("a free copy keeps the context of its last run")
			}
		}
		closeGroup(t, g)
	})
}

// TestACopyKnowsWhoseItIs: a copy that another run has used ends with the deadline
// of the run that has it now.
func TestACopyKnowsWhoseItIs(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := quietGroup()
		register(t, g, "slow", Policy{Timeout: time.Hour}, func(ctx context.Context, key string) (string, error) {
			return key, pause(ctx, 9*time.Second)
		})
		s := bound(t, g, `{{async "x" .}}{{define "x"}}<a title="{{async "slow" .}}"></a>{{end}}{{define "x:error"}}{{.Reason}}{{end}}`, Options{Policy: Policy{Timeout: 10 * time.Second}})
		for _, key := range []string{"a", "b", "c"} {
			execute(t, s, key)
			advance(9 * time.Second)
			shows(t, s, key, `<a title="`+key+`"></a>`, Report{Ready: 1})
		}
		if n := len(s.copies.free); n != 1 {
			t.Errorf("%d copies for runs one after the other", n)
		}
		closeGroup(t, g)
	})
}

// TestACopyIsFreeAgain however its run ended.
func TestACopyIsFreeAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := quietGroup()
		s := boundWith(t, g, template.FuncMap{"finish": func(how string) (string, error) {
			switch how {
			case "panic":
				panic("oh no")
			case "exit":
				runtime.Goexit()
			case "error":
				return "", errSource
			}
			return how, nil
		}}, `{{async "x" .}}{{define "x"}}{{finish .}}{{end}}{{define "x:error"}}{{.Reason}}{{end}}`, Options{})
		copies := watchCopies(s)
		for _, how := range []string{"panic", "exit", "error", "value"} {
			execute(t, s, how)
			synctest.Wait()
		}
		if made, used := copies.all(); made != 1 || used != 0 || len(s.copies.free) != 1 {
			t.Errorf("%d copies were made, %d are used, %d are free", made, used, len(s.copies.free))
		}
		shows(t, s, "value", "value", Report{Ready: 1})
		closeGroup(t, g)
	})
}
