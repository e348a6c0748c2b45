package async

import (
	"context"
	"errors"
	"fmt"
	"math"
	"reflect"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// TestKeysThatAreNone: for each method a value, a log record or an error, and
// never a run.
func TestKeysThatAreNone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var log strings.Builder
		g := &Group{Logger: textLogger(&log)}
		h := register(t, g, "f", Policy{}, func(ctx context.Context, x float64) (float64, error) { return x, nil })
		nan := math.NaN()
		if v, ok := h.Get(nan); ok {
			t.Errorf("Get = %v", v)
		}
		if _, err := h.Wait(t.Context(), nan); reason(err) != "key" {
			t.Errorf("Wait = %v", err)
		}
		if err := h.Put(nan, 1); reason(err) != "key" {
			t.Errorf("Put = %v", err)
		}
		h.Refresh(nan)
		h.Forget(nan)
		h.Keep(nan)()
		for _, want := range []string{"no key", "not refreshed", "not forgotten", "not kept"} {
			if !strings.Contains(log.String(), want) {
				t.Errorf("the log does not say %q: %s", want, log.String())
			}
		}
		if n := h.frag.counts.runs.Load(); n != 0 {
			t.Errorf("%d runs", n)
		}
		if h.Name() != "f" {
			t.Errorf("Name = %q", h.Name())
		}
		closeGroup(t, g)
	})
}

func TestRegisterRefuses(t *testing.T) {
	g := quietGroup()
	echo := func(ctx context.Context, key string) (string, error) { return key, nil }
	register(t, g, "taken", Policy{}, echo)
	check := func(err error, want ...string) {
		t.Helper()
		if err == nil {
			t.Error("registered")
			return
		}
		for _, w := range append(want, "async: cannot register ", "handle_test.go:") {
			if !strings.Contains(err.Error(), w) {
				t.Errorf("the error does not say %q: %v", w, err)
			}
		}
	}
	_, err := Register(g, "taken", echo, Policy{})
	check(err, `"taken"`, "bind_test.go:") // register is there
	_, err = Register(g, "", echo, Policy{})
	check(err, "the name is empty")
	_, err = Register(g, "a:b", echo, Policy{})
	check(err, "colon")
	_, err = Register[string, string](g, "nil", nil, Policy{})
	check(err, "fn is nil")
	_, err = Register(g, "policy", echo, Policy{MaxAge: -1})
	check(err, "Policy.MaxAge")
	_, err = Register(g, "pointer", func(ctx context.Context, key *int) (int, error) { return 0, nil }, Policy{})
	check(err, "*int", "pointer")
	_, err = Register(g, "small", func(ctx context.Context, key string) (int, error) { return 0, nil }, Policy{MaxBytes: 1023})
	check(err, "Policy.MaxBytes is 1023", "each int counts 1024", "set Cost")
	for _, p := range []Policy{{MaxBytes: 1024}, {MaxBytes: 1023, Cost: func(any) int64 { return 8 }}} {
		if err := p.checkCost(reflect.TypeFor[int]()); err != nil {
			t.Errorf("%+v: %v", p, err)
		}
	}
	_, err = Register(g, "Command", echo, Policy{})
	check(err, "the group's Commands")
	_, err = Register(g, "bell\a", echo, Policy{})
	check(err, "control character")
	closeGroup(t, g)
	_, err = Register(g, "closed", echo, Policy{})
	check(err, ErrClosed.Error())
	if !errors.Is(err, ErrClosed) {
		t.Errorf("%v is not ErrClosed", err)
	}
}

