package main

import (
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"io/fs"
	"net/http"
)

//go:embed templates/*.html
var templateFiles embed.FS

//go:embed static/style.css static/icon.svg
var staticFiles embed.FS

// asset is a file that pages refer to by a URL with its hash, so that a browser may keep it for ever and still gets the
// new one after a change.
type asset struct {
	path    string
	version string
	kind    string
	bytes   []byte
}

func newAsset(name, kind string) (asset, error) {
	bytes, err := fs.ReadFile(staticFiles, "static/"+name)
	if err != nil {
		return asset{}, err
	}
	sum := sha256.Sum256(bytes)
	return asset{path: "/static/" + name, version: hex.EncodeToString(sum[:8]), kind: kind, bytes: bytes}, nil
}

func (a asset) url() string { return a.path + "?v=" + a.version }

// ServeHTTP implements http.Handler.
func (a asset) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", a.kind)
	// A URL without the right version names whatever the file is today.
	if r.URL.Query().Get("v") == a.version {
		w.Header().Set("Cache-Control", "public, max-age=31536000, immutable")
	}
	_, _ = w.Write(a.bytes) // an error says that the browser has left
}
