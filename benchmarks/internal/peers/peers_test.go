package peers

import (
	"errors"
	"strconv"
	"testing"
	"testing/synctest"
	"time"
)

var memos = []struct {
	name               string
	expires, refreshes bool
	open               func(tb testing.TB, s Settings) Memo
}{
	{"async", true, true, func(tb testing.TB, s Settings) Memo { return NewAsync(tb, s) }},
	{"go-cache", true, false, func(_ testing.TB, s Settings) Memo { return NewGoCache(s) }},
	{"otter", true, true, func(tb testing.TB, s Settings) Memo { return NewOtter(tb, s) }},
	{"sturdyc", true, true, func(_ testing.TB, s Settings) Memo { return NewSturdyc(s) }},
	{"ttlcache", true, false, func(_ testing.TB, s Settings) Memo { return NewTTLCache(s) }},
	{"singleflight", true, false, func(_ testing.TB, s Settings) Memo { return NewSingleflight(s) }},
	{"sync.Map", false, false, func(_ testing.TB, s Settings) Memo { return NewSyncMap(s) }},
}

// numbered is a function whose values tell its runs apart.
func numbered(runs *int) func(string) (string, error) {
	return func(string) (string, error) {
		*runs++
		return strconv.Itoa(*runs), nil
	}
}

func TestEachRemembersUntilItExpires(t *testing.T) {
	for _, m := range memos {
		t.Run(m.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var runs int
				memo := m.open(t, Settings{Fn: numbered(&runs), Capacity: 100, Expire: time.Minute})
				expect(t, memo, "1")
				<-time.After(50 * time.Second)
				expect(t, memo, "1")
				<-time.After(20 * time.Second) // the read before must not have prolonged it
				want := "1"
				if m.expires {
					want = "2"
				}
				expect(t, memo, want)
			})
		})
	}
}

func TestWhoRefreshesShowsTheOldValueMeanwhile(t *testing.T) {
	for _, m := range memos {
		if !m.refreshes {
			continue
		}
		t.Run(m.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var runs int
				memo := m.open(t, Settings{Fn: numbered(&runs), Capacity: 100, Refresh: 10 * time.Second, Expire: time.Minute})
				expect(t, memo, "1")
				<-time.After(11 * time.Second)
				expect(t, memo, "1")
				synctest.Wait()
				expect(t, memo, "2")
				<-time.After(2 * time.Minute)
				expect(t, memo, "3") // not a stale one: it has expired
			})
		})
	}
}

func TestEachTellsAFailure(t *testing.T) {
	for _, m := range memos {
		t.Run(m.name, func(t *testing.T) {
			memo := m.open(t, Settings{Fn: func(string) (string, error) { return "", errors.New("down") }, Capacity: 100, Expire: time.Minute})
			if v, err := memo.Fetch("a"); err == nil {
				t.Errorf("the value of a function that failed is %q", v)
			}
		})
	}
}

func expect(t *testing.T, memo Memo, want string) {
	t.Helper()
	if got, err := memo.Fetch("a"); err != nil || got != want {
		t.Errorf("got %q, %v, not %q", got, err, want)
	}
}
