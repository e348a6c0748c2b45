package main

import (
	"bytes"
	"go/format"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/a-h/templ"
	"github.com/a-h/templ/generator"
	"github.com/a-h/templ/parser/v2"
)

// TestGenerated: what is committed is what go generate makes.
func TestGenerated(t *testing.T) {
	found := 0
	err := filepath.WalkDir(".", func(path string, _ fs.DirEntry, err error) error {
		if err != nil || filepath.Ext(path) != ".templ" {
			return err
		}
		found++
		file, err := parser.Parse(path)
		if err != nil {
			return err
		}
		var want bytes.Buffer
		if _, err := generator.Generate(file, &want, generator.WithVersion(templ.Version()), generator.WithFileName(filepath.ToSlash(path))); err != nil {
			return err
		}
		formatted, err := format.Source(want.Bytes())
		if err != nil {
			return err
		}
		got, err := os.ReadFile(strings.TrimSuffix(path, ".templ") + "_templ.go")
		if err != nil {
			return err
		}
		if !bytes.Equal(got, formatted) {
			t.Errorf("%s has changed since: run go generate ./...", path)
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
	if found != 2 {
		t.Errorf("there are %d files", found)
	}
}
