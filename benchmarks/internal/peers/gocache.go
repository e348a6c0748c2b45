package peers

import gocache "github.com/patrickmn/go-cache"

// GoCache is go-cache in the way of its documentation: look, and if there is nothing, make it and set it.
type GoCache struct {
	*gocache.Cache
	fn func(key string) (string, error)
}

// NewGoCache starts no janitor: one would make a test with a fake clock wait for ever.
func NewGoCache(s Settings) *GoCache {
	expire := s.Expire
	if expire == 0 {
		expire = gocache.NoExpiration
	}
	return &GoCache{gocache.New(expire, 0), s.Fn}
}

// Look returns the value that is there.
func (g *GoCache) Look(key string) (string, bool) {
	v, ok := g.Get(key)
	if !ok {
		return "", false
	}
	s, ok := v.(string)
	return s, ok
}

// Fetch has nothing against two callers making the same value at a time.
func (g *GoCache) Fetch(key string) (string, error) {
	if v, ok := g.Look(key); ok {
		return v, nil
	}
	v, err := g.fn(key)
	if err == nil {
		g.SetDefault(key, v)
	}
	return v, err
}
