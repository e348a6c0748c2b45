package main

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"
	"github.com/infill-go/infill/async/sshexec"
	"github.com/infill-go/infill/demo/internal/metrics"
)

var blockNames = []string{"uptime", "load", "memory", "disk", "ps"}

// steady is a pace at which nothing gets stale during a test.
var steady = pace{load: time.Hour, memory: time.Hour, disk: time.Hour, ps: time.Hour, uptime: time.Hour}

// demo is a dashboard with its embedded ssh server.
type demo struct {
	*service
	tmp  string
	open func() // lets the hosts answer
}

// startDemo starts one whose hosts do not answer before open is called. change may alter what it shows.
func startDemo(t *testing.T, p pace, change func(*commander)) demo {
	t.Helper()
	needSSH(t)
	tmp := t.TempDir()
	t.Setenv("TMPDIR", tmp)
	gate := make(chan struct{})
	logger := slog.New(slog.NewTextHandler(t.Output(), nil))
	c, err := embedded(func(ctx context.Context, _ string, _ []string) {
		select {
		case <-gate:
		case <-ctx.Done():
		}
	}, logger)
	if err != nil {
		t.Fatal(err)
	}
	if change != nil {
		change(c)
	}
	s, err := start("127.0.0.1:0", c, p, logger)
	if err != nil {
		t.Fatal(err, c.close())
	}
	t.Cleanup(func() {
		http.DefaultClient.CloseIdleConnections()
		if err := s.stop(); err != nil {
			t.Error(err)
		}
		nothingLeft(t, tmp)
	})
	return demo{service: s, tmp: tmp, open: func() { close(gate) }}
}

func needSSH(t *testing.T) {
	t.Helper()
	if _, err := exec.LookPath("ssh"); err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatal("the program ssh is missing: install openssh-client")
		}
		t.Skip("the program ssh is missing: install openssh-client")
	}
}

// answer is a response that was read to its end.
type answer struct {
	*http.Response
	page *goquery.Document
	text string
}

func (a answer) state(id string) string {
	return a.page.Find(fmt.Sprintf("section.block[id=%q]", id)).AttrOr("data-state", "missing")
}

// states counts the blocks by their state.
func (a answer) states() map[string]int {
	states := make(map[string]int)
	a.page.Find("section.block").Each(func(_ int, block *goquery.Selection) {
		states[block.AttrOr("data-state", "none")]++
	})
	return states
}

func request(t *testing.T, method, url string) answer {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	response, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	page, err := goquery.NewDocumentFromReader(strings.NewReader(string(body)))
	if err != nil {
		t.Fatal(err)
	}
	return answer{response, page, string(body)}
}

// reload loads the page as a browser does that has to come again, until it is not asked to.
func reload(t *testing.T, url string) answer {
	t.Helper()
	var last answer
	await(t, "a page without Refresh", func() bool {
		last = request(t, "GET", url+"?mode=reload")
		switch refresh := last.Header.Get("Refresh"); refresh {
		case "":
			return true
		case "2":
			return false
		default:
			t.Fatalf("Refresh is %q", refresh)
			return true
		}
	})
	return last
}

func TestFillsIn(t *testing.T) {
	d := startDemo(t, steady, nil)
	first := request(t, "GET", d.url()+"?mode=reload")
	if first.StatusCode != 200 || first.Header.Get("Refresh") != "2" {
		t.Errorf("status %d, Refresh %q", first.StatusCode, first.Header.Get("Refresh"))
	}
	for _, host := range played {
		for _, name := range blockNames {
			id := host + "-" + name
			if got := first.state(id); got != "default" {
				t.Errorf("%s is %q at first", id, got)
			}
			if first.page.Find("#"+id).AttrOr("aria-busy", "") != "true" {
				t.Errorf("%s is not said to be busy", id)
			}
		}
	}
	checkMarkup(t, first)
	d.open()
	last := reload(t, d.url())
	if got := last.states(); got["value"] != len(played)*len(blockNames) || len(got) != 1 {
		t.Errorf("at the end the blocks are %v", got)
	}
	checkMarkup(t, last)
	for _, host := range played {
		checkValues(t, last, host)
	}
}

