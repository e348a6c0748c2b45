package expression_test

import (
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/infill-go/infill/e2e/internal/expression"
)

func TestDecode(t *testing.T) {
	text := `{"a":[1,2]}`
	var into struct{ A []int }
	if err := expression.Decode(&text, &into); err != nil || len(into.A) != 2 {
		t.Errorf("%v, %v", into, err)
	}
	if err := expression.Decode(nil, &into); err != nil || len(into.A) != 2 {
		t.Errorf("undefined: %v, %v", into, err)
	}
	if err := expression.Decode(&text, nil); err != nil {
		t.Error(err)
	}
	if err := expression.Decode(&text, new(bool)); err == nil {
		t.Error("an object is no bool, and there is no error")
	}
}

func TestWait(t *testing.T) {
	gone := errors.New("no document")
	for _, tt := range []struct {
		name    string
		answers []error // nil is true, and the last stays
		took    time.Duration
		want    string // in the error; empty is none
	}{
		{"at once", []error{nil}, 0, ""},
		{"after a failure", []error{gone, gone, nil}, 40 * time.Millisecond, ""},
		{"never", []error{gone}, time.Second, "not met in 1s: the.page: no document"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				begin := time.Now()
				err := expression.Wait(func(_ string, into any) error {
					answer := tt.answers[0]
					if len(tt.answers) > 1 {
						tt.answers = tt.answers[1:]
					}
					*into.(*bool) = answer == nil
					return answer
				}, "the.page", time.Second)
				if took := time.Since(begin); took != tt.took {
					t.Errorf("took %v, want %v", took, tt.took)
				}
				if tt.want == "" && err != nil || err != nil && !strings.Contains(err.Error(), tt.want) || tt.want != "" && err == nil {
					t.Errorf("error = %v, want %q", err, tt.want)
				}
			})
		})
	}
}
