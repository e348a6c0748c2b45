package main

import (
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/infill-go/infill/demo/internal/metrics"
	"github.com/infill-go/infill/demo/internal/sshd"
)

// TestGivenHosts shows hosts of the command line with the real program: one ssh server on two ports, of which only the first has
// a key that is known.
func TestGivenHosts(t *testing.T) {
	needSSH(t)
	server, err := sshd.Start(sshd.Config{
		Hosts:    []string{"known", "unknown"},
		Commands: [][]string{metrics.LoadArgv(), metrics.MemoryArgv(), metrics.DiskArgv(), metrics.ProcessArgv(), metrics.UptimeArgv()},
	})
	if err != nil {
		t.Fatal(err)
	}
	defer server.Close()
	home := t.TempDir()
	files, err := server.WriteClientFiles(home)
	if err != nil {
		t.Fatal(err)
	}
	ports := ports(t, files)
	knownHosts := filepath.Join(home, "known")
	if err := os.WriteFile(knownHosts, []byte("[127.0.0.1]:"+ports[0]+" "+hostKey(t, files)+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	r := launch(t, built(t), []string{"PATH=" + os.Getenv("PATH"), "HOME=" + home, "TMPDIR=" + home},
		"-addr", "127.0.0.1:0", "-identity", files.Identity, "-known-hosts", knownHosts,
		"-host", sshd.User+"@127.0.0.1:"+ports[0], "-host", sshd.User+"@127.0.0.1:"+ports[1])
	if !strings.HasSuffix(r.line, "(hosts: infill@127.0.0.1:"+ports[0]+", infill@127.0.0.1:"+ports[1]+"; over ssh)") {
		t.Errorf("the line is %q", r.line)
	}
	last := reload(t, r.url)
	for _, name := range blockNames {
		if got := last.state("127.0.0.1-" + name); got != "value" && got != "stale" {
			t.Errorf("%s of the known host is %q", name, got)
		}
		if got := last.state("127.0.0.1-" + ports[1] + "-" + name); got != "error" {
			t.Errorf("%s of the unknown host is %q", name, got)
		}
	}
	checkMarkup(t, last)
	http.DefaultClient.CloseIdleConnections()
	if status := r.end(t, os.Interrupt); status != 0 {
		t.Errorf("exit status %d\n%s", status, r.stderr)
	}
}

// ports reads the ports of the server's hosts.
func ports(t *testing.T, files sshd.ClientFiles) []string {
	t.Helper()
	config, err := os.ReadFile(files.Config)
	if err != nil {
		t.Fatal(err)
	}
	var ports []string
	for _, match := range regexp.MustCompile(`(?m)^  Port (\d+)$`).FindAllSubmatch(config, -1) {
		ports = append(ports, string(match[1]))
	}
	if len(ports) != 2 {
		t.Fatalf("the ports are %q", ports)
	}
	return ports
}

// hostKey is that of the first host, as a line of known_hosts has it.
func hostKey(t *testing.T, files sshd.ClientFiles) string {
	t.Helper()
	text, err := os.ReadFile(files.KnownHosts)
	if err != nil {
		t.Fatal(err)
	}
	line, _, _ := strings.Cut(string(text), "\n")
	_, key, _ := strings.Cut(line, " ")
	return key
}
