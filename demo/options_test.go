package main

import (
	"bytes"
	"errors"
	"flag"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func TestParseOptions(t *testing.T) {
	file := filepath.Join(t.TempDir(), "key")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	o, err := parseOptions(nil, io.Discard)
	if err != nil || o.address != "127.0.0.1:8080" || o.slow != 1500*time.Millisecond || len(o.hosts) != 0 {
		t.Errorf("without flags: %+v, %v", o, err)
	}
	o, err = parseOptions([]string{"-addr", "[::1]:0", "-slow", "0s"}, io.Discard)
	if err != nil || o.address != "[::1]:0" || o.slow != 0 {
		t.Errorf("%+v, %v", o, err)
	}
	o, err = parseOptions([]string{"-host", "web1", "-host=root@web2:2222", "-identity", file, "-known-hosts", file}, io.Discard)
	if err != nil || len(o.hosts) != 2 || o.hosts[1].ID != "web2" || o.hosts[1].Address.Port != 2222 || o.identity != file || o.knownHosts != file {
		t.Errorf("%+v, %v", o, err)
	}
}

func TestParseOptionsRefuses(t *testing.T) {
	dir := t.TempDir()
	for _, test := range []struct {
		args string
		want string // what the error says
	}{
		{"-addr 8080", "-addr"},
		{"-addr :99999", "-addr"},
		{"-addr 127.0.0.1:http", "-addr"},
		{"-addr 127.0.0.1:080", "write the port as 80"},
		{"-addr 127.0.0.1:-1", "-addr"},
		{"-slow -1s", "-slow -1s: it must be from 0 to 8s"},
		{"-slow 9s", "-slow 9s: it must be from 0 to 8s"},
		{"-slow soon", "-slow"},
		{"-host -oProxyCommand=x", "-host"},
		{"-host a;b", "-host"},
		{"-host web1:0", "-host"},
		{"-host web1 -host web1", "web1 is given twice"},
		{"-host web1 -slow 1s", "-slow is for the embedded hosts"},
		{"-identity " + dir + "/none -host web1", "no such file"},
		{"-known-hosts " + dir + " -host web1", "not a regular file"},
		{"-identity= -host web1", "-identity"},
		{"-identity " + dir, "-identity is for hosts given with -host"},
		{"-known-hosts " + dir, "-known-hosts is for hosts given with -host"},
		{"web1", "-host web1"},
		{"-unknown", "-unknown"},
	} {
		_, err := parseOptions(strings.Fields(test.args), io.Discard)
		if err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: %v; want an error that says %q", test.args, err, test.want)
		}
	}
	_, err := parseOptions([]string{"-addr", "x", "-slow", "1h"}, io.Discard)
	if err == nil || !strings.Contains(err.Error(), "-addr") || !strings.Contains(err.Error(), "-slow") {
		t.Errorf("not everything that is wrong is told: %v", err)
	}
}

func TestHelp(t *testing.T) {
	var stderr bytes.Buffer
	_, err := parseOptions([]string{"-help"}, &stderr)
	if !errors.Is(err, flag.ErrHelp) {
		t.Errorf("the error is %v", err)
	}
	for _, name := range []string{"-addr", "-host", "-identity", "-known-hosts", "-slow"} {
		if !strings.Contains(stderr.String(), name) {
			t.Errorf("the help does not tell of %s:\n%s", name, stderr.String())
		}
	}
}
