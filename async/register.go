package async

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"strings"
	"unicode"
)

// Register makes fn a fragment of the group under the given name, which templates
// and logs use, and returns its typed handle. A nil group is the default group.
//
// fn computes the value for a key. It runs in a goroutine of the group, at most
// once at a time per key, with a context of its own that has the policy's
// deadline and nothing of any request: whatever the result depends on must be in
// the key. fn should obey its context. The value is shared by all who read it and
// must not be changed afterwards.
//
// A key is a string, boolean or number, an array or struct of such with exported
// fields only, or a type with MarshalText and UnmarshalText, such as time.Time.
//
// Register answers an error, and changes nothing, if the name is empty, has a
// colon or a control character or is taken (the error names both places), if K cannot be a key, if fn is
// nil, or if the policy is impossible (the error names each field).
func Register[K comparable, V any](g *Group, name string, fn func(ctx context.Context, key K) (V, error), p Policy) (*Handle[K, V], error) {
	g = g.ready()
	where := caller(0)
	fail := func(err error) (*Handle[K, V], error) {
		return nil, fmt.Errorf("async: cannot register %q at %s: %w", name, where, err)
	}
	if fn == nil {
		return fail(errors.New("fn is nil"))
	}
	if err := checkName(name); err != nil {
		return fail(err)
	}
	codec, err := codecFor[K]()
	if err != nil {
		return fail(err)
	}
	policy, err := p.resolved(g.maxRuns())
	if err == nil {
		err = policy.checkCost(reflect.TypeFor[V]())
	}
	if err != nil {
		return fail(err)
	}
	f := newFragment(g, name, where, policy)
	f.codec = codec
	f.zero = zeroOf[V]()
	f.bind = func(key any) runFunc {
		k, _ := key.(K)
		return func(ctx context.Context) (any, error) { return fn(ctx, k) }
	}
	if err := g.add(f); err != nil {
		return fail(err)
	}
	return &Handle[K, V]{frag: f}, nil
}

func zeroOf[V any]() any {
	if reflect.TypeFor[V]().Kind() == reflect.Interface {
		return nil
	}
	var zero V
	return zero
}

func checkName(name string) error {
	switch {
	case name == "":
		return errors.New("the name is empty")
	case name == commandsName:
		return fmt.Errorf("the name %q is that of the group's Commands; use another", name)
	case strings.ContainsFunc(name, unicode.IsControl):
		return fmt.Errorf("the name %q has a control character; use a plain word", name)
	case strings.Contains(name, ":"):
		return errors.New(`the name has a colon, which is for its views, such as "ps:view"; use another character`)
	}
	return nil
}

func (g *Group) add(f *fragment) error {
	g.mu.Lock()
	defer g.mu.Unlock()
	if other := g.fragments[f.name]; other != nil {
		return fmt.Errorf("the name is taken by the fragment registered at %s; use another name, or one handle in both places", other.origin)
	}
	if where, ok := g.templates[f.name]; ok {
		return fmt.Errorf("a bound set uses the name for a template fragment (%s); register before Bind, or rename one of them", where)
	}
	if g.isClosing {
		return ErrClosed
	}
	g.fragments[f.name] = f
	return nil
}

func (g *Group) registered(name string) *fragment {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.fragments[name]
}
