package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"
)

// htmxPackage is what the lazy page is made with. Pinned: another version may be faster or slower.
const htmxPackage = "htmx.org@4.0.1"

const fetchTimeout = time.Minute

// fetchHTMX returns the script, which npm installs into a folder that is deleted again. The error says why there is none.
func fetchHTMX(ctx context.Context) (script []byte, err error) {
	npm, err := exec.LookPath("npm")
	if err != nil {
		return nil, errors.New("npm is not on the path")
	}
	folder, err := os.MkdirTemp("", "infill-htmx-")
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(folder)) }()
	ctx, cancel := context.WithTimeout(ctx, fetchTimeout)
	defer cancel()
	install := exec.CommandContext(ctx, npm, "install", "--ignore-scripts", "--no-audit", "--no-fund", "--fetch-retries=1", htmxPackage)
	install.Dir = folder
	install.WaitDelay = time.Second
	if output, err := install.CombinedOutput(); err != nil {
		return nil, fmt.Errorf("npm install %s: %w: %s", htmxPackage, err, strings.TrimSpace(string(output)))
	}
	return os.ReadFile(filepath.Join(folder, "node_modules", "htmx.org", "dist", "htmx.min.js"))
}
