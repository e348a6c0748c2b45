package browser

import (
	"fmt"
	"os/exec"
)

// names are what Chromium is called on Debian and elsewhere.
var names = []string{"chromium", "chromium-browser", "google-chrome"}

// Find returns the path of the Chromium to drive. Its error names the program that is missing and the remedy.
func Find() (string, error) {
	for _, name := range names {
		if path, err := exec.LookPath(name); err == nil {
			return path, nil
		}
	}
	return "", fmt.Errorf("browser: chromium is not on the path (looked for %q): make deps installs it", names)
}
