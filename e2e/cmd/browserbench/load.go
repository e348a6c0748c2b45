package main

import (
	"fmt"
	"time"

	"github.com/infill-go/infill/e2e/internal/browser"
)

// watchJS notes when blocks come into the DOM: for each, how long after its completion on the server, and when all have
// been painted. It is served, not inline, as in a page with a content security policy.
var watchJS = fmt.Sprintf(`const known = new Set();
window.seen = {Visible: 0, Delays: []};
new MutationObserver(() => {
	const now = performance.timeOrigin + performance.now();
	for (const block of document.querySelectorAll("b.value")) {
		if (known.has(block)) continue;
		known.add(block);
		seen.Delays.push(now - block.dataset.at / 1000);
		if (known.size === %d) requestAnimationFrame(() => setTimeout(() => seen.Visible = performance.now()));
	}
}).observe(document, {childList: true, subtree: true});
`, blockCount)

// seen is what watchJS has noted, in milliseconds.
type seen struct {
	Visible float64   // since the begin of the navigation
	Delays  []float64 // of each block
}

// load opens the address in a new tab, and returns what was seen when all blocks are visible.
func load(b *browser.Browser, url string, deadline time.Duration) (*seen, error) {
	p, err := b.Open(browser.View{})
	if err != nil {
		return nil, err
	}
	defer p.Close()
	// Not Goto: a page that waits for its blocks does not answer in its time.
	if _, err := browser.Eval[string](p, fmt.Sprintf("location.href = %q", url)); err != nil {
		return nil, err
	}
	if err := p.WaitFor("window.seen?.Visible > 0", deadline); err != nil {
		return nil, err
	}
	isolated, err := browser.Eval[bool](p, "crossOriginIsolated")
	if err != nil {
		return nil, err
	}
	if !isolated {
		return nil, fmt.Errorf("the page is not cross-origin isolated: the browser's clock is too coarse")
	}
	noted, err := browser.Eval[seen](p, "seen")
	if err == nil && len(noted.Delays) != blockCount {
		err = fmt.Errorf("%d blocks came, not %d", len(noted.Delays), blockCount)
	}
	return &noted, err
}

func version(b *browser.Browser) (string, error) {
	p, err := b.Open(browser.View{})
	if err != nil {
		return "", err
	}
	defer p.Close()
	return browser.Eval[string](p, `navigator.userAgent.match(/Chrome\/[\d]+/)[0].replace("Chrome/", "Chromium ")`)
}
