package webkit

import (
	"fmt"
	"os/exec"
	"path/filepath"
)

// Programs are the paths of what is needed to drive WebKitGTK.
type Programs struct {
	Driver  string // WebKitWebDriver
	Browser string // MiniBrowser, which is on nobody's path
	Screen  string // Xvfb
}

// browsers is where Debian's libwebkit2gtk keeps MiniBrowser: below the folder of the architecture's libraries.
const browsers = "/usr/lib/*/webkit2gtk-4.1/MiniBrowser"

// Find returns the programs. Its error names the one that is missing and the remedy.
func Find() (p Programs, err error) {
	if p.Driver, err = find("WebKitWebDriver"); err != nil {
		return p, err
	}
	if p.Screen, err = find("Xvfb"); err != nil {
		return p, err
	}
	found, err := filepath.Glob(browsers)
	if err != nil || len(found) == 0 {
		return p, fmt.Errorf("webkit: there is no %s: make deps installs it", browsers)
	}
	p.Browser = found[0]
	return p, nil
}

func find(name string) (string, error) {
	path, err := exec.LookPath(name)
	if err != nil {
		return "", fmt.Errorf("webkit: %s is not on the path: make deps installs it", name)
	}
	return path, nil
}
