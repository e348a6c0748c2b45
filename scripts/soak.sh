#!/usr/bin/env bash
# Tries random sequences against the model of proofs/, as many as its argument says, and looks at many more histories.
# `make soak` runs it. A failure prints its seed and the shortest sequence that shows it.
set -euo pipefail
cd "$(dirname "$0")/../proofs"

checks=${1:-100000}
# rapid ends early, and content, where the timeout comes near: the number counts.
go test -race -count=1 -timeout 60m -v -run '^TestModel$' ./model -rapid.checks="$checks" |
  tee >(cat >&2) | grep "passed $checks tests" >/dev/null
echo "--- $checks sequences took $((SECONDS / 60)) min $((SECONDS % 60)) s"
go test -race -count=20 -timeout 30m ./histories
echo "--- in all $((SECONDS / 60)) min $((SECONDS % 60)) s"
