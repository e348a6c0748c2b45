// Command minify makes the script that pages load from its readable source.
//
//	go run ./tools/cmd/minify [-root folder]
//
// The result is kept in the repository, so that users of the library need nothing but the go command. A test beside this
// command fails when the two do not belong together.
package main

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
)

// The files, below the repository's root.
const (
	source = "async/page/fill.js"
	result = "async/page/fill.min.js"
)

func main() {
	root := flag.String("root", ".", "`folder` of the repository")
	flag.Parse()
	if err := write(*root); err != nil {
		fmt.Fprintln(os.Stderr, "minify:", err)
		os.Exit(1)
	}
}

func write(root string) error {
	script, err := os.ReadFile(filepath.Join(root, source))
	if err != nil {
		return err
	}
	small, err := minify(source, script)
	if err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(root, result), small, 0o644); err != nil {
		return err
	}
	fmt.Printf("%s: %d bytes, %s: %d\n", source, len(script), result, len(small))
	return nil
}
