//go:build unix

package sshexec_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/infill-go/infill/async/sshexec"
)

func TestParseHostAccepts(t *testing.T) {
	name253 := strings.Repeat("a", 253)
	for _, c := range []struct {
		in   string
		want sshexec.Host
		text string // empty: as in
	}{
		{in: "h", want: sshexec.Host{Name: "h"}},
		{in: "web1", want: sshexec.Host{Name: "web1"}},
		{in: "web1.example.com", want: sshexec.Host{Name: "web1.example.com"}},
		{in: "WEB1.Example.COM", want: sshexec.Host{Name: "WEB1.Example.COM"}},
		{in: "example.com.", want: sshexec.Host{Name: "example.com."}},
		{in: "h:22", want: sshexec.Host{Name: "h", Port: 22}},
		{in: "h:1", want: sshexec.Host{Name: "h", Port: 1}},
		{in: "h:65535", want: sshexec.Host{Name: "h", Port: 65535}},
		{in: "root@h", want: sshexec.Host{User: "root", Name: "h"}, text: "h"},
		{in: "deploy@web1:2222", want: sshexec.Host{User: "deploy", Name: "web1", Port: 2222}, text: "web1:2222"},
		{in: "_svc.a-b@h", want: sshexec.Host{User: "_svc.a-b", Name: "h"}, text: "h"},
		{in: "1user@h", want: sshexec.Host{User: "1user", Name: "h"}, text: "h"},
		{in: strings.Repeat("u", 64) + "@h", want: sshexec.Host{User: strings.Repeat("u", 64), Name: "h"}, text: "h"},
		{in: "_dmz", want: sshexec.Host{Name: "_dmz"}},
		{in: "db_1", want: sshexec.Host{Name: "db_1"}},
		{in: "a-b--c", want: sshexec.Host{Name: "a-b--c"}},
		{in: "127.0.0.1", want: sshexec.Host{Name: "127.0.0.1"}},
		{in: "0x7f.1", want: sshexec.Host{Name: "0x7f.1"}},
		{in: "[::1]", want: sshexec.Host{Name: "::1"}},
		{in: "[::1]:22", want: sshexec.Host{Name: "::1", Port: 22}},
		{in: "u@[2001:db8::2]:2222", want: sshexec.Host{User: "u", Name: "2001:db8::2", Port: 2222}, text: "[2001:db8::2]:2222"},
		{in: "[::ffff:192.0.2.1]", want: sshexec.Host{Name: "::ffff:192.0.2.1"}},
		{in: name253, want: sshexec.Host{Name: name253}},
		{in: "xn--bcher-kva.example", want: sshexec.Host{Name: "xn--bcher-kva.example"}},
	} {
		got, err := sshexec.ParseHost(c.in)
		if err != nil || got != c.want {
			t.Errorf("ParseHost(%q) = %+v, %v; want %+v", c.in, got, err, c.want)
		}
		if c.text == "" {
			c.text = c.in
		}
		if got.String() != c.text {
			t.Errorf("ParseHost(%q).String() = %q, want %q", c.in, got.String(), c.text)
		}
	}
}

// badHosts are the inputs that ssh, a shell or a reader could take for something else, each with
// a word of its error.
var badHosts = []struct{ in, fault string }{
	{"", "empty"},
	{"-oProxyCommand=x", "begins with '-'"},
	{"-", "begins with '-'"},
	{"--", "begins with '-'"},
	{"-h", "begins with '-'"},
	{"-p22", "begins with '-'"},
	{"[-oX]", "no IPv6"},
	{"[-oProxyCommand=a:b]", "begins with '-'"},
	{"a b", "' ' at byte 1"},
	{" a", "' ' at byte 0"},
	{"a ", "' ' at byte 1"},
	{"a\tb", `'\t'`},
	{"a\x00b", `'\x00'`},
	{"a\nb", `'\n'`},
	{"a\n", `'\n'`},
	{"a\r", `'\r'`},
	{"a\x1b[2J", `'\x1b'`},
	{"a\x7f", `'\x7f'`},
	{"a;id", "';'"},
	{"`id`", "'`'"},
	{"$(id)", "'$'"},
	{"${IFS}", "'$'"},
	{"a|b", "'|'"},
	{"a&b", "'&'"},
	{"a>b", "'>'"},
	{"a<b", "'<'"},
	{"a*", "'*'"},
	{"a?", "'?'"},
	{"a'b", `'\''`},
	{`a"b`, `'"'`},
	{`a\b`, `'\\'`},
	{"a(b)", "'('"},
	{"a{b}", "'{'"},
	{"a!b", "'!'"},
	{"a,b", "','"},
	{"a=b", "'='"},
	{"~root", "'~'"},
	{"a%h", "'%'"},
	{"%r@h", "'%'"},
	{"user@-x", "begins with '-'"},
	{"-l@h", "the user begins with '-'"},
	{".u@h", "the user begins with '.'"},
	{"@h", "user before @ is empty"},
	{"u@", "the name is empty"},
	{"u@v@h", "'@'"},
	{"u v@h", "the user has ' '"},
	{"u;id@h", "the user has ';'"},
	{"user:pw@h", "the user has ':'"},
	{strings.Repeat("u", 65) + "@h", "longer than 64"},
	{"::1", "colon"},
	{"::1%eth0", "colon"},
	{"[::1%eth0]", "zone"},
	{"[fe80::1%25eth0]:22", "zone"},
	{"[::1", "not closed"},
	{"[]", "no IPv6"},
	{"[h]", "no IPv6"},
	{"[127.0.0.1]", "no IPv6"},
	{"[::1]22", "only :port"},
	{"[::1]]", "only :port"},
	{"[::g]", "no IPv6"},
	{"h:", "the port"},
	{"h:0", "the port"},
	{"h:65536", "the port"},
	{"h:99999999999999999999", "the port"},
	{"h:-1", "the port"},
	{"h:+22", "the port"},
	{"h:022", "the port"},
	{"h:22x", "the port"},
	{"h: 22", "the port"},
	{"h:22:23", "more than one colon"},
	{":22", "the name is empty"},
	{strings.Repeat("a", 254), "longer than 253"},
	{strings.Repeat("a", 300), "longer than 253"},
	{"ехample.com", `'\u0435'`},       // Cyrillic е
	{"example\u2024com", `'\u2024'`},  // one dot leader
	{"ｅxample.com", `'\uff45'`},       // fullwidth
	{"exa\u202emple.com", `'\u202e'`}, // right-to-left override
	{"exa\u200bmple.com", `'\u200b'`}, // zero width space
	{"\u200fexample.com", `'\u200f'`}, // right-to-left mark
	{"bücher.example", `'\u00fc'`},    // belongs in punycode
	{"a\xffb", `'\ufffd'`},            // invalid UTF-8
	{"..", "empty label"},
	{".", "begins with '.'"},
	{".h", "begins with '.'"},
	{"a..b", "empty label"},
	{"h..", "empty label"},
	{"../h", "empty label"},
	{"/etc/x", "'/'"},
	{"a/b", "'/'"},
	{"ssh://h", "URL"},
	{"ssh://u@h:22/", "URL"},
	{"h#", "'#'"},
}