func TestErrors(t *testing.T) {
	inner := errors.New("inner")
	for _, c := range []struct {
		err    error
		text   string
		reason string
		is     error
	}{
		{nil, "", "", nil},
		{inner, "inner", "error", inner},
		{&PanicError{Value: inner}, "panic: inner", "panic", inner},
		{&PanicError{Value: 7}, "panic: 7", "panic", nil},
		{limitError("full"), "full", "limit", ErrLimit},
		{deadlineError("late"), "late", "timeout", context.DeadlineExceeded},
		{&viewError{inner}, "inner", "view", inner},
		{&viewError{&PanicError{Value: 7}}, "panic: 7", "view", nil},
		{ErrClosed, "the group is closed", "closed", ErrClosed},
		{errExited, errExited.Error(), "exit", errExited},
		{errStuck, errStuck.Error(), "timeout", errStuck},
		{errDepth, errDepth.Error(), "cycle", errDepth},
		{notAKey(inner), "this value cannot be a key: inner", "key", inner},
		{&LostError{Runs: []string{"a", "b"}}, "async: 2 lost when the group was closed: a; b", "error", nil},
	} {
		if c.err != nil && c.err.Error() != c.text {
			t.Errorf("text %q, want %q", c.err.Error(), c.text)
		}
		if r := reason(c.err); r != c.reason {
			t.Errorf("%v: reason %q, want %q", c.err, r, c.reason)
		}
		if c.is != nil && !errors.Is(c.err, c.is) {
			t.Errorf("%v is not %v", c.err, c.is)
		}
	}
}

// fickle is a key whose text is there only every second time.
type fickle struct{ calls *int }

func (f fickle) MarshalText() ([]byte, error) {
	if *f.calls++; *f.calls%2 == 0 {
		return nil, errSource
	}
	return []byte("text"), nil
}
func (f *fickle) UnmarshalText([]byte) error { return errSource }

// TestAFickleKey is encoded twice on the way to its first run, and may fail only at
// the second time.
func TestAFickleKey(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := quietGroup()
		h := register(t, g, "f", Policy{}, func(ctx context.Context, key fickle) (int, error) { return 1, nil })
		if v, ok := h.Get(fickle{new(int)}); ok {
			t.Errorf("Get = %d", v)
		}
		if _, err := h.Wait(t.Context(), fickle{new(int)}); reason(err) != "key" {
			t.Errorf("Wait = %v", err)
		}
		synctest.Wait()
		if n := h.frag.counts.badKeys.Load(); n != 1 || h.frag.counts.runs.Load() != 0 {
			t.Errorf("%d bad keys, %d runs", n, h.frag.counts.runs.Load())
		}
		closeGroup(t, g)
	})
}

// TestTheDefaultGroup stands behind nil everywhere.
func TestTheDefaultGroup(t *testing.T) {
	if (*Group)(nil).ready() != Default() {
		t.Error("nil is not the default group")
	}
	name := fmt.Sprint("default group ", time.Now().UnixNano())
	h := register(t, nil, name, Policy{}, func(ctx context.Context, key string) (string, error) { return key, nil })
	if v, err := h.Wait(t.Context(), "k"); v != "k" || err != nil {
		t.Errorf("Wait = %q, %v", v, err)
	}
	if _, ok := Funcs()["async"]; !ok || Default().registered(name) == nil {
		t.Error("the default group does not know it")
	}
}

// TestProgressIsClamped, and ignored where there is no run.
func TestProgressIsClamped(t *testing.T) {
	Progress(t.Context(), 0.5, "nobody listens")
	synctest.Test(t, func(t *testing.T) {
		g := quietGroup()
		next := make(chan float64)
		h := register(t, g, "f", Policy{}, func(ctx context.Context, key string) (string, error) {
			for x := range next {
				Progress(ctx, x, "at work")
			}
			return "", nil
		})
		h.Get("k")
		for x, want := range map[float64]float64{-1: 0, 0.5: 0.5, 7: 1, math.Inf(-1): 0} {
			next <- x
			synctest.Wait()
			snap := h.frag.look("k", ask{key: "k"})
			if s := h.frag.state("k", &snap); s.Progress != want || s.Note != "at work" || !s.Running {
				t.Errorf("after %v the state is %+v", x, s)
			}
		}
		next <- math.NaN()
		synctest.Wait()
		snap := h.frag.look("k", ask{key: "k"})
		if s := h.frag.state("k", &snap); s.Progress != 0 {
			t.Errorf("NaN is shown as %v", s.Progress)
		}
		close(next)
		synctest.Wait()
		closeGroup(t, g)
	})
}
