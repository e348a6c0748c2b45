//go:build !unix

package sshexec_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/infill-go/infill/async/sshexec"
)

func TestUnsupportedSystemIsSaid(t *testing.T) {
	_, local := sshexec.Local{}.Run(context.Background(), "true")
	_, ssh := sshexec.SSH{}.Run(context.Background(), sshexec.Host{Name: "web1"}, "true")
	for _, err := range []error{local, ssh} {
		if !errors.Is(err, errors.ErrUnsupported) || !strings.Contains(err.Error(), "true not started: ") {
			t.Errorf("got %v", err)
		}
	}
	if host, err := sshexec.ParseHost("u@web1:22"); err != nil || host.Port != 22 {
		t.Errorf("got %+v, %v", host, err)
	}
}
