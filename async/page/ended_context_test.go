package page_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/infill-go/infill/async/page"
)

// TestABodyThatStopsWithTheRequest has not failed: the client has left, or has waited for as long as it may. But who still
// reads must not take an empty page for the page.
func TestABodyThatStopsWithTheRequest(t *testing.T) {
	for _, want := range []error{context.Canceled, context.DeadlineExceeded} {
		t.Run(want.Error(), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				h := byHand(t, page.Options{})
				ctx, cancel := context.WithTimeout(t.Context(), time.Second)
				defer cancel()
				if want == context.Canceled {
					time.AfterFunc(time.Millisecond, cancel)
				}
				got := h.serve(httptest.NewRequestWithContext(ctx, http.MethodGet, "/", nil), func(ctx context.Context, w io.Writer) error {
					io.WriteString(w, "<p>half")
					<-ctx.Done()
					return fmt.Errorf("the table: %w", ctx.Err())
				})
				if s := h.pages.Stats(); s != (page.Stats{Left: 1}) || strings.Contains(h.log.String(), "level=ERROR") {
					t.Errorf("%+v %s", s, &h.log)
				}
				if got.Code != 500 || strings.Contains(got.rest, "half") || got.rest == "" {
					t.Errorf("%d %q", got.Code, got.rest)
				}
			})
		})
	}
}

// TestABodyThatFailsByItself, for a reason of its own, or with a context of its own, has failed.
func TestABodyThatFailsByItself(t *testing.T) {
	for name, tt := range map[string]struct {
		left bool
		err  error
	}{"a reason": {true, errors.New("oops")}, "its own deadline": {false, context.DeadlineExceeded}, "its own cancel": {false, context.Canceled}} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				h := byHand(t, page.Options{})
				ctx, leave := context.WithCancel(t.Context())
				defer leave()
				got := h.serve(httptest.NewRequestWithContext(ctx, http.MethodGet, "/", nil), func(context.Context, io.Writer) error {
					if tt.left {
						leave()
					}
					return tt.err
				})
				if s := h.pages.Stats(); s != (page.Stats{Failed: 1}) || got.Code != 500 || !strings.Contains(h.log.String(), "level=ERROR") {
					t.Errorf("%+v %d %s", s, got.Code, &h.log)
				}
			})
		})
	}
}
