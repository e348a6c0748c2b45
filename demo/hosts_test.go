package main

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/infill-go/infill/async/sshexec"
	"github.com/infill-go/infill/demo/internal/metrics"
)

func TestIdentify(t *testing.T) {
	for _, test := range []struct{ given, want string }{
		{"web1", "web1"},
		{"web1 web2", "web1 web2"},
		{"web1:2222", "web1"},
		{"web1 web1:2222", "web1 web1-2222"},
		{"web1:2222 web1", "web1-2222 web1"},
		{"web1:2222 web1:2223", "web1 web1-2223"},
		{"root@web1 www@web1", "web1 web1-www"},
		{"root@web1 web1", "web1-root web1"},
		{"a@web1:22 b@web1:22 c@web1:22", "web1 web1-22 web1-22-c"},
		{"web1 web1:22 web1-22", "web1 web1-22-2 web1-22"},
		{"web1 web1:22 root@web1:22 web1-22 web1-22-root", "web1 web1-22-2 web1-22-root-2 web1-22 web1-22-root"},
		{"web1.example.com [::1]:22", "web1.example.com ::1"},
		{"Web1 web1", "Web1 web1"},
	} {
		hosts, err := identify(parse(t, test.given))
		if err != nil {
			t.Errorf("%s: %v", test.given, err)
			continue
		}
		var ids []string
		unique := make(map[string]bool)
		for i, host := range hosts {
			ids = append(ids, host.ID)
			unique[host.ID] = true
			if host.Label != strings.Fields(test.given)[i] {
				t.Errorf("%s: host %d is labelled %q", test.given, i, host.Label)
			}
		}
		if got := strings.Join(ids, " "); got != test.want || len(unique) != len(hosts) {
			t.Errorf("%s: ids %q, want %q", test.given, got, test.want)
		}
	}
	if _, err := identify(parse(t, "web1 root@web1 web1")); err == nil || !strings.Contains(err.Error(), "web1 is given twice") {
		t.Errorf("a host twice: %v", err)
	}
}

func parse(t *testing.T, hosts string) []sshexec.Host {
	t.Helper()
	var addresses []sshexec.Host
	for _, text := range strings.Fields(hosts) {
		address, err := sshexec.ParseHost(text)
		if err != nil {
			t.Fatal(err)
		}
		addresses = append(addresses, address)
	}
	return addresses
}

func TestSlowness(t *testing.T) {
	seen := make(map[time.Duration]string)
	for _, host := range played {
		for _, argv := range [][]string{metrics.LoadArgv(), metrics.MemoryArgv(), metrics.DiskArgv(), metrics.ProcessArgv(), metrics.UptimeArgv()} {
			d := slowness(host, argv, time.Second)
			if d < 100*time.Millisecond || d > time.Second {
				t.Errorf("%s %q: %v is not between a tenth and the whole of a second", host, argv, d)
			}
			if other, ok := seen[d]; ok {
				t.Errorf("%s %q is as slow as %s: %v", host, argv, other, d)
			}
			seen[d] = fmt.Sprintf("%s %q", host, argv)
			if again := slowness(host, argv, time.Second); again != d {
				t.Errorf("%s %q: %v, then %v", host, argv, d, again)
			}
			if none := slowness(host, argv, 0); none != 0 {
				t.Errorf("-slow 0 is %v", none)
			}
		}
	}
}
