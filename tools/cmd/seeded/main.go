// Command seeded breaks the library on purpose, in one small way at a time, and
// expects that a test fails each time.
//
// Mutation testing changes operators. It does not know which lock, which order or
// which deadline a promise hangs on, so the seeded bugs are written by hand: each
// is a patch in seeds/ (seeds/README.md has the format). The working tree is not
// touched: `go test -overlay` reads the patched files from elsewhere.
//
//	go run ./tools/cmd/seeded [-seed regexp] [-jobs 2] [-v]
//
// It prints a line per seed and ends with status 1 if one has survived, does not
// apply any more, or does not build, and with 2 if it could not start, for one
// because the tests fail without any seed.
package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"regexp"
	"time"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	os.Exit(run(ctx, os.Stdout, os.Args[1:]))
}

// The exit statuses.
const (
	allKilled = 0
	notAll    = 1
	notBegun  = 2
)

func run(ctx context.Context, out io.Writer, args []string) int {
	h := &harness{out: out}
	flags := flag.NewFlagSet("seeded", flag.ContinueOnError)
	flags.StringVar(&h.root, "root", ".", "`folder` of the repository")
	flags.IntVar(&h.jobs, "jobs", 2, "how many seeds are tried at a time")
	flags.DurationVar(&h.patience, "patience", 20*time.Second, "tests hang after four times their time without a seed, and this")
	flags.BoolVar(&h.verbose, "v", false, "print what the tests that killed a seed have printed")
	only := flags.String("seed", "", "try only the seeds whose names match the `regexp`")
	if err := flags.Parse(args); err != nil {
		return notBegun
	}
	status, err := h.try(ctx, *only)
	if err != nil {
		fmt.Fprintln(out, "seeded:", err)
		return notBegun
	}
	return status
}

func (h *harness) try(ctx context.Context, only string) (status int, err error) {
	match, err := regexp.Compile(only)
	if err != nil {
		return notBegun, fmt.Errorf("-seed: %w", err)
	}
	seeds, err := readSeeds(h.seedsFolder(), match)
	if err != nil {
		return notBegun, err
	}
	if h.scratch, err = os.MkdirTemp("", "seeded"); err != nil {
		return notBegun, err
	}
	defer os.RemoveAll(h.scratch)
	return h.tryAll(ctx, seeds)
}
