package async_test

import (
	"encoding/json"
	"errors"
	"io"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

const module = "github.com/infill-go/infill"

// importRule says what one kind of package must not link, directly or through others.
// Imports run one way: demo → rooms → async → async/internal → standard library and two small modules.
// Test files are not looked at: goquery is there for them.
type importRule struct {
	name    string
	covers  func(pkg string) bool
	forbids func(pkg, dep string) bool
	why     string
}

var importRules = []importRule{
	{
		name:    "core-rooms",
		covers:  isCore,
		forbids: func(_, dep string) bool { return room(dep) != "" },
		why:     "package async is useful alone; whoever needs no HTTP or ssh must not get them",
	},
	{
		name:    "internal-up",
		covers:  isInternal,
		forbids: func(_, dep string) bool { return dep == module+"/async" || room(dep) != "" },
		why:     "async/internal is the ground that async stands on, so each part of it is tested alone",
	},
	{
		name:    "room-room",
		covers:  func(pkg string) bool { return room(pkg) != "" },
		forbids: func(pkg, dep string) bool { return room(dep) != "" && room(dep) != room(pkg) },
		why:     "each room is used alone; a handler goes from one to another as an http.Handler",
	},
	{
		name:    "library-programs",
		covers:  func(pkg string) bool { return within(pkg, module) },
		forbids: func(_, dep string) bool { return within(dep, module) && !within(dep, module+"/async") },
		why:     "demo, e2e, benchmarks and tools are programs and modules of their own; nothing depends on them",
	},
	{
		name:    "core-http",
		covers:  func(pkg string) bool { return isCore(pkg) || isInternal(pkg) },
		forbids: func(_, dep string) bool { return dep == "net/http" },
		why:     "a command line program that renders a report must not link a web server; html/template does not",
	},
	{
		name:   "modules",
		covers: func(pkg string) bool { return within(pkg, module+"/async") },
		forbids: func(_, dep string) bool {
			return !isStandard(dep) && !within(dep, module) &&
				dep != "golang.org/x/sync/singleflight" && dep != "github.com/patrickmn/go-cache"
		},
		why: "each module that users must take along needs a decision in docs/decisions.md; goquery is for tests only",
	},
	{
		name:    "sshexec-standard",
		covers:  func(pkg string) bool { return room(pkg) == "sshexec" },
		forbids: func(pkg, dep string) bool { return !isStandard(dep) && room(dep) != "sshexec" },
		why:     "running a command safely is of use without the rest of the library",
	},
}

func TestImportDirections(t *testing.T) {
	packages := listPackages(t)
	if !slices.ContainsFunc(packages, func(p listedPackage) bool { return p.ImportPath == module+"/async" }) {
		t.Fatalf("go list ./... does not know %s/async: the rules would hold for nothing", module)
	}
	for _, p := range packages {
		for _, broken := range brokenImportRules(p) {
			t.Error(broken)
		}
	}
}

// TestImportRulesBite shows each rule a package that breaks it, so that no rule can hold because it covers nothing.
func TestImportRulesBite(t *testing.T) {
	tests := []struct{ rule, pkg, dep string }{
		{"core-rooms", "/async", "/async/page"},
		{"internal-up", "/async/internal/results", "/async"},
		{"internal-up", "/async/internal/results", "/async/sshexec"},
		{"room-room", "/async/page", "/async/deferred"},
		{"room-room", "/async/page/inner", "/async/sshexec"},
		{"library-programs", "/async/page", "/demo"},
		{"core-http", "/async", "net/http"},
		{"core-http", "/async/internal/results", "net/http"},
		{"modules", "/async/page", "github.com/PuerkitoBio/goquery"},
		{"modules", "/async", "golang.org/x/sync/errgroup"},
		{"sshexec-standard", "/async/sshexec", "/async"},
	}
	for _, tt := range tests {
		t.Run(tt.rule+tt.pkg+" to "+tt.dep, func(t *testing.T) {
			broken := brokenImportRules(listedPackage{ImportPath: inModule(tt.pkg), Deps: []string{inModule(tt.dep)}})
			if !slices.ContainsFunc(broken, func(text string) bool { return strings.HasPrefix(text, tt.rule+":") }) {
				t.Errorf("not refused; broken rules: %q", broken)
			}
		})
	}
	allowed := []struct{ pkg, dep string }{
		{"/async", "/async/internal/results"},
		{"/async", "golang.org/x/sync/singleflight"},
		{"/async", "html/template"},
		{"/async/page", "/async"},
		{"/async/page", "/async/internal/results"},
		{"/async/page", "net/http"},
		{"/async/page", "/async/page/inner"},
		{"/async/sshexec", "os/exec"},
	}
	for _, tt := range allowed {
		if broken := brokenImportRules(listedPackage{ImportPath: inModule(tt.pkg), Deps: []string{inModule(tt.dep)}}); broken != nil {
			t.Errorf("%s to %s is refused: %q", tt.pkg, tt.dep, broken)
		}
	}
}

func brokenImportRules(p listedPackage) (broken []string) {
	for _, rule := range importRules {
		if !rule.covers(p.ImportPath) {
			continue
		}
		for _, dep := range p.Deps {
			if rule.forbids(p.ImportPath, dep) {
				broken = append(broken, rule.name+": "+p.ImportPath+" links "+dep+": "+rule.why)
			}
		}
	}
	return broken
}

// listedPackage is what go list -json tells; Deps holds everything that the package links.
type listedPackage struct {
	ImportPath string
	Deps       []string
}

func listPackages(t *testing.T) []listedPackage {
	t.Helper()
	cmd := exec.Command("go", "list", "-json=ImportPath,Deps", "./...")
	out, err := cmd.Output()
	if err != nil {
		var exit *exec.ExitError
		if errors.As(err, &exit) {
			t.Fatalf("%v: %v\n%s", cmd, err, exit.Stderr)
		}
		t.Fatalf("%v: %v", cmd, err)
	}
	var packages []listedPackage
	for decoder := json.NewDecoder(strings.NewReader(string(out))); ; {
		var p listedPackage
		if err := decoder.Decode(&p); err == io.EOF {
			return packages
		} else if err != nil {
			t.Fatalf("%v: %v", cmd, err)
		}
		packages = append(packages, p)
	}
}

func isCore(pkg string) bool { return pkg == module+"/async" }

func isInternal(pkg string) bool { return within(pkg, module+"/async/internal") }

// room returns the name of the room that a package belongs to, and nothing for the core and for all others.
func room(pkg string) string {
	inside, ok := strings.CutPrefix(pkg, module+"/async/")
	if !ok || isInternal(pkg) {
		return ""
	}
	name, _, _ := strings.Cut(inside, "/")
	return name
}

func within(pkg, root string) bool { return pkg == root || strings.HasPrefix(pkg, root+"/") }

// isStandard goes by the rule of the go command: the first element of a module's path has a dot in it.
// The standard library's own vendored packages begin with vendor/.
func isStandard(pkg string) bool {
	first, _, _ := strings.Cut(pkg, "/")
	return !strings.Contains(first, ".")
}

func inModule(path string) string {
	if strings.HasPrefix(path, "/") {
		return module + path
	}
	return path
}
