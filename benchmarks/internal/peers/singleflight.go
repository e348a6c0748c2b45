package peers

import "golang.org/x/sync/singleflight"

// Singleflight is singleflight around a go-cache. It looks again in the flight: without that, who looked before a flight
// ended and calls Do after it runs the function once more.
type Singleflight struct {
	cache  *GoCache
	flight singleflight.Group
}

// NewSingleflight sets up both.
func NewSingleflight(s Settings) *Singleflight { return &Singleflight{cache: NewGoCache(s)} }

// Fetch waits in the flight, if there is one.
func (s *Singleflight) Fetch(key string) (string, error) {
	if v, ok := s.cache.Look(key); ok {
		return v, nil
	}
	v, err, _ := s.flight.Do(key, func() (any, error) { return s.cache.Fetch(key) })
	if err != nil {
		return "", err
	}
	return v.(string), nil
}
