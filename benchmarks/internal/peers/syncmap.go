package peers

import "sync"

// SyncMap is a plain sync.Map: no expiry, no bound, and two callers may make the same value at a time.
type SyncMap struct {
	sync.Map
	fn func(key string) (string, error)
}

// NewSyncMap leaves out all settings but the function.
func NewSyncMap(s Settings) *SyncMap { return &SyncMap{fn: s.Fn} }

// Look returns the value that is there.
func (m *SyncMap) Look(key string) (string, bool) {
	v, ok := m.Load(key)
	if !ok {
		return "", false
	}
	s, ok := v.(string)
	return s, ok
}

// Fetch makes the value if it is not there.
func (m *SyncMap) Fetch(key string) (string, error) {
	if v, ok := m.Look(key); ok {
		return v, nil
	}
	v, err := m.fn(key)
	if err == nil {
		m.Store(key, v)
	}
	return v, err
}
