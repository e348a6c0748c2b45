package page

import (
	"crypto/sha256"
	_ "embed"
	"encoding/hex"
	"net/http"
	"path"
	"strconv"
	"strings"
)

//go:embed fill.min.js
var fillJS string

// asset is the script under the URL that has its hash in it, so that browsers may keep it for ever.
type asset struct {
	name string
	url  string
	tag  string
}

func newAsset(folder string) asset {
	sum := sha256.Sum256([]byte(fillJS))
	name := "fill-" + hex.EncodeToString(sum[:8]) + ".js"
	// async, and neither defer nor a module: these would wait for the end of the stream.
	return asset{name: name, url: folder + name, tag: `<script async src="` + folder + name + `"></script>`}
}

// ServeHTTP implements [http.Handler]: it serves the script, and is to be mounted at Options.Path. Mount it where the
// visitors of the pages may come, outside of whatever asks for a password that these have not.
func (p *Pages) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	// Only the last part counts: a proxy or StripPrefix may have taken away some of what stands before it.
	name := path.Base(r.URL.Path)
	if !isScript(name) {
		http.NotFound(w, r)
		return
	}
	h := w.Header()
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		h.Set("Allow", "GET, HEAD")
		http.Error(w, "Method Not Allowed", http.StatusMethodNotAllowed)
		return
	}
	// A page of another version of this program, on another instance, names another hash: it gets the script that there
	// is, which must not be kept under that name.
	h.Set("Cache-Control", "no-store")
	if name == p.script.name {
		h.Set("Cache-Control", "public, max-age=31536000, immutable")
	}
	h.Set("Content-Type", "text/javascript; charset=utf-8")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Content-Length", strconv.Itoa(len(fillJS)))
	if r.Method == http.MethodGet {
		_, _ = w.Write([]byte(fillJS)) // an error says that the browser has left
	}
}

// isScript says whether the name is that of the script of some version.
func isScript(name string) bool {
	hash, ok := strings.CutPrefix(name, "fill-")
	hash, js := strings.CutSuffix(hash, ".js")
	return ok && js && len(hash) == 16 && strings.Trim(hash, "0123456789abcdef") == ""
}
