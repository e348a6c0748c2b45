package main

import (
	"errors"
	"fmt"

	"github.com/evanw/esbuild/pkg/api"
)

// target is the oldest language that the script is written for: Chrome 80, Firefox 74, Safari 13.1 (2020). A browser
// without it shows the defaults.
const target = api.ES2020

// minify returns a script without comments, needless spaces and long local names. The name is for its errors.
func minify(name string, script []byte) ([]byte, error) {
	made := api.Transform(string(script), api.TransformOptions{
		Sourcefile:        name,
		Loader:            api.LoaderJS,
		Target:            target,
		MinifyWhitespace:  true,
		MinifyIdentifiers: true,
		MinifySyntax:      true,
		LegalComments:     api.LegalCommentsNone,
	})
	// A warning is of something that is wrong as a rule: a comparison that is never true, a key that is there twice.
	var problems []error
	for _, m := range append(made.Errors, made.Warnings...) {
		place := name
		if m.Location != nil {
			place = fmt.Sprintf("%s:%d:%d", name, m.Location.Line, m.Location.Column+1)
		}
		problems = append(problems, fmt.Errorf("%s: %s", place, m.Text))
	}
	if err := errors.Join(problems...); err != nil {
		return nil, err
	}
	return made.Code, nil
}
