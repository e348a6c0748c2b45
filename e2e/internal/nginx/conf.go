package nginx

import (
	"fmt"
	"path/filepath"
	"regexp"
	"strings"
)

// debianConf is the configuration that Debian's package comes with.
const debianConf = "/etc/nginx/nginx.conf"

const pidFile = "pid"

// change is a line of Debian's configuration that cannot stay as it is.
type change struct {
	line   *regexp.Regexp
	to     string
	wanted bool // without it this is not Debian's configuration, and what stays of it says nothing
}

// configure turns Debian's configuration into that of a proxy of its own. All settings of http are kept: these are what users
// have in front of their programs (gzip on; proxy_buffering, which is on where nothing is said of it). Only the places where
// nginx writes, and the sites of this machine, are changed.
func configure(debian, folder, address, upstream string, root bool) (string, error) {
	in := func(name string) string { return filepath.Join(folder, name) }
	changes := []change{
		{directive("pid"), "pid " + in(pidFile) + ";", true},
		{directive("error_log"), "error_log stderr;", false},
		{directive("access_log"), "access_log " + in("access.log") + ";", true},
		{directive(`include\s+/etc/nginx/conf\.d/`), "", false},
		{directive(`include\s+/etc/nginx/sites-enabled/`), site(folder, address, upstream), true},
		{directive("worker_processes"), "worker_processes 1;", false}, // a test has one visitor
	}
	if !root {
		// It would be ignored, with a warning.
		changes = append(changes, change{directive("user"), "", false})
	}
	for _, c := range changes {
		if c.wanted && len(c.line.FindAllString(debian, -1)) != 1 {
			return "", fmt.Errorf("%s is not as Debian's package has it: the line %v is not there once", debianConf, c.line)
		}
		debian = c.line.ReplaceAllLiteralString(debian, c.to)
	}
	return debian, nil
}

// directive matches a line that begins so.
func directive(begin string) *regexp.Regexp {
	return regexp.MustCompile(`(?m)^[ \t]*` + begin + `[^;\n]*;.*$`)
}

func site(folder, address, upstream string) string {
	lines := []string{"server {", "listen " + address + ";", "location / { proxy_pass " + upstream + "; }", "}"}
	for _, kind := range []string{"client_body", "proxy", "fastcgi", "uwsgi", "scgi"} {
		lines = append(lines, fmt.Sprintf("%s_temp_path %s;", kind, filepath.Join(folder, kind)))
	}
	return strings.Join(lines, "\n")
}
