// Command browserbench measures pages in Chromium beside other ways to make them, and prints the rows and gates as JSON,
// for the table of docs/benchmarks.md, which module benchmarks makes.
//
//	go run -C e2e ./cmd/browserbench
package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"time"

	"github.com/infill-go/infill/e2e/internal/browser"
)

// scale is how much is measured.
type scale struct {
	takes time.Duration // what a block takes where all of them are waited for
	apart time.Duration // between the completions of two blocks where each is timed alone
	loads int           // of each page that waits for all
	turns int           // of the pages whose blocks are timed alone; one more is not counted
}

// full takes about a minute, a third of it in the page that waits for its blocks one by one.
var full = scale{takes: time.Second, apart: 25 * time.Millisecond, loads: 3, turns: 8}

func main() {
	found, err := measureAll(full)
	if err == nil {
		err = json.NewEncoder(os.Stdout).Encode(found)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "browserbench:", err)
		os.Exit(1)
	}
}

func measureAll(s scale) (found *findings, err error) {
	if _, err := browser.Find(); err != nil {
		return &findings{Missing: err.Error()}, nil
	}
	b, err := browser.Launch(browser.Options{})
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, b.Close()) }()
	htmx, missing := fetchHTMX(context.Background())
	return measureIn(b, s, htmx, missing)
}

// measureIn measures in a browser that runs. Without htmx, the row says why.
func measureIn(b *browser.Browser, s scale, htmx []byte, missing error) (*findings, error) {
	server, err := startSite(s, htmx)
	if err != nil {
		return nil, err
	}
	defer server.close()
	found := &findings{}
	if found.Browser, err = version(b); err != nil {
		return nil, err
	}
	if err := visible(found, b, server, s, missing); err != nil {
		return nil, err
	}
	return found, latency(found, b, server, s)
}
