package sshexec

import (
	"fmt"
	"net/netip"
	"strconv"
	"strings"
)

// Host is a machine that ssh can reach. The zero Host is no machine and is refused. A Host is
// comparable, so it can be a key. Run checks it again, so one may be made by hand as well.
//
// Hosts belong in the configuration of a program, never in a request: whoever chooses the
// host chooses where the login of this machine is used.
type Host struct {
	// User is the login name, [A-Za-z0-9_][A-Za-z0-9._-]* of at most 64 bytes.
	// Empty leaves it to ssh: its configuration's User, else the local user.
	User string

	// Name is a DNS name, an alias of ssh's configuration, an IPv4 address, or an IPv6 address
	// without brackets and zone. At most 253 bytes.
	Name string

	// Port is 1 to 65535. Zero leaves it to ssh: its configuration's Port, else 22.
	Port int
}

const hostForm = "want [user@]name[:port] with a name of A-Z a-z 0-9 . _ - that does not begin with -, or an IPv6 address as [::1]"

// ParseHost reads "name", "user@name", "name:port" or "user@name:port". An IPv6 address stands
// in brackets: "[::1]:22". What ssh or a shell could take for something else than a name
// (options, spaces, control and shell characters, %-tokens, URLs, characters that only look
// like ASCII) is refused with an error that says what is wrong and what is allowed.
func ParseHost(s string) (Host, error) {
	h, fault := splitHost(s)
	if fault == "" {
		fault = h.fault()
	}
	if fault != "" {
		return Host{}, hostError(s, fault)
	}
	return h, nil
}

// String returns the name, with the port if one is set, in a form that ParseHost reads; the
// user is left out.
func (h Host) String() string {
	name := h.Name
	if strings.Contains(name, ":") {
		name = "[" + name + "]"
	}
	if h.Port == 0 {
		return name
	}
	return name + ":" + strconv.Itoa(h.Port)
}

func (h Host) validate() error {
	if fault := h.fault(); fault != "" {
		return hostError(h.withUser(), fault)
	}
	return nil
}

func (h Host) withUser() string {
	if h.User == "" {
		return h.String()
	}
	return h.User + "@" + h.String()
}

func hostError(s, fault string) error {
	return fmt.Errorf("sshexec: host %s: %s; %s", shortQuote(s), fault, hostForm)
}

func shortQuote(s string) string {
	if len(s) <= labelBytes {
		return strconv.QuoteToASCII(s)
	}
	return fmt.Sprintf("%s… (%d bytes)", strconv.QuoteToASCII(s[:labelBytes]), len(s))
}

func splitHost(s string) (h Host, fault string) {
	if strings.Contains(s, "://") {
		return Host{}, "a URL is not taken"
	}
	name := s
	if user, rest, found := strings.Cut(s, "@"); found {
		if user == "" {
			return Host{}, "the user before @ is empty"
		}
		h.User, name = user, rest
	}
	port, hasPort := "", false
	if strings.HasPrefix(name, "[") {
		h.Name, port, hasPort, fault = splitBrackets(name)
	} else {
		h.Name, port, hasPort = strings.Cut(name, ":")
	}
	if fault != "" || !hasPort {
		return h, fault
	}
	h.Port, fault = parsePort(port)
	return h, fault
}

func splitBrackets(s string) (name, port string, hasPort bool, fault string) {
	name, rest, closed := strings.Cut(s[1:], "]")
	if !closed {
		return "", "", false, "the bracket is not closed"
	}
	if !strings.Contains(name, ":") {
		return "", "", false, "the brackets hold no IPv6 address"
	}
	port, hasPort = strings.CutPrefix(rest, ":")
	if !hasPort && rest != "" {
		return "", "", false, "only :port may follow the bracket"
	}
	return name, port, hasPort, ""
}

func parsePort(s string) (port int, fault string) {
	if strings.Contains(s, ":") {
		return 0, "more than one colon, and an IPv6 address stands in brackets"
	}
	port, err := strconv.Atoi(s)
	// Itoa: one spelling only, so no sign and no leading zero, which some read as octal.
	if err != nil || port < 1 || strconv.Itoa(port) != s {
		return 0, fmt.Sprintf("the port %s is not a number from 1 to 65535", shortQuote(s))
	}
	return port, ""
}

func (h Host) fault() string {
	if h.User != "" {
		if fault := userFault(h.User); fault != "" {
			return fault
		}
	}
	if h.Port < 0 || h.Port > 65535 {
		return fmt.Sprintf("the port %d is not in 1 to 65535", h.Port)
	}
	return nameFault(h.Name)
}

const (
	maxUserBytes = 64
	maxNameBytes = 253 // the longest DNS name in text form, RFC 1035 section 2.3.4
)

func userFault(user string) string {
	if len(user) > maxUserBytes {
		return fmt.Sprintf("the user is longer than %d bytes", maxUserBytes)
	}
	return wordFault("user", user)
}

func nameFault(name string) string {
	switch {
	case name == "":
		return "the name is empty"
	case len(name) > maxNameBytes:
		return fmt.Sprintf("the name is longer than %d bytes", maxNameBytes)
	case strings.Contains(name, ":") && name[0] != '-':
		return addressFault(name)
	case strings.Contains(name, ".."):
		return "the name has an empty label"
	}
	return wordFault("name", name)
}

func addressFault(name string) string {
	addr, err := netip.ParseAddr(name)
	switch {
	case err != nil:
		return "the name has a colon and is no IPv6 address"
	case addr.Zone() != "":
		// ssh expands % in its configuration, also in commands that it gives to a shell.
		return "an IPv6 zone is not allowed"
	}
	return ""
}

// wordFault holds a user or name to [A-Za-z0-9_][A-Za-z0-9._-]*. ssh itself refuses less:
// CVE-2017-1000117 and CVE-2024-34713 were hosts that ssh took for options.
func wordFault(what, word string) string {
	if word[0] == '-' || word[0] == '.' {
		return fmt.Sprintf("the %s begins with %q", what, word[0])
	}
	for i, r := range word {
		if !isNameRune(r) {
			return fmt.Sprintf("the %s has %s at byte %d", what, strconv.QuoteRuneToASCII(r), i)
		}
	}
	return ""
}

func isNameRune(r rune) bool {
	return 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' || '0' <= r && r <= '9' ||
		r == '.' || r == '_' || r == '-'
}
