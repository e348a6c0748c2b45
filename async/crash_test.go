package async

import (
	"context"
	"errors"
	"fmt"
	"html/template"
	"io/fs"
	"log/slog"
	"runtime"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// userError is an error whose methods do what its maker has not thought of. Each
// function that is nil does what is usual.
type userError struct {
	text   func() string
	unwrap func() error
	is     func(error) bool
	as     func(any) bool
}

func (e userError) Error() string {
	if e.text == nil {
		return "user error"
	}
	return e.text()
}

func (e userError) Unwrap() error {
	if e.unwrap == nil {
		return nil
	}
	return e.unwrap()
}

func (e userError) Is(target error) bool { return e.is != nil && e.is(target) }
func (e userError) As(target any) bool   { return e.as != nil && e.as(target) }

// TestErrorsWhoseMethodsPanic are failures of their runs and no more: for those
// who wait, for the page, for who looks again, for the log. The first of them is
// what every Go programmer once returned.
func TestErrorsWhoseMethodsPanic(t *testing.T) {
	for _, c := range []struct {
		name   string
		err    error
		reason string
	}{
		{"a nil pointer", (*fs.PathError)(nil), "panic"},
		{"Error", userError{text: func() string { panic("no text") }}, "panic"},
		{"Unwrap", userError{unwrap: func() error { panic("nothing inside") }}, "panic"},
		{"Is", userError{is: func(error) bool { panic("never compare") }}, "panic"},
		{"As", userError{as: func(any) bool { panic("never ask") }}, "panic"},
		{"wrapped", fmt.Errorf("query: %w", (*fs.PathError)(nil)), "panic"},
		{"exit in Error", userError{text: func() string { runtime.Goexit(); return "" }}, "exit"},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var log strings.Builder
				g := &Group{Logger: textLogger(&log)}
				h := register(t, g, "f", Policy{}, func(ctx context.Context, key string) (string, error) {
					return "not to be seen", c.err
				})
				s := bound(t, g, `<p>{{async "f" .}}</p>{{define "f:error"}}{{.Reason}} {{.Failures}}{{end}}`, Options{})
				for range 2 { // the second time what is remembered is told
					_, err := h.Wait(t.Context(), "k")
					checkReason(t, err, c.reason)
					var panicked *PanicError
					if c.reason == "panic" && (!errors.As(err, &panicked) || len(panicked.Stack) == 0) {
						t.Errorf("%v is no panic with a stack", err)
					}
					synctest.Wait()
					shows(t, s, "k", "<p>"+c.reason+" 1</p>", Report{Failed: 1})
				}
				if v, ok := h.Get("k"); ok {
					t.Errorf("Get = %q", v)
				}
				if !strings.Contains(log.String(), "reason="+c.reason) {
					t.Errorf("the log does not tell: %s", log.String())
				}
				if n := h.frag.counts.failures.Load(); n != 1 {
					t.Errorf("%d failures counted", n)
				}
				closeGroup(t, g)
			})
		})
	}
}

// TestAnErrorAfterTheDeadlineMayPanicToo: there the error is wrapped first.
func TestAnErrorAfterTheDeadlineMayPanicToo(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := quietGroup()
		h := register(t, g, "f", Policy{Timeout: time.Second}, func(ctx context.Context, key string) (string, error) {
			<-ctx.Done()
			sleep(time.Millisecond) // so that the deadline is published first
			return "", (*fs.PathError)(nil)
		})
		_, err := h.Wait(t.Context(), "k")
		checkReason(t, err, "timeout")
		advance(time.Second / 2)
		_, err = h.Wait(t.Context(), "k")
		checkReason(t, err, "timeout")
		closeGroup(t, g)
	})
}

// TestAPanicWithABrokenError: the panic's value is an error that panics itself.
func TestAPanicWithABrokenError(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := quietGroup()
		broken := userError{
			text: func() string { panic("no text") },
			is:   func(error) bool { panic("never compare") },
			as:   func(any) bool { panic("never ask") },
		}
		h := register(t, g, "f", Policy{}, func(ctx context.Context, key string) (string, error) { panic(broken) })
		s := bound(t, g, `{{async "f" .}}{{define "f:error"}}{{.Reason}}{{end}}`, Options{})
		_, err := h.Wait(t.Context(), "k")
		if panicked := (*PanicError)(nil); !errors.As(err, &panicked) || !strings.Contains(err.Error(), `f("k"): panic: `) {
			t.Errorf("Wait = %v", err)
		}
		synctest.Wait()
		shows(t, s, "k", "panic", Report{Failed: 1})
		closeGroup(t, g)
	})
}

// TestABrokenErrorInATemplate: in a template fragment it is the run's error, in a
// view it spoils the view.
func TestABrokenErrorInATemplate(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := quietGroup()
		register(t, g, "n", Policy{}, func(ctx context.Context, key string) (int, error) { return 7, nil })
		s := boundWith(t, g, template.FuncMap{"fail": func() (string, error) { return "", (*fs.PathError)(nil) }},
			`{{async "n" .}} {{async "x" .}}
{{- define "n:view"}}{{fail}}{{end}}{{define "n:error"}}{{.Reason}}{{end}}
{{- define "x"}}{{fail}}{{end}}{{define "x:error"}}{{.Reason}}{{end}}`, Options{})
		execute(t, s, "k")
		synctest.Wait()
		shows(t, s, "k", "view panic", Report{Failed: 2})
		closeGroup(t, g)
	})
}

// groupHandler is a log handler that uses the group whose records it handles.
type groupHandler struct {
	slog.Handler
	g *Group
}

func (h groupHandler) Handle(ctx context.Context, r slog.Record) error {
	h.g.Funcs()
	CommandIn(h.g, "log level", "info", func(ctx context.Context) (string, error) { return "debug", nil })
	return h.Handler.Handle(ctx, r)
}

// TestALoggerMayUseTheGroup, also for the record that the group's own field is
// impossible. If that is logged while the group is made ready, the handler waits
// for ever for the group to be ready.
func TestALoggerMayUseTheGroup(t *testing.T) {
	var log strings.Builder
	g := &Group{Commands: Policy{MaxAge: -1}}
	g.Logger = slog.New(groupHandler{slog.NewTextHandler(&log, nil), g})
	done := make(chan string)
	go func() {
		g.Funcs()
		done <- CommandIn(g, "id", "…", func(ctx context.Context) (string, error) { return "up", nil })
	}()
	select {
	case v := <-done:
		if v != "…" || !strings.Contains(log.String(), "Policy.MaxAge") {
			t.Errorf("shows %q, the log is %q", v, log.String())
		}
	case <-time.After(10 * time.Second):
		t.Fatal("the logger and the group wait for each other")
	}
	closeGroup(t, g)
}

// TestALoggerThatPanics ends nothing: it is called in the goroutines of runs.
func TestALoggerThatPanics(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := &Group{Logger: slog.New(panickingHandler{})}
		h := register(t, g, "f", Policy{}, func(context.Context, string) (int, error) { return 0, errSource })
		if _, err := h.Wait(t.Context(), "k"); !errors.Is(err, errSource) {
			t.Errorf("Wait = %v", err)
		}
		closeGroup(t, g)
	})
}

type panickingHandler struct{ slog.Handler }

func (panickingHandler) Enabled(context.Context, slog.Level) bool  { return true }
func (panickingHandler) Handle(context.Context, slog.Record) error { panic("no disk") }
