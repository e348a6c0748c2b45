package process

import (
	"os"
	"slices"
	"strings"
)

// Home returns this process's environment with all the places where a program keeps something moved into the folder, and
// with more, as NAME=VALUE. Proxies are left out: what tests talk to is on this machine.
func Home(folder string, more ...string) []string {
	env := slices.DeleteFunc(os.Environ(), func(one string) bool {
		name, _, _ := strings.Cut(one, "=")
		return strings.HasPrefix(name, "XDG_") || strings.HasSuffix(strings.ToLower(name), "_proxy")
	})
	// Of two values for one name the later holds.
	return append(append(env, "HOME="+folder, "TMPDIR="+folder, "XDG_RUNTIME_DIR="+folder), more...)
}
