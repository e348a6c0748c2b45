// Command pictures starts the real dashboard and takes the pictures that the README shows.
//
//	go run -C e2e ./cmd/pictures [-out ../docs/img]
package main

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/infill-go/infill/e2e/internal/browser"
	"github.com/infill-go/infill/e2e/internal/dashboard"
	"github.com/infill-go/infill/e2e/internal/picture"
)

const (
	waitTimeout = 150 * time.Second
	endTimeout  = 20 * time.Second
	patience    = 2500 * time.Millisecond // with one page, before it is opened again
)

// maxBytes is what a picture may weigh: the README loads all of them.
const maxBytes = 200 << 10

// painted is a JavaScript condition: something of the page can be seen.
const painted = `performance.getEntriesByType("paint").length > 0`

// grown is a JavaScript condition: all is there, and the plots of the load have been drawn for a while.
var grown = dashboard.Fresh + ` && [...document.querySelectorAll("path.plot-line")].every(p => p.getTotalLength() > 100)`

// instants are when the first visitor's page is photographed while it fills, counted from the begin of the response.
var instants = []time.Duration{0, 500 * time.Millisecond, time.Second, 2 * time.Second}

type subject struct {
	file      string
	condition string
	view      browser.View
}

// subjects are photographed when the page has been filled.
var subjects = []subject{
	{"dashboard-filled.png", grown, browser.View{}},
	{"dashboard-dark.png", grown, browser.View{Dark: true}},
	{"dashboard-phone.png", grown, browser.View{Width: 390, Height: 844}},
}

func main() {
	out := flag.String("out", filepath.Join("..", "docs", "img"), "folder to write to")
	flag.Parse()
	if err := takeAll(*out); err != nil {
		fmt.Fprintln(os.Stderr, "pictures:", err)
		os.Exit(1)
	}
}

func takeAll(out string) (err error) {
	scratch, err := os.MkdirTemp("", "infill-pictures-")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(scratch)) }()
	b, err := browser.Launch(browser.Options{})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, b.Close()) }()
	path, err := dashboard.Build(scratch)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(out, 0o755); err != nil {
		return err
	}
	return session(b, path, out)
}

// session runs the dashboard and takes all pictures of it.
func session(b *browser.Browser, path, out string) (err error) {
	program, err := dashboard.Start(path)
	if err != nil {
		return err
	}
	defer func() {
		// Asked first: killed, it would leave its keys behind.
		_, end := program.Interrupt(endTimeout)
		err = errors.Join(err, end, program.Kill())
	}()
	if err := takeFilling(b, program.URL, out); err != nil {
		return err
	}
	for _, one := range subjects {
		shot, err := take(b, program.URL, one.view, one.condition)
		if err != nil {
			return fmt.Errorf("%s: %w", one.file, err)
		}
		if err := save(out, one.file, shot); err != nil {
			return err
		}
	}
	return nil
}

// takeFilling photographs the first visitor's page at some instants of its one response.
func takeFilling(b *browser.Browser, url, out string) error {
	p, err := b.Open(browser.View{NoScripts: true})
	if err != nil {
		return err
	}
	defer p.Close()
	// A browser that has just been started takes its time for the first page, whichever it is.
	if err := errors.Join(p.Goto(url+"static/style.css"), p.WaitFor(painted, patience), p.Goto(url)); err != nil {
		return err
	}
	began := time.Now()
	if err := p.WaitFor(painted, patience); err != nil {
		return err
	}
	for _, instant := range instants {
		<-time.After(time.Until(began.Add(instant)))
		shot, err := p.Screenshot()
		if err != nil {
			return err
		}
		if err := save(out, fmt.Sprintf("dashboard-%.1fs.png", instant.Seconds()), shot); err != nil {
			return err
		}
	}
	return nil
}

func save(out, file string, shot []byte) error {
	small, err := picture.Compress(shot)
	if err == nil && len(small) > maxBytes {
		err = fmt.Errorf("%d bytes are more than %d", len(small), maxBytes)
	}
	if err != nil {
		return fmt.Errorf("%s: %w", file, err)
	}
	fmt.Printf("%s: %d KiB\n", file, len(small)>>10)
	return os.WriteFile(filepath.Join(out, file), small, 0o644)
}

// take photographs the page when the condition holds, without scripts: what the pictures show needs none.
func take(b *browser.Browser, url string, view browser.View, condition string) ([]byte, error) {
	view.NoScripts = true
	p, err := b.Open(view)
	if err != nil {
		return nil, err
	}
	defer p.Close()
	return shoot(p, url, condition)
}

// shoot opens the page and photographs it when the condition holds. A filled page does not load itself anew, so it is opened
// again when some blocks have grown old; and again when it loaded between the condition and the picture.
func shoot(p *browser.Page, url, condition string) ([]byte, error) {
	unmet := errors.New("the page loaded anew between the condition and the picture")
	for deadline := time.Now().Add(waitTimeout); time.Now().Before(deadline); {
		if err := p.Goto(url); err != nil {
			return nil, err
		}
		if err := p.WaitFor(condition, patience); err != nil {
			unmet = err
			continue
		}
		shot, err := p.Screenshot()
		if err != nil {
			return nil, err
		}
		if still, err := browser.Eval[bool](p, condition); still && err == nil {
			return shot, nil
		}
	}
	return nil, unmet
}
