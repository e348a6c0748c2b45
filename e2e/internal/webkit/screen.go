package webkit

import (
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"time"

	"github.com/infill-go/infill/e2e/internal/process"
)

// screen is a running X server that draws into memory.
type screen struct {
	program *process.Program
	number  string // of the display, without the colon
}

// startScreen starts Xvfb on a display that it finds free by itself: a number chosen here could be taken meanwhile.
func startScreen(path, folder string) (*screen, error) {
	read, write, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	defer read.Close()
	cmd := exec.Command(path, "-displayfd", "3", "-screen", "0", "1280x800x24", "-nolisten", "tcp")
	cmd.ExtraFiles = []*os.File{write} // its number 3
	cmd.Env = process.Home(folder)
	program, err := process.Start(cmd, nil)
	write.Close()
	if err != nil {
		return nil, err
	}
	// It writes the number when it can be used, and closes the pipe; so does its end.
	err = read.SetReadDeadline(time.Now().Add(startTimeout))
	text, readErr := io.ReadAll(read)
	number := strings.TrimSpace(string(text))
	if err != nil || readErr != nil || number == "" {
		return nil, program.Failed(fmt.Errorf("it told %q as its display: %v, %v", number, err, readErr))
	}
	return &screen{program, number}, nil
}
