#!/usr/bin/env bash
# Tries random sequences against the model of proofs/, as many as its argument says, and looks at many more histories.
# `make soak` runs it. A failure prints its seed and the shortest sequence that shows it.
set -euo pipefail
cd "$(dirname "$0")/../proofs"

checks=${1:-100000}
go test -race -count=1 -timeout 60m -v -run '^TestModel$' -rapid.checks "$checks" ./model
echo "--- $checks sequences took $((SECONDS / 60)) min $((SECONDS % 60)) s"
go test -race -count=20 -timeout 30m ./histories
echo "--- in all $((SECONDS / 60)) min $((SECONDS % 60)) s"
