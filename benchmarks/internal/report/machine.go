package report

import (
	"bufio"
	"fmt"
	"os"
	"runtime"
	"runtime/debug"
	"strings"
)

// Machine says in one line what the figures were taken on.
func Machine() string {
	return fmt.Sprintf("%s, %d cores, %s, %s/%s", processor(), runtime.NumCPU(), runtime.Version(), runtime.GOOS, runtime.GOARCH)
}

// processor is the name that Linux knows, elsewhere nothing better than the word.
func processor() string {
	file, err := os.Open("/proc/cpuinfo")
	if err != nil {
		return "unknown processor"
	}
	defer file.Close()
	for lines := bufio.NewScanner(file); lines.Scan(); {
		name, value, _ := strings.Cut(lines.Text(), ":")
		if strings.TrimSpace(name) == "model name" {
			return strings.TrimSpace(value)
		}
	}
	return "unknown processor"
}

// compared are the modules of the columns.
var compared = []string{
	"github.com/patrickmn/go-cache",
	"github.com/maypok86/otter/v2",
	"github.com/viccon/sturdyc",
	"github.com/jellydator/ttlcache/v3",
	"golang.org/x/sync",
}

// Versions names the modules that were compared, as they were linked.
func Versions() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "unknown: the program was built without module support"
	}
	versions := make(map[string]string)
	for _, m := range info.Deps {
		versions[m.Path] = m.Version
	}
	var names []string
	for _, path := range compared {
		names = append(names, path+" "+strings.TrimSuffix(versions[path], "+incompatible"))
	}
	return strings.Join(names, ", ")
}
