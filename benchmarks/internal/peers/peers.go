// Package peers sets up each library as its own documentation recommends for a memoized slow function whose results
// have a time to live.
package peers

import "time"

// Settings are what every library is asked to do. A library that cannot do one of them leaves it out.
type Settings struct {
	// Fn is the slow function.
	Fn func(key string) (string, error)
	// Capacity is for how many results there must be room.
	Capacity int
	// Refresh is the age from which on a read starts a refresh behind the old value. Zero: no refresh before the expiry.
	Refresh time.Duration
	// Expire is the age from which on a result is not shown any more. Zero: never.
	Expire time.Duration
}

// Memo is a library set up for one function.
type Memo interface {
	// Fetch returns the function's value for the key, and waits for it if it is not there.
	Fetch(key string) (string, error)
}

// shards and evictionPercentage are those of sturdyc's documentation.
const (
	shards             = 10
	evictionPercentage = 10
)