func TestBadHostsAreRefusedBeforeAnythingRuns(t *testing.T) {
	fake, ran := recorder(t)
	ssh := sshexec.SSH{Program: fake}
	for _, c := range badHosts {
		got, err := sshexec.ParseHost(c.in)
		if err == nil || got != (sshexec.Host{}) {
			t.Errorf("ParseHost(%q) = %+v, %v; want the zero Host and an error", c.in, got, err)
			continue
		}
		mustContain(t, err.Error(), c.fault, "want [user@]name[:port]")
		if len(err.Error()) > 500 || strings.ContainsAny(err.Error(), "\x00\n\x1b\u202e") {
			t.Errorf("the error of %q is long or not harmless: %q", c.in, err)
		}
		for _, h := range handmade(c.in) {
			if _, err := ssh.Run(context.Background(), h, "ps"); err == nil {
				t.Errorf("Run on %+v was not refused", h)
			}
		}
	}
	if ran() {
		t.Fatal("ssh was executed for a bad host")
	}
	// The same fake does run for a good one: the proof above can fail.
	if _, err := ssh.Run(context.Background(), sshexec.Host{Name: "h"}, "ps"); err != nil || !ran() {
		t.Fatalf("ssh was not executed for a good host: %v", err)
	}
}

// handmade are Hosts that did not go through ParseHost and hold the bad input.
func handmade(in string) []sshexec.Host {
	hosts := []sshexec.Host{{Name: in, Port: -1}, {Name: in, Port: 65536}}
	if _, err := sshexec.ParseHost("[" + in + "]"); err != nil { // a bare IPv6 address is a good Name
		hosts = append(hosts, sshexec.Host{Name: in})
	}
	if in != "" && !strings.Contains(in, "@") {
		hosts = append(hosts, sshexec.Host{Name: "h", User: in + ";"}, sshexec.Host{Name: "h", User: "-" + in})
	}
	return hosts
}

func TestHostErrorNamesTheInput(t *testing.T) {
	_, err := sshexec.SSH{}.Run(context.Background(), sshexec.Host{User: "u", Name: "a b", Port: 7}, "ps")
	if want := `sshexec: host "u@a b:7": the name has ' ' at byte 1; want [user@]name`; err == nil || !strings.HasPrefix(err.Error(), want) {
		t.Errorf("got %v, want %s…", err, want)
	}
	_, err = sshexec.ParseHost(strings.Repeat("a", 300))
	mustContain(t, fmt.Sprint(err), "(300 bytes)")
}

func FuzzParseHost(f *testing.F) {
	for _, c := range badHosts {
		f.Add(c.in)
	}
	f.Add("u@[::1]:22")
	f.Fuzz(func(t *testing.T, in string) {
		h, err := sshexec.ParseHost(in)
		if err != nil {
			return
		}
		if strings.HasPrefix(h.Name, "-") || strings.HasPrefix(h.User, "-") || strings.ContainsAny(in, " \t\r\n\x00%$`;|&/\\'\"#") {
			t.Fatalf("ParseHost(%q) = %+v", in, h)
		}
		again, err := sshexec.ParseHost(h.String())
		again.User = h.User
		if err != nil || again != h {
			t.Fatalf("ParseHost(%q) = %+v, %v; not as %+v", h.String(), again, err, h)
		}
	})
}
