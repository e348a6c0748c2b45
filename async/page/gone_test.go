package page_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/infill-go/infill/async/page"
)

// TestTheClientGoes at every moment of a response of 440 ms, whose shell is sent at 20 ms, its fragments at 120, 220,
// 320 and 420: the response ends at once, with its shell and its end, for that the context has ended does not say that nobody
// reads; and the runs go on.
func TestTheClientGoes(t *testing.T) {
	for ms := range 22 {
		after := time.Duration(ms)*20*time.Millisecond + 10*time.Millisecond
		for _, mode := range []page.Mode{page.Stream, page.Whole} {
			t.Run(fmt.Sprint(mode, after), func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					g := quietGroup(t)
					all := register(t, g, orderNames...)
					pages := bind(t, g, ordersPage, page.Options{Mode: func(*http.Request) page.Mode { return mode }})
					go func() {
						sleep(20 * time.Millisecond)
						for _, name := range orderNames {
							sleep(100 * time.Millisecond)
							settle(all, name)
						}
					}()
					v := get(t, pages, nil)
					pass(after)
					complete, before := v.over(), len(v.texts("write"))
					v.leave()
					synctest.Wait()
					want := before
					switch {
					case complete:
					case mode == page.Stream && before == 0:
						want = 2
					default:
						want++
					}
					if b := browse(v.body()); !v.over() || len(v.texts("write")) != want || b.waits != b.ended {
						t.Errorf("over %v, %d writes, want %d: %s", v.over(), len(v.texts("write")), want, v.body())
					}
					if s := pages.Stats(); complete != (s.Left == 0) || s.Left > 1 {
						t.Errorf("complete %v: %+v", complete, s)
					}
					pass(900*time.Millisecond - after) // broken is not tried again yet
					if text := get(t, pages, nil).body(); strings.Contains(text, "…") || !strings.Contains(text, "outer &amp; more") {
						t.Errorf("the runs have not gone on: %s", text)
					}
				})
			})
		}
	}
}

// TestAContextRunsOutOfTime, which some middleware gives to every request: the client is there, and gets what there is.
func TestAContextRunsOutOfTime(t *testing.T) {
	const limit = 300 * time.Millisecond
	for _, tt := range []struct {
		mode  page.Mode
		limit time.Duration
		want  string
		again bool
	}{
		{page.Stream, limit, "<p>value default</p>", true},
		{page.Stream, 5 * time.Millisecond, "<p>default default</p>", true},
		{page.Whole, limit, "<p>value default</p>", false},
	} {
		synctest.Test(t, func(t *testing.T) {
			g := quietGroup(t)
			all := register(t, g, "one", "two")
			pages := bind(t, g, `<p>{{async "one" 1 "default"}} {{async "two" 1 "default"}}</p>`, page.Options{Mode: func(*http.Request) page.Mode { return tt.mode }})
			v := ask(t, func(w http.ResponseWriter, r *http.Request) {
				ctx, cancel := context.WithTimeout(r.Context(), tt.limit)
				defer cancel()
				pages.Render(w, r.WithContext(ctx), "page", nil)
			}, nil)
			time.AfterFunc(limit/2, func() { all.open("one", "value") })
			pass(tt.limit)
			b := browse(v.body())
			shown := placeMarks.ReplaceAllString(b.String(), "")
			if !v.over() || !strings.Contains(shown, tt.want) || b.again != tt.again || b.waits != b.ended || b.problems != nil {
				t.Errorf("%v %v: over %v, again %v\n%s", tt.mode, tt.limit, v.over(), b.again, v.script())
			}
			pass(limit)
		})
	}
}

// placeMarks are the markers as html.Render prints them.
var placeMarks = regexp.MustCompile(`<!--\?[^>]*-->`)

// TestAWriteFails, each of them in turn: that one is the last, and the next page is not hurt.
func TestAWriteFails(t *testing.T) {
	const writes = 7 // the shell, five fragments, the end
	for failing := range writes + 1 {
		synctest.Test(t, func(t *testing.T) {
			g := quietGroup(t)
			all := register(t, g, orderNames...)
			pages := bind(t, g, ordersPage, page.Options{})
			v := ask(t, func(w http.ResponseWriter, r *http.Request) {
				w.(*recorder).refuse = func(n int) error {
					if n == failing {
						return errors.New("broken pipe")
					}
					return nil
				}
				pages.Render(w, r, "page", nil)
			}, nil)
			for _, name := range orderNames {
				pass(100 * time.Millisecond)
				settle(all, name)
			}
			synctest.Wait()
			if got, want := len(v.texts("write")), min(failing+1, writes); !v.over() || got != want {
				t.Errorf("over %v, %d writes, want %d: %s", v.over(), got, want, v.script())
			}
			if left := pages.Stats().Left; left != 1 && failing < writes || left != 0 && failing == writes {
				t.Errorf("write %d failed, and %d have left", failing, left)
			}
			if b := browse(v.body()); b.ended != (failing >= writes-1) {
				t.Errorf("write %d failed, ended %v: what was cut off cannot be told", failing, b.ended)
			}
			if text := get(t, pages, nil).body(); strings.Contains(text, "…") || strings.Contains(text, "<?") {
				t.Errorf("the next page is %s", text)
			}
		})
	}
}
