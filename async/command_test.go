package async

import (
	"context"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

func value[T any](v T) func(context.Context) (T, error) {
	return func(ctx context.Context) (T, error) { return v, pause(ctx, time.Second) }
}

func TestCommand(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := quietGroup()
		type celsius float64
		ask := func() (s string, n int, c celsius, p *int, e error) {
			return CommandIn(g, "x", "…", value("up")),
				CommandIn(g, "x", -1, value(7)),
				CommandIn(g, "x", -1, value(celsius(21.5))),
				CommandIn(g, "x", new(int), value[*int](nil)),
				CommandIn[error](g, "x", errSource, value[error](nil))
		}
		if s, n, c, p, e := ask(); s != "…" || n != -1 || c != -1 || e != errSource || p == nil {
			t.Errorf("defaults are %v %v %v %v %v", s, n, c, e, p)
		}
		advance(time.Second)
		if s, n, c, p, e := ask(); s != "up" || n != 7 || c != 21.5 || e != nil || p != nil {
			t.Errorf("values are %v %v %v %v %v", s, n, c, e, p)
		}
		if runs := g.commands.counts.runs.Load(); runs != 5 {
			t.Errorf("%d runs for 5 types", runs)
		}
		closeGroup(t, g)
	})
}

// TestCommandsShareAnID: whoever comes second gets what the first one's function
// made.
func TestCommandsShareAnID(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := quietGroup()
		CommandIn(g, "id", 0, value(1))
		CommandIn(g, "id", 0, value(2))
		advance(time.Second)
		if v := CommandIn(g, "id", 0, value(3)); v != 1 {
			t.Errorf("value %d", v)
		}
		closeGroup(t, g)
	})
}

// TestCallSites: each place is a command of its own, two on one line, too; one
// place is one command, whatever its function captures.
func TestCallSites(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := quietGroup()
		show := func() (a, b int, loop []string) {
			a, b = CommandIn(g, "", 0, value(1)), CommandIn(g, "", 0, value(2))
			for _, host := range []string{"web1", "web2"} {
				loop = append(loop, CommandIn(g, "", "…", value(host)))
			}
			return a, b, loop
		}
		show()
		advance(time.Second)
		a, b, loop := show()
		if a != 1 || b != 2 {
			t.Errorf("two places show %d and %d, want 1 and 2", a, b)
		}
		if got := strings.Join(loop, " "); got != "web1 web1" {
			t.Errorf("the loop shows %q: the documented trap has changed", got)
		}
		if n := helper(g, 5) + helper(g, 6); n != 0 {
			t.Errorf("helper shows %d", n)
		}
		closeGroup(t, g)
	})
}

//go:noinline
func helper(g *Group, n int) int { return CommandIn(g, "", 0, value(n)) }

// TestCallSiteOfCommand: the default group's Command finds the same frame.
func TestCallSiteOfCommand(t *testing.T) {
	now := func(n int) func(context.Context) (int, error) {
		return func(context.Context) (int, error) { return n, nil }
	}
	at := func() (a, b, c int) {
		return Command("", 0, now(1)), Command("", 0, now(2)), Command("TestCallSiteOfCommand", 0, now(3))
	}
	at()
	snap := Default().ready().commands
	for range 2 {
		key := callSiteOfCaller()
		if name := key.String(); !strings.Contains(name, "command_test.go:") {
			t.Errorf("a place is called %q", name)
		}
	}
	if n := snap.counts.runs.Load(); n > 3 {
		t.Errorf("%d runs", n)
	}
}

// callSiteOfCaller stands where Command stands in the stack.
func callSiteOfCaller() commandKey { return callSite() }

// TestAnImpossiblePolicyForCommands is told, and Commands work all the same.
func TestAnImpossiblePolicyForCommands(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var log strings.Builder
		g := &Group{Logger: textLogger(&log), Commands: Policy{MaxAge: -1}}
		CommandIn(g, "id", 0, value(1))
		advance(time.Second)
		if v := CommandIn(g, "id", 0, value(1)); v != 1 {
			t.Errorf("value %d", v)
		}
		if !strings.Contains(log.String(), "Policy.MaxAge is -1ns") {
			t.Errorf("the log does not say what is wrong: %s", log.String())
		}
		closeGroup(t, g)
	})
}

// TestAFailedCommand shows the default, is logged under its id, and is tried
// again.
func TestAFailedCommand(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var log strings.Builder
		g := &Group{Logger: textLogger(&log)}
		runs := 0
		ask := func() string {
			return CommandIn(g, "ps web1", "…", func(ctx context.Context) (string, error) {
				if runs++; runs == 1 {
					return "", errSource
				}
				return "ok", nil
			})
		}
		ask()
		synctest.Wait()
		if v := ask(); v != "…" {
			t.Errorf("value %q after a failure", v)
		}
		if !strings.Contains(log.String(), `Command(\"ps web1\")`) {
			t.Errorf("the log does not name the command: %s", log.String())
		}
		advance(2 * time.Second)
		ask()
		synctest.Wait()
		if v := ask(); v != "ok" {
			t.Errorf("value %q after the back-off", v)
		}
		closeGroup(t, g)
	})
}
