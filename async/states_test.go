package async

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// TestKeysOfAGroup: each key once, whatever is known of it.
func TestKeysOfAGroup(t *testing.T) {
	type server struct {
		Host string
		Port int
	}
	synctest.Test(t, func(t *testing.T) {
		g := quietGroup()
		release := make(chan struct{})
		h := register(t, g, "f", Policy{MaxAge: time.Minute, Jitter: -1, Timeout: 10 * time.Second, StaleWhileRevalidate: time.Hour}, func(ctx context.Context, key server) (int, error) {
			switch key.Host {
			case "fails":
				return 0, errSource
			case "runs":
				Progress(ctx, 0.5, "half")
				return 0, pause(ctx, time.Hour)
			case "hangs":
				<-release
			case "slow":
				return 1, pause(ctx, 2*time.Second)
			}
			return 1, nil
		})
		started := time.Now()
		h.Get(server{"slow", 1})
		advance(2 * time.Second)
		advance(time.Minute) // it is stale now
		h.Put(server{strings.Repeat("long", 500), 3}, 7)
		h.Get(server{"fails", 2})
		h.Get(server{"hangs", 4})
		advance(10 * time.Second)
		h.Get(server{"runs", 5})
		synctest.Wait()

		var got []State
		for s := range g.Keys("f") {
			got = append(got, s)
		}
		slices.SortFunc(got, func(a, b State) int { return cmp.Compare(fmt.Sprint(a.Key), fmt.Sprint(b.Key)) })
		at := func(seconds int) time.Time { return started.Add(time.Duration(seconds) * time.Second) }
		want := []State{
			{Name: "f", Key: "sha256:", Completed: at(62)},
			{Name: "f", Key: server{"fails", 2}, Failures: 1, Reason: "error", Retry: at(63)},
			{Name: "f", Key: server{"hangs", 4}, Overdue: true, Failures: 1, Reason: "timeout", Retry: at(73)},
			{Name: "f", Key: server{"runs", 5}, Running: true, Progress: 0.5, Note: "half"},
			{Name: "f", Key: server{"slow", 1}, Completed: at(2), Duration: 2 * time.Second, Stale: true},
		}
		slices.SortFunc(want, func(a, b State) int { return cmp.Compare(fmt.Sprint(a.Key), fmt.Sprint(b.Key)) })
		for i := range got {
			if hash, ok := got[i].Key.(string); ok && strings.HasPrefix(hash, "sha256:") {
				got[i].Key = "sha256:"
			}
			if r := got[i].Retry; !r.IsZero() && r.Before(want[i].Retry) && r.After(want[i].Retry.Add(-300*time.Millisecond)) {
				got[i].Retry = want[i].Retry // the back-off is up to a fifth shorter
			}
		}
		if !slices.Equal(got, want) {
			t.Errorf("\n%+v, want\n%+v", got, want)
		}
		if n := only(t, g.Stats(), "f"); n.Runs != 4 {
			t.Errorf("%d runs: to look at the keys has started some", n.Runs)
		}
		for range g.Keys("f") {
			break
		}
		seen := 0
		for range g.Keys("f") {
			if seen++; seen == len(want) { // the last ones are those with a result alone
				break
			}
		}
		for s := range g.Keys("unknown") {
			t.Errorf("%+v", s)
		}
		close(release)
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if err := g.Close(ctx); err == nil {
			t.Error("nothing was lost")
		}
	})
}

// TestKeysOfCommands are their ids as they are, or file:line.
func TestKeysOfCommands(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := quietGroup()
		CommandIn(g, "ps web1", 0, value(1))
		CommandIn(g, "", "", value("x"))
		CommandIn(g, strings.Repeat("x", 2000), 0, value(1))
		advance(time.Second)
		CommandIn(g, "slow", 0, value(1))
		CommandIn(g, strings.Repeat("y", 2000), 0, value(1))
		synctest.Wait()
		var got []string
		for s := range g.Keys("Command") {
			key := s.Key.(string)
			if i := strings.LastIndex(key, "/"); i >= 0 {
				key = strings.TrimRight(key[i+1:], "0123456789")
			}
			if strings.HasPrefix(key, "sha256:") {
				key = "sha256:"
			}
			key = strings.ReplaceAll(key, "yyyy", "")
			got = append(got, key)
		}
		slices.Sort(got)
		if want := "[ ps web1 sha256: slow states_test.go:]"; fmt.Sprint(got) != want {
			t.Errorf("%v, want %s", got, want)
		}
		advance(time.Second)
		closeGroup(t, g)
	})
}