// checkValues compares what a card shows with this machine, which all hosts are.
func checkValues(t *testing.T, a answer, host string) {
	t.Helper()
	block := func(name string) *goquery.Selection { return a.page.Find("#" + host + "-" + name) }
	kernel, err := os.ReadFile("/proc/sys/kernel/osrelease")
	if err != nil {
		t.Fatal(err)
	}
	if got := block("uptime").Find(".kernel").Text(); got != "Linux "+strings.TrimSpace(string(kernel)) {
		t.Errorf("%s: kernel %q", host, got)
	}
	meminfo, err := os.ReadFile("/proc/meminfo")
	if err != nil {
		t.Fatal(err)
	}
	memory, err := metrics.ParseMemory(string(meminfo))
	if err != nil {
		t.Fatal(err)
	}
	if got := block("memory").Text(); !strings.Contains(got, " of "+memory.Total.String()) {
		t.Errorf("%s: memory %q, want a total of %v", host, got, memory.Total)
	}
	if got := block("disk").Find(".mount").First().Text(); got != "/" {
		t.Errorf("%s: the first disk is %q", host, got)
	}
	if n := block("ps").Find("tbody tr").Length(); n != shownProcs {
		t.Errorf("%s: %d processes", host, n)
	}
	if path := block("load").Find("svg .plot-now").AttrOr("d", ""); !strings.HasPrefix(path, "M300 ") {
		t.Errorf("%s: the newest load is at %q", host, path)
	}
	for _, name := range blockNames {
		if took := block(name).Find(".took").Text(); !strings.HasPrefix(took, "took ") || !strings.HasSuffix(took, "s") {
			t.Errorf("%s-%s took %q", host, name, took)
		}
	}
}

