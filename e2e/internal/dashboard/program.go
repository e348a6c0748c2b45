// Package dashboard builds, starts and ends the demo program as a user does: by its command line and by signals.
package dashboard

import (
	"errors"
	"fmt"
	"os/exec"
	"regexp"
	"time"

	"github.com/infill-go/infill/e2e/internal/process"
)

const startTimeout = 60 * time.Second

// address is what the program prints when it is ready.
var address = regexp.MustCompile(`^Infill dashboard on (http://127\.0\.0\.1:\d+/)`)

// Program is a running demo program. Use Start to get one.
type Program struct {
	*process.Program
	URL string
}

// Start starts the program on a free port of 127.0.0.1 and returns when it has printed its address.
// The caller must Kill it, also after an Interrupt.
func Start(program string, flags ...string) (*Program, error) {
	url := make(chan string, 1)
	started, err := process.Start(exec.Command(program, append([]string{"-addr", "127.0.0.1:0"}, flags...)...), func(line string) {
		if match := address.FindStringSubmatch(line); match != nil {
			select {
			case url <- match[1]:
			default: // only the first is waited for
			}
		}
	})
	if err != nil {
		return nil, fmt.Errorf("dashboard: %w", err)
	}
	timeout := time.NewTimer(startTimeout)
	defer timeout.Stop()
	select {
	case address := <-url:
		return &Program{started, address}, nil
	case <-started.Exited():
		err = errors.New("dashboard: no address")
	case <-timeout.C:
		err = fmt.Errorf("dashboard: no address within %v", startTimeout)
	}
	return nil, started.Failed(err)
}