// checkMarkup holds what is so in every state of the page.
func checkMarkup(t *testing.T, a answer) {
	t.Helper()
	for name, want := range map[string]string{
		"Content-Type":            "text/html; charset=utf-8",
		"Cache-Control":           "no-store",
		"X-Content-Type-Options":  "nosniff",
		"Referrer-Policy":         "no-referrer",
		"Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
	} {
		if got := a.Header.Get(name); got != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
	ids := make(map[string]bool)
	a.page.Find("*").Each(func(_ int, element *goquery.Selection) {
		for _, attribute := range element.Nodes[0].Attr {
			if attribute.Key == "style" || strings.HasPrefix(attribute.Key, "on") {
				t.Errorf("<%s> has the attribute %s, which the policy forbids", element.Nodes[0].Data, attribute.Key)
			}
		}
		if id, ok := element.Attr("id"); ok {
			if id == "" || ids[id] || strings.ContainsAny(id, " \t\n") {
				t.Errorf("the id %q is not one", id)
			}
			ids[id] = true
		}
	})
	if n := a.page.Find("style, iframe").Length(); n != 0 {
		t.Errorf("%d style sheets or frames in the page", n)
	}
	a.page.Find("script").Each(func(_ int, script *goquery.Selection) {
		if src := script.AttrOr("src", ""); !strings.HasPrefix(src, "/_async/fill-") || script.Text() != "" {
			t.Errorf("a script that is not the one: %q, %q", src, script.Text())
		}
	})
	for selector, want := range map[string]int{"html[lang]": 1, "title": 1, "h1": 1, "main": 1, "body > header": 1, "body > footer": 1, "meta[name=viewport]": 1} {
		if n := a.page.Find(selector).Length(); n != want {
			t.Errorf("%d of %s, want %d", n, selector, want)
		}
	}
	a.page.Find("article").Each(func(_ int, card *goquery.Selection) {
		if by := card.AttrOr("aria-labelledby", ""); !ids[by] {
			t.Errorf("a card is labelled by %q, which is not there", by)
		}
		if n := card.Find("h2").Length(); n != 1 {
			t.Errorf("%d headings of a card", n)
		}
	})
	a.page.Find("section.block").Each(func(_ int, block *goquery.Selection) {
		if n := block.Find("h3").Length(); n != 1 {
			t.Errorf("%d headings in %s", n, block.AttrOr("id", ""))
		}
	})
	a.page.Find("meter, svg").Each(func(_ int, picture *goquery.Selection) {
		if picture.AttrOr("aria-label", "") == "" {
			html, _ := goquery.OuterHtml(picture)
			t.Errorf("nobody is told what this is: %s", html)
		}
	})
	if strings.Contains(a.text, "ZgotmplZ") || strings.Contains(a.text, "&lt;no value") {
		t.Error("a template has written something that html/template does not trust, or nothing at all")
	}
}

// TestDeadHosts has one host that takes connections and never says anything, and one whose port is closed.
func TestDeadHosts(t *testing.T) {
	silent, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer silent.Close()
	closed, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	closed.Close()
	d := startDemo(t, steady, func(c *commander) {
		for id, listener := range map[string]net.Listener{"silent": silent, "closed": closed} {
			port := listener.Addr().(*net.TCPAddr).Port
			c.hosts = append(c.hosts, Host{ID: id, Label: id, Address: sshexec.Host{Name: "127.0.0.1", Port: port}})
		}
	})
	d.open()
	last := reload(t, d.url())
	for _, host := range d.commander.hosts {
		want := "value"
		if host.ID == "silent" || host.ID == "closed" {
			want = "error"
		}
		for _, name := range blockNames {
			if got := last.state(host.ID + "-" + name); got != want {
				t.Errorf("%s-%s is %q, want %q", host.ID, name, got, want)
			}
		}
	}
	for host, want := range map[string]string{"silent": "No answer in time", "closed": "The command failed"} {
		block := last.page.Find("#" + host + "-memory")
		if got := strings.TrimSpace(block.Find("strong").Text()); got != want {
			t.Errorf("%s says %q, want %q", host, got, want)
		}
	}
	checkMarkup(t, last)
	if strings.Contains(last.text, "Connection refused") || strings.Contains(last.text, "sshexec") {
		t.Error("the page shows the text of an error, which belongs into the log")
	}
}

func TestStale(t *testing.T) {
	instant := pace{load: time.Millisecond, memory: time.Millisecond, disk: time.Millisecond, ps: time.Millisecond, uptime: time.Millisecond}
	d := startDemo(t, instant, nil)
	d.open()
	last := reload(t, d.url())
	await(t, "all blocks to be old", func() bool {
		last = request(t, "GET", d.url())
		return last.states()["stale"] == len(played)*len(blockNames)
	})
	if refresh := last.Header.Get("Refresh"); refresh != "" {
		t.Errorf("a page of old values asks to be loaded again: %q", refresh)
	}
	checkMarkup(t, last)
	age := last.page.Find("#beta-ps .took time")
	if _, err := time.Parse(time.RFC3339, age.AttrOr("datetime", "")); err != nil || len(age.Text()) != len("15:04:05") {
		t.Errorf("the age is %q, %v", age.Text(), err)
	}
	if n := last.page.Find("#beta-ps tbody tr").Length(); n != shownProcs {
		t.Errorf("%d old processes", n)
	}
}

func TestHistoryGrows(t *testing.T) {
	fast := steady
	fast.load = 50 * time.Millisecond
	d := startDemo(t, fast, nil)
	d.open()
	request(t, "GET", d.url())
	// Nobody looks at the page meanwhile.
	await(t, "three samples of each host", func() bool {
		for _, history := range d.dashboard.fragments.histories {
			if len(history.Samples()) < 3 {
				return false
			}
		}
		return true
	})
	path := request(t, "GET", d.url()).page.Find("#gamma-load .plot-line").AttrOr("d", "")
	if strings.Count(path, "L") < 1 {
		t.Errorf("the line is %q", path)
	}
}

func TestRequests(t *testing.T) {
	d := startDemo(t, steady, nil)
	get, head := request(t, "GET", d.url()+"?mode=reload"), request(t, "HEAD", d.url())
	if head.StatusCode != 200 || head.text != "" || head.Header.Get("Refresh") != "2" || head.Header.Get("Content-Type") != get.Header.Get("Content-Type") {
		t.Errorf("HEAD: %d, %v, %q", head.StatusCode, head.Header, head.text)
	}
	style := get.page.Find("link[rel=stylesheet]").AttrOr("href", "")
	icon := get.page.Find("link[rel=icon]").AttrOr("href", "")
	for _, test := range []struct {
		method, path string
		status       int
		contentType  string
		cacheControl string
	}{
		{"GET", "/?mode=reload", 200, "text/html; charset=utf-8", "no-store"},
		{"GET", "/?mode=other", 400, "text/plain; charset=utf-8", "no-store"},
		{"GET", "/?mode=%zz", 400, "text/plain; charset=utf-8", "no-store"},
		{"GET", "/?mode=reload;x", 400, "text/plain; charset=utf-8", "no-store"},
		{"GET", "/other", 404, "text/plain; charset=utf-8", "no-store"},
		{"GET", "/static/", 404, "text/plain; charset=utf-8", "no-store"},
		{"GET", "/templates/dashboard.html", 404, "text/plain; charset=utf-8", "no-store"},
		{"POST", "/", 405, "text/plain; charset=utf-8", "no-store"},
		{"DELETE", "/", 405, "text/plain; charset=utf-8", "no-store"},
		{"POST", "/other", 404, "text/plain; charset=utf-8", "no-store"},
		{"PUT", style, 405, "text/plain; charset=utf-8", "no-store"},
		{"GET", style, 200, "text/css; charset=utf-8", "public, max-age=31536000, immutable"},
		{"HEAD", style, 200, "text/css; charset=utf-8", "public, max-age=31536000, immutable"},
		{"GET", "/static/style.css", 200, "text/css; charset=utf-8", "no-store"},
		{"GET", "/static/style.css?v=old", 200, "text/css; charset=utf-8", "no-store"},
		{"GET", icon, 200, "image/svg+xml", "public, max-age=31536000, immutable"},
	} {
		a := request(t, test.method, strings.TrimSuffix(d.url(), "/")+test.path)
		if a.StatusCode != test.status || a.Header.Get("Content-Type") != test.contentType || a.Header.Get("Cache-Control") != test.cacheControl {
			t.Errorf("%s %s: %d, %q, %q; want %d, %q, %q", test.method, test.path, a.StatusCode,
				a.Header.Get("Content-Type"), a.Header.Get("Cache-Control"), test.status, test.contentType, test.cacheControl)
		}
		if a.Header.Get("Content-Security-Policy") == "" || a.Header.Get("X-Content-Type-Options") != "nosniff" {
			t.Errorf("%s %s: headers are missing: %v", test.method, test.path, a.Header)
		}
		if test.status == 405 && a.Header.Get("Allow") != "GET, HEAD" {
			t.Errorf("%s %s: Allow is %q", test.method, test.path, a.Header.Get("Allow"))
		}
	}
}

// TestHostileOutput has a host that prints markup, which no host is kept from.
func TestHostileOutput(t *testing.T) {
	const evil = `<script>alert(1)</script>"'&`
	d := startDemo(t, steady, func(c *commander) {
		c.run = func(_ context.Context, _ Host, argv ...string) (sshexec.Output, error) {
			outputs := map[string]string{
				"ps": "PID\n 1 " + `<b>"'` + " 1.0 1024 5 " + evil + "\n",
				"df": "Filesystem\n/dev/x 4096 2048 2048 50% /" + evil + "\n",
			}
			out := outputs[argv[0]]
			if argv[0] == "cat" && argv[1] == "/proc/uptime" {
				out = "1 1\n" + evil
			}
			return sshexec.Output{Stdout: []byte(out)}, nil
		}
	})
	last := reload(t, d.url())
	checkMarkup(t, last)
	for selector, want := range map[string]string{
		"#alpha-ps tbody th":    evil,
		"#alpha-ps tbody td":    `<b>"'`,
		"#alpha-disk .mount":    "/" + evil,
		"#alpha-uptime .kernel": "Linux " + evil,
	} {
		if got := last.page.Find(selector).First().Text(); got != want {
			t.Errorf("%s is %q, want %q", selector, got, want)
		}
	}
	if label := last.page.Find("#alpha-disk meter").AttrOr("aria-label", ""); label != "/"+evil+" in use" {
		t.Errorf("the label of the disk is %q", label)
	}
	// The other two commands have printed nothing, which is no measurement.
	if got := last.state("alpha-memory") + last.state("alpha-load"); got != "errorerror" {
		t.Errorf("memory and load are %q", got)
	}
}

// TestPartialOutput has a df that could not look at one of its file systems.
func TestPartialOutput(t *testing.T) {
	script := `echo Filesystem; echo /dev/x 4096 2048 2048 50% /; echo "df: /run/user/1000/doc: Operation not permitted" >&2; exit `
	d := startDemo(t, steady, func(c *commander) {
		c.run = func(ctx context.Context, host Host, argv ...string) (sshexec.Output, error) {
			status := map[string]string{"alpha": "1", "beta": "2", "gamma": "0"}[host.ID]
			return sshexec.Local{}.Run(ctx, "sh", "-c", script+status)
		}
	})
	last := reload(t, d.url())
	for host, want := range map[string]string{"alpha": "value", "beta": "error", "gamma": "value"} {
		if got := last.state(host + "-disk"); got != want {
			t.Errorf("the disks of %s are %q, want %q", host, got, want)
		}
	}
}

func TestUnknownHostIsNotAsked(t *testing.T) {
	d := startDemo(t, steady, nil)
	_, err := d.dashboard.fragments.load.Wait(t.Context(), "mallory")
	if err == nil || !strings.Contains(err.Error(), `no host "mallory"`) {
		t.Errorf("the error is %v", err)
	}
}

// TestOnlyLocalNames: a name that somebody makes point to this machine does not get the page.
func TestOnlyLocalNames(t *testing.T) {
	d := startDemo(t, steady, nil)
	for host, want := range map[string]int{
		"127.0.0.1": 200, "127.0.0.1:80": 200, "[::1]:8080": 200, "[::1]": 200, "localhost": 200, "LOCALHOST:1": 200,
		"evil.example": 421, "evil.example:80": 421, "127.0.0.1.evil.example": 421, "localhost.evil.example:8080": 421,
	} {
		r, err := http.NewRequestWithContext(t.Context(), "GET", d.url(), nil)
		if err != nil {
			t.Fatal(err)
		}
		r.Host = host
		response, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		response.Body.Close()
		if response.StatusCode != want || response.Header.Get("Content-Security-Policy") == "" {
			t.Errorf("Host %s: status %d, want %d, with the usual headers", host, response.StatusCode, want)
		}
	}
}

// TestStopWithSilentClients: connections on which nothing, or half a request, was said are no failure. startDemo fails
// the test if stop does.
func TestStopWithSilentClients(t *testing.T) {
	d := startDemo(t, steady, nil)
	for _, said := range []string{"", "GET / HT", "POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\nabc"} {
		conn, err := net.Dial("tcp", d.listener.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { conn.Close() })
		if _, err := io.WriteString(conn, said); err != nil {
			t.Fatal(err)
		}
	}
	request(t, "GET", d.url()) // the server has accepted the others before
}
